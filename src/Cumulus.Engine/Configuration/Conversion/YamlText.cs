using System.Text;
using System.Text.RegularExpressions;

namespace Cumulus.Engine.Configuration.Conversion;

/// <summary>Writes the little YAML that a configuration needs, so that it is read back as it was.</summary>
internal sealed partial class YamlText
{
    private readonly StringBuilder _text = new();

    public override string ToString() => _text.ToString();

    public void Blank()
    {
        if (_text.Length > 0) _text.Append('\n');
    }

    public void Comment(int indent, IEnumerable<string> lines)
    {
        foreach (string line in lines) Line(indent, $"# {string.Concat(line.Select(c => IsUnfit(c) && !char.IsSurrogate(c) ? ' ' : c))}".TrimEnd());
    }

    public void Key(int indent, string key, string? value = null) => Line(indent, value is null ? $"{Scalar(key)}:" : $"{Scalar(key)}: {value}");

    public void Item(int indent, string value) => Line(indent, $"- {value}");

    public void Line(int indent, string text) => _text.Append(' ', indent).Append(text).Append('\n');

    /// <summary>The text as a scalar of one line: plain where nothing in it means anything to YAML.</summary>
    public static string Scalar(string text) => Plain().IsMatch(text) && !IsNull(text) ? text : Quoted(text);

    /// <summary>Between brackets, where braces mean something.</summary>
    public static string List(IEnumerable<string> items) => $"[{string.Join(", ", items.Select(i => i.AsSpan().IndexOfAny('{', '}') < 0 ? Scalar(i) : Quoted(i)))}]";

    /// <summary>Several lines that need no quoting: a block is easier to read.</summary>
    public static bool FitsBlock(string text) => text.Contains('\n', StringComparison.Ordinal) && text.Split('\n').All(l => l.Length > 0 && l[0] != ' ' && !l.Any(IsUnfit));

    private static bool IsNull(string text) => text is "null" or "Null" or "NULL" or "~";

    private static bool IsUnfit(char c) => char.IsControl(c) || char.IsSurrogate(c) || c is '\u0085' or '\u2028' or '\u2029' or '\uFEFF' or '\uFFFE' or '\uFFFF';

    private static string Quoted(string text)
    {
        var result = new StringBuilder("\"");
        foreach (char c in text)
        {
            if (c is '"' or '\\') result.Append('\\').Append(c);
            else if (c == '\n') result.Append("\\n");
            else if (c == '\t') result.Append("\\t");
            else if (IsUnfit(c) && !char.IsSurrogate(c)) result.Append($"\\u{(int)c:X4}");
            else result.Append(c);
        }

        return result.Append('"').ToString();
    }

    // No letter that begins anything in YAML, no ': ' and no ' #', no blank at an end.
    [GeneratedRegex(@"\A[A-Za-z0-9_./$+](?:[A-Za-z0-9_./$+@=;~%()>{}-]|:(?=[^\s])| (?=[A-Za-z0-9_./$+@=;~%()>{}-]))*\z", RegexOptions.CultureInvariant)]
    private static partial Regex Plain();
}
