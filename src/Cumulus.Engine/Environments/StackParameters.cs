using Cumulus.Engine.Aws;
using Cumulus.Engine.Configuration;

namespace Cumulus.Engine.Environments;

/// <summary>Merges the parameters of a stack: what Cumulus passes, then the configuration's, then the command's; a later one replaces (D-10).</summary>
public static class StackParameters
{
    public const string Bucket = "CumulusBundleBucket";
    public const string Environment = "CumulusEnvironment";
    public const string Version = "CumulusVersion";

    /// <summary>Digest over all bundles of the version, so that new content under an old version is a change (D-30).</summary>
    public const string Digest = "CumulusBundleDigest";

    /// <summary>What the command gave, by short stack name.</summary>
    /// <param name="given">By short or full stack name.</param>
    /// <exception cref="CumulusException"><see cref="ErrorIds.StackNotConfigured"/> for a stack that is not among the selected, <see cref="ErrorIds.StackParameterInvalid"/> for one named twice.</exception>
    public static IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> ByShortName(
        EnvironmentDefinition environment,
        IReadOnlyList<StackDefinition> selected,
        IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> given)
    {
        string[] names = [.. selected.Select(s => s.Name)];
        var result = new Dictionary<string, IReadOnlyDictionary<string, string>>(StringComparer.Ordinal);
        foreach ((string name, IReadOnlyDictionary<string, string> values) in given)
        {
            string shortName = StackNames.ShortName(environment, names, name);
            if (!result.TryAdd(shortName, values))
            {
                throw new CumulusException(
                    ErrorIds.StackParameterInvalid,
                    FailureKind.InvalidInput,
                    $"Parameters of stack '{shortName}' are given twice, under its short and its full name. Give them once.")
                { Target = name };
            }
        }

        return result;
    }

    /// <summary>The parameters to send, in order, and what is wrong with them.</summary>
    /// <param name="declared">The parameters of the template.</param>
    /// <param name="output">The value of another stack's output; null when it is not known yet.</param>
    public static MergedParameters Merge(
        StackDefinition stack,
        IReadOnlyList<TemplateParameter> declared,
        IEnumerable<KeyValuePair<string, string?>> automatic,
        IReadOnlyDictionary<string, string> given,
        Func<OutputReference, string?> output)
    {
        Dictionary<string, TemplateParameter> known = declared.ToDictionary(p => p.Name, StringComparer.Ordinal);
        var values = new List<KeyValuePair<string, string>>();
        var unset = new List<string>();
        foreach ((string name, string? value) in automatic.Where(a => known.ContainsKey(a.Key)))
        {
            if (value is null)
            {
                unset.Add(name);
            }
            else
            {
                values.Add(new(name, value));
            }
        }

        var unknown = new List<string>();
        var later = new HashSet<string>(StringComparer.Ordinal);
        var linked = stack.LinkedParameters.Where(l => !given.ContainsKey(l.Key)).ToArray();
        foreach ((string name, LinkedValue value) in linked.Where(l => l.Value.References.Any(r => output(r) is null))) later.Add(name);
        IEnumerable<KeyValuePair<string, string>> configured = stack.Parameters
            .Concat(linked.Select(l => KeyValuePair.Create(l.Key, later.Contains(l.Key) ? "" : l.Value.Resolve(r => output(r)!))))
            .Concat(given);
        foreach ((string name, string value) in configured)
        {
            if (!known.ContainsKey(name))
            {
                string nearest = NearestName.Of(name, known.Keys) is { } near ? $" (did you mean '{near}'?)" : "";
                unknown.Add($"'{name}'{nearest}");
                continue;
            }

            if (later.Contains(name)) continue;
            int at = values.FindIndex(v => v.Key == name);
            if (at < 0)
            {
                values.Add(new(name, value));
            }
            else
            {
                values[at] = new(name, value);
            }
        }

        HashSet<string> set = [.. values.Select(v => v.Key), .. later];
        string[] missing = [.. declared.Where(p => p.DefaultValue is null && !set.Contains(p.Name)).Select(p => p.Name)];
        return new MergedParameters(values, [.. unknown.Distinct()], missing, [.. unset.Where(missing.Contains)]);
    }
}

/// <param name="Values">Without those whose value takes an output that is not known yet.</param>
/// <param name="Unknown">Quoted names that the template does not declare, each with the nearest one that it does.</param>
/// <param name="Missing">Names without a default that nobody gave.</param>
/// <param name="Unset">Those of <paramref name="Missing"/> that Cumulus would have passed, had it a value: bucket or version.</param>
public sealed record MergedParameters(
    IReadOnlyList<KeyValuePair<string, string>> Values,
    IReadOnlyList<string> Unknown,
    IReadOnlyList<string> Missing,
    IReadOnlyList<string> Unset);
