using System.Text;
using System.Text.RegularExpressions;

namespace Cumulus.Console.Help;

/// <summary>A page of docs/cmdlets: PlatyPS markdown, of which help shows the words (syntax and types come from the cmdlet itself).</summary>
internal sealed partial class CmdletPage
{
    private readonly Dictionary<string, PageParameter> _parameters = new(StringComparer.OrdinalIgnoreCase);

    public string Synopsis { get; private set; } = "";

    public string Description { get; private set; } = "";

    public IReadOnlyList<PageExample> Examples { get; private set; } = [];

    /// <summary>Null when the page says nothing of it.</summary>
    public PageParameter? Parameter(string name) => _parameters.GetValueOrDefault(name);

    public static CmdletPage Parse(string markdown)
    {
        var page = new CmdletPage();
        foreach (var (heading, body) in Sections(markdown.ReplaceLineEndings("\n"), "## "))
        {
            switch (heading.Trim().ToUpperInvariant())
            {
                case "SYNOPSIS":
                    page.Synopsis = Words(body);
                    break;
                case "DESCRIPTION":
                    page.Description = Words(body);
                    break;
                case "EXAMPLES":
                    page.Examples = Sections(body, "### ").Select(s => new PageExample(Unescape(s.Heading.Trim()), Words(s.Body))).ToList();
                    break;
                case "PARAMETERS":
                    page.AddParameters(body);
                    break;
            }
        }

        return page;
    }

    private void AddParameters(string body)
    {
        foreach (var (heading, text) in Sections(body, "### "))
        {
            int yaml = text.IndexOf("```yaml", StringComparison.Ordinal);
            string? value = DefaultValue().Match(text) is { Success: true } match ? match.Groups["value"].Value.Trim().Trim('\'') : null;
            _parameters[heading.Trim().TrimStart('-')] =
                new PageParameter(Words(yaml < 0 ? text : text[..yaml]), value is null or "" or "None" or "False" ? null : value);
        }
    }

    private static IEnumerable<(string Heading, string Body)> Sections(string text, string mark)
    {
        string? heading = null;
        var body = new StringBuilder();
        bool fenced = false;
        foreach (string line in text.Split('\n'))
        {
            fenced ^= line.StartsWith("```", StringComparison.Ordinal);
            if (!fenced && line.StartsWith(mark, StringComparison.Ordinal))
            {
                if (heading is not null)
                {
                    yield return (heading, body.ToString());
                }

                heading = line[mark.Length..];
                body.Clear();
            }
            else
            {
                body.Append(line).Append('\n');
            }
        }

        if (heading is not null)
        {
            yield return (heading, body.ToString());
        }
    }

    // Paragraphs lose their line breaks, code keeps them and is set in.
    private static string Words(string markdown)
    {
        var text = new StringBuilder();
        bool fenced = false;
        bool open = false;
        foreach (string line in markdown.Trim().Split('\n'))
        {
            if (line.StartsWith("```", StringComparison.Ordinal))
            {
                fenced = !fenced;
                text.Append(open ? "\n" : "");
                open = false;
            }
            else if (fenced)
            {
                text.Append("    ").Append(line).Append('\n');
            }
            else if (line.Trim().Length == 0 || line.StartsWith("- ", StringComparison.Ordinal))
            {
                text.Append(open ? "\n" : "").Append(line.Trim().Length == 0 ? "\n" : Unescape(line));
                open = line.Trim().Length > 0;
            }
            else
            {
                text.Append(open ? " " : "").Append(Unescape(line.Trim()));
                open = true;
            }
        }

        string words = text.ToString().Trim('\n');
        return Placeholder().IsMatch(words) ? "" : words;
    }

    private static string Unescape(string text) => Escape().Replace(text, "$1");

    [GeneratedRegex(@"\\([\\`*_{}\[\]()#+\-.!<>|~])")]
    private static partial Regex Escape();

    [GeneratedRegex(@"^\{\{.*\}\}$", RegexOptions.Singleline)]
    private static partial Regex Placeholder();

    [GeneratedRegex(@"^Default ?[Vv]alue:(?<value>.*)$", RegexOptions.Multiline)]
    private static partial Regex DefaultValue();
}

internal sealed record PageExample(string Title, string Text);

/// <param name="Default">Null when there is none.</param>
internal sealed record PageParameter(string Text, string? Default);
