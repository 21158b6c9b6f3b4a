using System.Text;

namespace Cumulus.Engine.Configuration.Ini;

/// <summary>
/// Puts the values of other options in place of <c>%(name)s</c>. <c>%%</c> is one <c>%</c>; a <c>%</c> that begins neither stays as it is (D-17).
/// </summary>
/// <param name="lookup">The text of an option before interpolation, by its name in lower case; null when there is none.</param>
/// <param name="names">All names that can be looked up, to say which was meant.</param>
internal sealed class Interpolation(Func<string, string?> lookup, IEnumerable<string> names)
{
    // The old program's limit; it also ends circles.
    private const int MaximumDepth = 10;
    private const int MaximumSubstitutions = 1_000;
    private const int MaximumLength = 1_000_000;

    private int _substitutions;

    /// <summary>The text with everything put in; false, and the reason, when that cannot be done.</summary>
    public bool TryExpand(string text, out string result, out string problem)
    {
        var output = new StringBuilder();
        _substitutions = 0;
        problem = Expand(text, output, 1) ?? "";
        result = output.ToString();
        return problem.Length == 0;
    }

    private string? Expand(string text, StringBuilder output, int depth)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] != '%')
            {
                output.Append(text[i]);
            }
            else if (i + 1 < text.Length && text[i + 1] == '%')
            {
                output.Append('%');
                i++;
            }
            else if (ReferenceAt(text, i) is { } name)
            {
                if (depth > MaximumDepth || ++_substitutions > MaximumSubstitutions || output.Length > MaximumLength)
                    return $"'%({name})s' leads in a circle or too deep.";
                string key = name.ToLowerInvariant();
                if (lookup(key) is not { } value)
                    return $"'%({name})s' names no option of this section or [DEFAULT].{ProblemCollector.DidYouMean(key, names)} Write %%({name})s for the text itself.";
                if (Expand(value, output, depth + 1) is { } problem) return problem;
                i += name.Length + 3;
            }
            else
            {
                output.Append('%');
            }
        }

        return null;
    }

    private static string? ReferenceAt(string text, int percent)
    {
        if (percent + 1 >= text.Length || text[percent + 1] != '(') return null;
        int close = text.IndexOf(')', percent);
        return close > percent + 2 && close + 1 < text.Length && text[close + 1] == 's' ? text[(percent + 2)..close] : null;
    }
}
