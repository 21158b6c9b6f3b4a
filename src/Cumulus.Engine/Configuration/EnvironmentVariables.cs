using System.Text;
using System.Text.RegularExpressions;
using Cumulus.Engine.Configuration.Settings;

namespace Cumulus.Engine.Configuration;

/// <summary>Environment variables inside <c>template</c> options of the old format.</summary>
internal static partial class EnvironmentVariables
{
    /// <summary><c>$NAME</c> and <c>${NAME}</c>, on Windows <c>%NAME%</c> too; a variable that is not set stays as it is written, as before.</summary>
    public static string Expand(string text, IReadOnlyDictionary<string, string> variables, PathStyle style)
    {
        string Value(Match match) => Find(match.Groups["name"].Value, variables, style) ?? match.Value;
        string result = Dollar().Replace(text, Value);
        return style == PathStyle.Windows ? Percent().Replace(result, Value) : result;
    }

    /// <summary>The same in the YAML format, <c>${env:NAME}</c>; what is not set is written so that it stays as it is.</summary>
    public static string ToYaml(string text, IReadOnlyDictionary<string, string> variables, PathStyle style)
    {
        var result = new StringBuilder();
        int done = 0;
        foreach (Match match in Dollar().Matches(text).Concat(style == PathStyle.Windows ? Percent().Matches(text) : []).OrderBy(m => m.Index))
        {
            string name = match.Groups["name"].Value;
            if (match.Index < done || Find(name, variables, style) is null) continue;
            result.Append(Substitution.Escape(text[done..match.Index])).Append("${env:").Append(name).Append('}');
            done = match.Index + match.Length;
        }

        return result.Append(Substitution.Escape(text[done..])).ToString();
    }

    /// <summary>The variable's value; null when it is not set. Windows does not distinguish case.</summary>
    public static string? Find(string name, IReadOnlyDictionary<string, string> variables, PathStyle style)
    {
        if (variables.TryGetValue(name, out string? value)) return value;
        string? key = style == PathStyle.Windows ? variables.Keys.FirstOrDefault(k => string.Equals(k, name, StringComparison.OrdinalIgnoreCase)) : null;
        return key is null ? null : variables[key];
    }

    [GeneratedRegex(@"\$\{(?<name>[^}]+)\}|\$(?<name>\w+)", RegexOptions.CultureInvariant)]
    private static partial Regex Dollar();

    [GeneratedRegex("%(?<name>[^%]+)%", RegexOptions.CultureInvariant)]
    private static partial Regex Percent();
}
