using Cumulus.Engine.Aws;

namespace Cumulus.Engine.Environments;

/// <summary>
/// Tells, without asking the service, whether an update would change nothing (D-38: never by English text). It answers
/// yes only when it is sure; in all other cases the update is sent and the service decides.
/// </summary>
public static class StackComparison
{
    // With these, equal text can mean other content: macros, included files, nested templates, looked-up values.
    private static readonly string[] OutsideContent =
        ["Transform", "AWS::Include", "AWS::CloudFormation::Stack", "AWS::SSM::Parameter::Value", "{{resolve:", "AWS::CloudFormation::Macro"];

    // The template that GetTemplate gives is the one in effect only after a success.
    private static readonly string[] InEffect = ["CREATE_COMPLETE", "UPDATE_COMPLETE", "IMPORT_COMPLETE"];

    /// <param name="currentBody">The template that the stack was made of, as it was sent; null when not known.</param>
    /// <param name="body">The one that it is to be made of; null when not known.</param>
    public static bool IsSame(
        StackDescription current,
        string? currentBody,
        string? body,
        StackChange change,
        IReadOnlyList<TemplateParameter> declared) =>
        InEffect.Contains(current.Status)
        && currentBody is not null
        && body is not null
        && TemplateArchive.Normal(body) == TemplateArchive.Normal(currentBody)
        && !Array.Exists(OutsideContent, marker => body.Contains(marker, StringComparison.Ordinal))
        && SameParameters(current.Parameters, change.Parameters, declared)
        && SameTags(current.Tags, change.Tags);

    // A hidden value cannot be compared: the service shows asterisks.
    private static bool SameParameters(
        IReadOnlyList<KeyValuePair<string, string>> current,
        IReadOnlyList<KeyValuePair<string, string>> sent,
        IReadOnlyList<TemplateParameter> declared)
    {
        Dictionary<string, string> now = current.ToDictionary(p => p.Key, p => p.Value, StringComparer.Ordinal);
        Dictionary<string, string> wanted = sent.ToDictionary(p => p.Key, p => p.Value, StringComparer.Ordinal);
        return now.Count == declared.Count
            && declared.All(p => !p.NoEcho
                && now.TryGetValue(p.Name, out string? value)
                && value == (wanted.TryGetValue(p.Name, out string? given) ? given : p.DefaultValue));
    }

    // An update that sends no tags leaves the stack's tags alone.
    private static bool SameTags(IReadOnlyList<KeyValuePair<string, string>> current, IReadOnlyList<KeyValuePair<string, string>> sent) =>
        sent.Count == 0 || (sent.Count == current.Count && !sent.Except(current).Any());
}
