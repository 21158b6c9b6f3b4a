namespace Cumulus.Engine.Configuration.Settings;

/// <summary>
/// Cuts a text of the YAML format into plain text and what stands in <c>${...}</c>. <c>$${</c> is the two characters <c>${</c>; any other <c>$</c> is itself.
/// </summary>
internal static class Substitution
{
    /// <summary>The pieces in order; null when a <c>${</c> is not closed.</summary>
    public static IReadOnlyList<Piece>? Parse(string text)
    {
        var pieces = new List<Piece>();
        int plain = 0;
        for (int i = text.IndexOf("${", StringComparison.Ordinal); i >= 0; i = text.IndexOf("${", plain, StringComparison.Ordinal))
        {
            bool escaped = i > plain && text[i - 1] == '$';
            int close = escaped ? i + 1 : text.IndexOf('}', i);
            if (close < 0) return null;
            if (i > plain) pieces.Add(new Piece(text[plain..(escaped ? i - 1 : i)], false));
            pieces.Add(escaped ? new Piece("${", false) : new Piece(text[(i + 2)..close], true));
            plain = close + 1;
        }

        if (plain < text.Length) pieces.Add(new Piece(text[plain..], false));
        return pieces;
    }

    /// <summary>Text that <see cref="Parse"/> gives back as it is.</summary>
    public static string Escape(string text) => text.Replace("${", "$${", StringComparison.Ordinal);

    /// <param name="Text">Plain text, or what stands between the braces.</param>
    public readonly record struct Piece(string Text, bool IsReference);
}
