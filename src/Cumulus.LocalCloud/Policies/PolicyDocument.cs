using System.Text.Json;
using Cumulus.Engine;
using Cumulus.LocalCloud.Policies;

namespace Cumulus.LocalCloud;

/// <summary>
/// An identity-based IAM policy, as far as actions and resources go
/// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html): what is not allowed is denied, and a denial wins. Conditions are
/// not looked at: an Allow holds whatever its condition, and a Deny with a condition does not.
/// </summary>
public sealed class PolicyDocument
{
    private readonly List<PolicyStatement> _statements;

    private PolicyDocument(List<PolicyStatement> statements) => _statements = statements;

    /// <param name="json">The document, with <c>Statement</c>.</param>
    /// <exception cref="CumulusException"><c>PolicyInvalid</c></exception>
    public static PolicyDocument Parse(string json, string? source = null)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            if (document.RootElement.ValueKind != JsonValueKind.Object || !document.RootElement.TryGetProperty("Statement", out var statement))
                throw new FormatException("It has no Statement.");
            return new PolicyDocument([.. (statement.ValueKind == JsonValueKind.Array ? statement.EnumerateArray().ToList() : [statement]).Select(one => new PolicyStatement(one))]);
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException)
        {
            throw new CumulusException(ErrorIds.PolicyInvalid, FailureKind.InvalidInput, $"{source ?? "The text"} is no IAM policy: {e.Message}", e)
            {
                Target = source,
                Advice = "A policy is a JSON document with Version and Statement.",
            };
        }
    }

    /// <exception cref="CumulusException"><c>PolicyInvalid</c></exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static PolicyDocument Read(string path) => Parse(File.ReadAllText(path), path);

    public bool Allows(RequiredPermission permission) =>
        _statements.Any(statement => statement.IsAllow && statement.Fits(permission)) &&
        !_statements.Any(statement => statement is { IsAllow: false, HasCondition: false } && statement.Fits(permission));

    /// <summary>The permissions that a call needs and that are not given; empty when the call would be allowed.</summary>
    public IReadOnlyList<RequiredPermission> Missing(LocalCloudCall call) => [.. CallPermissions.Of(call).Where(permission => !Allows(permission))];

    /// <summary>The permissions that any of these calls needs and that are not given, each once, in the order of the calls.</summary>
    public IReadOnlyList<RequiredPermission> Missing(IEnumerable<LocalCloudCall> calls) => [.. calls.SelectMany(Missing).Distinct()];
}
