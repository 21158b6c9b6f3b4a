namespace Cumulus.Engine.Configuration.Settings;

/// <summary>The small syntaxes inside values. A line is never quoted in a problem: it may hold a secret.</summary>
internal static class SettingText
{
    /// <summary><c>key = value</c>, split at the first <c>=</c>.</summary>
    public static SettingItem? Pair(SettingItem line, SettingContext context)
    {
        int equals = line.Text.IndexOf('=', StringComparison.Ordinal);
        string key = equals < 0 ? "" : line.Text[..equals].Trim();
        if (key.Length > 0) return line with { Key = key, Text = line.Text[(equals + 1)..].Trim() };
        context.Problems.Error(line.Place, context.Option, equals < 0 ? "The line has no '='; write 'key = value'." : "The line has no key before the '='.");
        return null;
    }

    /// <summary><c>target -> destination</c>, split at the first <c>-></c>. An empty side is refused: the root is written <c>/</c>.</summary>
    public static SettingItem? Rewrite(SettingItem line, SettingContext context)
    {
        int arrow = line.Text.IndexOf("->", StringComparison.Ordinal);
        if (arrow < 0)
        {
            context.Problems.Error(line.Place, context.Option, "The line has no '->'; write 'target -> destination'.");
            return null;
        }

        return Rewrite(line.Text[..arrow].Trim(), line.Text[(arrow + 2)..].Trim(), line.Place, context);
    }

    public static SettingItem? Rewrite(string target, string destination, Place place, SettingContext context)
    {
        if (target.Length > 0 && destination.Length > 0) return new SettingItem(destination, place, target);
        context.Problems.Error(place, context.Option, $"The {(target.Length == 0 ? "target" : "destination")} is empty; write '/' for the root.");
        return null;
    }
}
