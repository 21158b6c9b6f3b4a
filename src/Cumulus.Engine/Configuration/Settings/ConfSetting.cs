using Cumulus.Engine.Configuration.Ini;

namespace Cumulus.Engine.Configuration.Settings;

/// <summary>An option of the old format.</summary>
internal sealed class ConfSetting(string name, string file, IniOption option) : RawSetting(name, new Place(file, option.Line))
{
    public override bool IsConf => true;

    public override string RawText => option.RawText;

    public override bool IsUnset => option.Lines.Count == 0;

    public override IReadOnlyList<SettingItem> Items(OptionKind kind, SettingContext context)
    {
        if (option.IndentedComment is { } comment)
            context.Problems.Warn(new Place(file, comment), context.Option, "The indented comment is a comment; the old program took it for a part of the value.");
        List<SettingItem> lines = Expand(context);
        return kind switch
        {
            OptionKind.Command or OptionKind.Json => lines.Count == 0 ? [] : [new SettingItem(string.Join('\n', lines.Select(l => l.Text)), lines[0].Place)],
            OptionKind.List => [.. lines.SelectMany(SplitAtCommas)],
            OptionKind.Lines => lines,
            OptionKind.Pairs => [.. lines.Select(l => SettingText.Pair(l, context)).OfType<SettingItem>()],
            OptionKind.Rewrites => [.. lines.Select(l => SettingText.Rewrite(l, context)).OfType<SettingItem>()],
            _ => OneLine(lines, context),
        };
    }

    private List<SettingItem> Expand(SettingContext context)
    {
        var items = new List<SettingItem>();
        foreach (IniLine line in option.Lines)
        {
            var place = new Place(file, line.Number);
            var interpolation = new Interpolation(context.Lookup, context.Names);
            if (!interpolation.TryExpand(line.Text, out string text, out string problem)) context.Problems.Error(place, context.Option, problem);
            else items.AddRange(text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(t => new SettingItem(t, place)));
        }

        return items;
    }

    private static IEnumerable<SettingItem> SplitAtCommas(SettingItem line) =>
        line.Text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(t => line with { Text = t });

    private static List<SettingItem> OneLine(List<SettingItem> lines, SettingContext context)
    {
        if (lines.Count < 2) return lines;
        context.Problems.Error(lines[1].Place, context.Option, "The value is one line, but this indented line belongs to it too. Take the indentation away, or the line.");
        return [];
    }
}
