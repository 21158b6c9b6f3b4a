using System.Text.Json;
using System.Text.RegularExpressions;

namespace Cumulus.LocalCloud.Policies;

/// <summary>One statement of a policy (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html).</summary>
internal sealed class PolicyStatement
{
    private readonly List<Regex> _actions;
    private readonly List<Regex> _resources;
    private readonly bool _allButActions;
    private readonly bool _allButResources;

    /// <exception cref="FormatException">It is no statement.</exception>
    public PolicyStatement(JsonElement statement)
    {
        IsAllow = Text(statement, "Effect") switch
        {
            "Allow" => true,
            "Deny" => false,
            var other => throw new FormatException($"The Effect is Allow or Deny, not '{other}'."),
        };
        _allButActions = statement.TryGetProperty("NotAction", out _);
        _allButResources = statement.TryGetProperty("NotResource", out _);
        _actions = Patterns(statement, _allButActions ? "NotAction" : "Action", RegexOptions.IgnoreCase);
        _resources = Patterns(statement, _allButResources ? "NotResource" : "Resource", RegexOptions.None);
        HasCondition = statement.TryGetProperty("Condition", out _);
    }

    public bool IsAllow { get; }

    public bool HasCondition { get; }

    public bool Fits(RequiredPermission permission) =>
        _actions.Any(pattern => pattern.IsMatch(permission.Action)) != _allButActions && _resources.Any(pattern => pattern.IsMatch(permission.Resource)) != _allButResources;

    private static string? Text(JsonElement statement, string name) =>
        statement.ValueKind == JsonValueKind.Object && statement.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static List<Regex> Patterns(JsonElement statement, string name, RegexOptions options)
    {
        if (!statement.TryGetProperty(name, out var value))
            throw new FormatException($"A statement has no {name}.");
        var texts = value.ValueKind == JsonValueKind.Array ? value.EnumerateArray().ToList() : [value];
        if (texts.Count == 0 || texts.Any(text => text.ValueKind != JsonValueKind.String))
            throw new FormatException($"{name} is a text, or a list of texts.");
        return [.. texts.Select(text => new Regex(Expression(text.GetString()!), options | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking))];
    }

    // Two wildcards, and unlike in PowerShell brackets mean themselves.
    private static string Expression(string pattern) =>
        @"\A" + Regex.Escape(pattern).Replace(@"\*", ".*", StringComparison.Ordinal).Replace(@"\?", ".", StringComparison.Ordinal) + @"\z";
}
