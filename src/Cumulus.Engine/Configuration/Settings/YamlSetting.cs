using Cumulus.Engine.Configuration.Yaml;

namespace Cumulus.Engine.Configuration.Settings;

/// <summary>An option of the YAML format. Any scalar is text as written; <c>${...}</c> in it is put in, but not in commands: those are a shell's.</summary>
internal sealed class YamlSetting(string name, Place place, YamlNode node) : RawSetting(name, place)
{
    public override bool IsConf => false;

    // A '%' of YAML is a plain one, so it must survive the interpolation of the option that refers to it.
    public override string? RawText => node switch
    {
        YamlScalar { IsNull: true } => "",
        YamlScalar scalar => scalar.Text.Replace("%", "%%", StringComparison.Ordinal),
        _ => null,
    };

    public override bool IsUnset => node is YamlScalar { IsNull: true };

    public override IReadOnlyList<SettingItem> Items(OptionKind kind, SettingContext context) => kind switch
    {
        _ when IsUnset => [],
        OptionKind.Command => Written(node, "a text", context) is { } text ? [text with { Text = text.Text.TrimEnd() }] : [],
        OptionKind.Json => Json(context),
        OptionKind.List => node is YamlSequence list ? Entries(list, context) : Split(',', "a list of texts", context),
        OptionKind.Lines => node is YamlSequence lines ? Entries(lines, context) : Split('\n', "a list of texts", context),
        OptionKind.Pairs => node is YamlMapping pairs ? Pairs(pairs, context) : Refuse(node, "a mapping of keys to values", context),
        OptionKind.Rewrites => Rewrites(context),
        _ => OneLine(context),
    };

    private SettingItem[] OneLine(SettingContext context)
    {
        if (Scalar(node, "a text", context) is not { } item) return [];
        string text = item.Text.Trim();
        if (text.Length == 0) return [];
        return text.Contains('\n', StringComparison.Ordinal) ? Refuse(node, "one line", context) : [item with { Text = text }];
    }

    private SettingItem[] Json(SettingContext context)
    {
        if (node is not YamlMapping mapping) return JsonText(context);
        if (YamlJson.Text(mapping) is { } text) return [new SettingItem(text, node.Place)];
        context.Problems.Error(node.Place, context.Option, "The value is too long.");
        return [];
    }

    private SettingItem[] JsonText(SettingContext context) =>
        Scalar(node, "a mapping, JSON, or the path of a file", context) is { } item && item.Text.Trim() is { Length: > 0 } text ? [item with { Text = text }] : [];

    private IReadOnlyList<SettingItem> Split(char separator, string expected, SettingContext context) =>
        Scalar(node, expected, context) is not { } item
            ? []
            : [.. item.Text.Split(separator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(t => item with { Text = t })];

    private static List<SettingItem> Entries(YamlSequence sequence, SettingContext context)
    {
        var items = new List<SettingItem>();
        foreach (YamlNode entry in sequence.Items)
        {
            if (Scalar(entry, "a text in each entry", context) is not { } item) continue;
            if (item.Text.Trim().Length == 0) context.Problems.Error(entry.Place, context.Option, "The entry is empty.");
            else items.Add(item with { Text = item.Text.Trim() });
        }

        return items;
    }

    // A list becomes what CloudFormation's list parameters take: entries between commas.
    private static List<SettingItem> Pairs(YamlMapping mapping, SettingContext context)
    {
        var items = new List<SettingItem>();
        foreach (YamlEntry entry in mapping.Entries)
        {
            if (entry.Key.Trim().Length == 0)
            {
                context.Problems.Error(entry.Place, context.Option, "The key is empty.");
            }
            else if (entry.Value is YamlSequence list)
            {
                IEnumerable<string> texts = Entries(list, context with { Variables = null }).Select(i => i.Text);
                if (Expanded(new SettingItem(string.Join(',', texts), entry.Value.Place, entry.Key), context) is { } item) items.Add(item);
            }
            else if (entry.Value is YamlScalar scalar)
            {
                if (Expanded(new SettingItem(scalar.IsNull ? "" : scalar.Text, scalar.Place, entry.Key), context) is { } item) items.Add(item);
            }
            else
            {
                Refuse(entry.Value, $"a text or a list of texts for '{entry.Key}'", context);
            }
        }

        return items;
    }

    private IReadOnlyList<SettingItem> Rewrites(SettingContext context)
    {
        IEnumerable<SettingItem?> items = node switch
        {
            YamlMapping mapping => mapping.Entries.Select(e => Scalar(e.Value, "a text as destination", context) is { } destination
                ? SettingText.Rewrite(e.Key.Trim(), destination.Text.Trim(), e.Place, context)
                : null),
            YamlSequence sequence => Entries(sequence, context).Select(i => SettingText.Rewrite(i, context)),
            _ => Split('\n', "a list of texts 'target -> destination', or a mapping", context).Select(i => SettingText.Rewrite(i, context)),
        };
        return [.. items.OfType<SettingItem>()];
    }

    private static SettingItem? Scalar(YamlNode node, string expected, SettingContext context) =>
        Written(node, expected, context) is { } item ? Expanded(item, context) : null;

    private static SettingItem? Written(YamlNode node, string expected, SettingContext context)
    {
        if (node is YamlScalar scalar) return new SettingItem(scalar.IsNull ? "" : scalar.Text, scalar.Place);
        Refuse(node, expected, context);
        return null;
    }

    private static SettingItem? Expanded(SettingItem item, SettingContext context) => context.Variables is null ? item : context.Variables.Expand(item, context);

    private static SettingItem[] Refuse(YamlNode node, string expected, SettingContext context)
    {
        string found = node switch { YamlMapping => "a mapping", YamlSequence => "a list", YamlScalar { Text: var t } when t.Contains('\n', StringComparison.Ordinal) => "several lines", _ => "a text" };
        context.Problems.Error(node.Place, context.Option, $"Expected {expected}, found {found}.");
        return [];
    }
}
