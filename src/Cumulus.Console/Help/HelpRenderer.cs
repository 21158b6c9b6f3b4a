using System.Globalization;
using Cumulus.Console.Catalog;
using Cumulus.Console.Rendering;

namespace Cumulus.Console.Help;

/// <summary>Writes help: what a cmdlet's attributes say, with the words of its page where there is one.</summary>
internal sealed class HelpRenderer(CommandCatalog catalog, HelpPages pages, Terminal terminal)
{
    private const int ReadableWidth = 100;

    private static readonly string[] Usage =
    [
        "cumulus COMMAND [-Parameter value ...] ['|' COMMAND ...]",
        "cumulus \"COMMAND -Parameter value | COMMAND\"",
        "cumulus -File SCRIPT     one pipeline a line; '#' starts a heading",
        "cumulus help [COMMAND]   also: cumulus COMMAND -?",
        "cumulus --version",
    ];

    public void WriteOverview()
    {
        terminal.WriteLine("Deployments to AWS: the cmdlets of the module Cumulus, without PowerShell.");
        WriteHeading("Usage");
        WriteIndented(Usage);
        WriteHeading("Commands");
        WriteList(catalog.Names);
        WriteHeading("Options");
        WriteIndented(["-Output table|list|json|yaml   anywhere on the line; json and yaml are one document:", "                               one record is itself, several are a list"]);
        WriteHeading("Exit codes");
        WriteIndented(["0 no error   1 an error was written   2 the line could not be understood   130 stopped by Ctrl+C"]);
    }

    /// <param name="topic">A name of a command, or a part of some.</param>
    /// <exception cref="UsageException">No command has such a name.</exception>
    public void WriteTopic(string topic)
    {
        if (catalog.Find(topic) is { } command)
        {
            Write(command);
            return;
        }

        string part = topic.Trim('*');
        var similar = catalog.Names.Where(n => n.Contains(part, StringComparison.OrdinalIgnoreCase)).ToList();
        if (similar.Count == 0 || part.Length == 0)
        {
            catalog.Get(topic);
        }

        WriteList(similar);
    }

    public void Write(CommandDescription command)
    {
        var page = pages.Find(command.Name);
        terminal.WriteLine(command.Name, Style.Bold);
        WriteWrapped(page?.Synopsis, 4);
        WriteHeading("Syntax");
        foreach (string syntax in SyntaxText.Of(command))
        {
            WriteWrapped(syntax, 4, hanging: 8);
        }

        if (page?.Description is { Length: > 0 } description)
        {
            WriteHeading("Description");
            WriteWrapped(description, 4);
        }

        WriteParameters(command, page);
        foreach (var example in page?.Examples ?? [])
        {
            WriteHeading(example.Title);
            WriteWrapped(example.Text, 4);
        }
    }

    private void WriteParameters(CommandDescription command, CmdletPage? page)
    {
        var shown = command.Parameters.Where(p => !p.Hidden).ToList();
        if (shown.Count == 0)
        {
            return;
        }

        WriteHeading("Parameters");
        foreach (var parameter in shown)
        {
            var words = page?.Parameter(parameter.Name);
            string text = words?.Text is { Length: > 0 } written ? written : parameter.Memberships.Select(m => m.Help).FirstOrDefault(h => h is not null) ?? "";
            terminal.WriteLine($"    -{parameter.Name} {SyntaxText.TypeOf(parameter)}".TrimEnd(), Style.Bold);
            WriteWrapped(text, 8);
            WriteWrapped(string.Join("; ", Facts(command, parameter, words)), 8);
        }
    }

    private static IEnumerable<string> Facts(CommandDescription command, ParameterDescription parameter, PageParameter? words)
    {
        foreach (var membership in parameter.Memberships)
        {
            string set = membership.Set != SetMembership.EverySet && command.Sets.Count > 1 ? $" (set {membership.Set})" : "";
            var facts = new List<string>();
            if (membership.Mandatory) facts.Add("mandatory");
            if (membership.Position is { } position) facts.Add("position " + position.ToString(CultureInfo.InvariantCulture));
            if (membership.FromPipeline) facts.Add("from the pipeline");
            if (membership.FromPipelineByName) facts.Add("from the pipeline by name");
            if (membership.TakesRemaining) facts.Add("takes all that is left");
            if (facts.Count > 0) yield return string.Join(", ", facts) + set;
        }

        if (parameter.Type is var type && (Nullable.GetUnderlyingType(type) ?? type) is { IsEnum: true } choices)
        {
            yield return "one of: " + string.Join(", ", Enum.GetNames(choices));
        }

        foreach (var validation in parameter.Validations)
        {
            if (validation.Description is { } description) yield return description;
        }

        if (words?.Default is { } value) yield return "default: " + value;
        if (parameter.Aliases.Count > 0) yield return "alias: " + string.Join(", ", parameter.Aliases);
    }

    private void WriteList(IEnumerable<string> names)
    {
        var list = names.ToList();
        int width = list.Count == 0 ? 0 : list.Max(n => n.Length);
        foreach (string name in list)
        {
            terminal.WriteLine($"    {name.PadRight(width)}  {pages.Find(name)?.Synopsis.Split('\n')[0]}".TrimEnd());
        }
    }

    private void WriteHeading(string heading)
    {
        terminal.WriteLine("");
        terminal.WriteLine(heading, Style.Bold);
    }

    private void WriteIndented(IEnumerable<string> lines)
    {
        foreach (string line in lines)
        {
            terminal.WriteLine("    " + line);
        }
    }

    private void WriteWrapped(string? text, int indent, int? hanging = null)
    {
        if (string.IsNullOrEmpty(text))
        {
            return;
        }

        int width = Math.Min(terminal.OutWidth, ReadableWidth);
        foreach (string paragraph in text.Split('\n'))
        {
            foreach (string line in TextWrap.Lines(CellText.Of(paragraph), width, indent, hanging ?? indent))
            {
                terminal.WriteLine(line.Replace('\u00a0', ' '));
            }
        }
    }
}
