using System.Text;
using System.Text.RegularExpressions;

namespace Cumulus.Engine.Configuration;

/// <summary>A name with the wildcards that PowerShell users type: <c>*</c>, <c>?</c>, <c>[a-c]</c>. Case does not matter.</summary>
public static class NamePattern
{
    public static bool HasWildcard(string pattern) => pattern.AsSpan().IndexOfAny('*', '?', '[') >= 0;

    public static bool Matches(string pattern, string name) =>
        Regex.IsMatch(name, Expression(pattern), RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);

    private static string Expression(string pattern)
    {
        var expression = new StringBuilder(@"\A");
        for (int i = 0; i < pattern.Length; i++)
        {
            int close = pattern[i] == '[' ? pattern.IndexOf(']', Math.Min(i + 2, pattern.Length)) : -1;
            if (close > 0)
            {
                expression.Append('[').Append(SetOf(pattern[(i + 1)..close])).Append(']');
                i = close;
            }
            else
            {
                expression.Append(pattern[i] switch { '*' => ".*", '?' => ".", char c => Regex.Escape(c.ToString()) });
            }
        }

        return expression.Append(@"\z").ToString();
    }

    // A range that runs backwards is taken letter by letter, so that no pattern can fail.
    private static string SetOf(string set)
    {
        var result = new StringBuilder();
        for (int i = 0; i < set.Length; i++)
        {
            if (i + 2 < set.Length && set[i + 1] == '-' && set[i] <= set[i + 2])
            {
                result.Append(Letter(set[i])).Append('-').Append(Letter(set[i + 2]));
                i += 2;
            }
            else
            {
                result.Append(Letter(set[i]));
            }
        }

        return result.ToString();
    }

    private static string Letter(char c) => $@"\u{(int)c:X4}";
}
