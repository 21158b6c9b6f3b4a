using System.Text.RegularExpressions;

namespace Cumulus.Engine.Configuration;

/// <summary>Environment variables inside <c>template</c> options of the old format.</summary>
internal static partial class EnvironmentVariables
{
    /// <summary><c>$NAME</c> and <c>${NAME}</c>, on Windows <c>%NAME%</c> too; a variable that is not set stays as it is written, as before.</summary>
    public static string Expand(string text, IReadOnlyDictionary<string, string> variables, PathStyle style)
    {
        bool windows = style == PathStyle.Windows;
        string Value(Match match)
        {
            string name = match.Groups["name"].Value;
            string? key = variables.Keys.FirstOrDefault(k => string.Equals(k, name, windows ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal));
            return key is null ? match.Value : variables[key];
        }

        string result = Dollar().Replace(text, Value);
        return windows ? Percent().Replace(result, Value) : result;
    }

    [GeneratedRegex(@"\$\{(?<name>[^}]+)\}|\$(?<name>\w+)", RegexOptions.CultureInvariant)]
    private static partial Regex Dollar();

    [GeneratedRegex("%(?<name>[^%]+)%", RegexOptions.CultureInvariant)]
    private static partial Regex Percent();
}
