using System.Text;
using Cumulus.Engine.Aws;
using Cumulus.Engine.Configuration;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Cumulus.Engine.Environments;

/// <summary>The template of one stack, read from this machine or named by its address.</summary>
public sealed record StackTemplate
{
    /// <summary>Bytes that CloudFormation takes inline (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html).</summary>
    public const int MaxInlineBytes = 51_200;

    public required StackDefinition Stack { get; init; }

    public required TemplateSource Source { get; init; }

    /// <summary>Resources that it declares; null when that is not known: a template by address, or one that cannot be read as YAML or JSON.</summary>
    public int? ResourceCount => Source.Body is { } body ? CountResources(body) : null;

    /// <summary>Null for a template by address.</summary>
    public string? Digest { get; private init; }

    public static StackTemplate Of(StackDefinition stack, string body) => new() { Stack = stack, Source = new TemplateSource(body, null), Digest = TemplateArchive.DigestOf(body) };

    public static bool IsAddress(string template) =>
        template.StartsWith("http://", StringComparison.OrdinalIgnoreCase) || template.StartsWith("https://", StringComparison.OrdinalIgnoreCase);

    /// <exception cref="CumulusException"><see cref="ErrorIds.TemplateNotFound"/>, <see cref="ErrorIds.TemplateInvalid"/> (empty, or too long to be sent)</exception>
    public static async Task<StackTemplate> ReadAsync(StackDefinition stack, CancellationToken cancellationToken)
    {
        if (IsAddress(stack.Template))
        {
            return new StackTemplate { Stack = stack, Source = new TemplateSource(null, stack.Template) };
        }

        string body = await ReadFileAsync(stack, cancellationToken);
        int bytes = Encoding.UTF8.GetByteCount(body);
        if (bytes > MaxInlineBytes)
        {
            throw Invalid(stack, FormattableString.Invariant($"it has {bytes:N0} bytes, and CloudFormation takes {MaxInlineBytes:N0} with a request"), "Put it into S3 and name its https address as the stack's template.");
        }

        if (string.IsNullOrWhiteSpace(body))
        {
            throw Invalid(stack, "the file is empty", null);
        }

        return Of(stack, body);
    }

    /// <summary>Number of entries below <c>Resources</c>; null when the text is not YAML or JSON. The service says what is wrong with it, better than a parser would.</summary>
    public static int? CountResources(string body) => Resources(body)?.Count;

    /// <summary>Logical ids and types of the resources that a template declares; null when the text is not YAML or JSON.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>>? Resources(string body)
    {
        try
        {
            var stream = new YamlStream();
            stream.Load(new StringReader(body));
            return stream.Documents is [{ RootNode: YamlMappingNode root }, ..]
                && root.Children.TryGetValue(new YamlScalarNode("Resources"), out YamlNode? resources)
                && resources is YamlMappingNode map
                    ? [.. map.Children.Select(r => KeyValuePair.Create(r.Key.ToString(), TypeOf(r.Value)))]
                    : null;
        }
        catch (YamlException)
        {
            return null;
        }
    }

    private static string TypeOf(YamlNode resource) =>
        resource is YamlMappingNode map && map.Children.TryGetValue(new YamlScalarNode("Type"), out YamlNode? type) ? type.ToString() : "";

    private static async Task<string> ReadFileAsync(StackDefinition stack, CancellationToken cancellationToken)
    {
        try
        {
            return await File.ReadAllTextAsync(stack.Template, cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            string why = e is FileNotFoundException or DirectoryNotFoundException ? "does not exist" : $"cannot be read: {e.Message.TrimEnd('.')}";
            throw new CumulusException(
                ErrorIds.TemplateNotFound,
                FailureKind.NotFound,
                $"The template '{stack.Template}' of stack '{stack.Name}' {why}.",
                e)
            { Target = stack.Template, Advice = $"Set 'template' of stack '{stack.Name}' in {stack.SourceFile}." };
        }
    }

    /// <summary>One error shape for all that is wrong with a template.</summary>
    internal static CumulusException Invalid(StackDefinition stack, string reason, string? advice, Exception? inner = null) =>
        new(ErrorIds.TemplateInvalid, FailureKind.InvalidInput, $"The template '{stack.Template}' of stack '{stack.Name}' is not valid: {reason.TrimEnd('.')}.", inner)
        { Target = stack.Template, Advice = advice };
}
