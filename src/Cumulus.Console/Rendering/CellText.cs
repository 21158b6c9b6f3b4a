using System.Collections;
using System.Globalization;

namespace Cumulus.Console.Rendering;

/// <summary>Values as text for a person: invariant, times in ISO 8601, and nothing that moves the cursor of a terminal.</summary>
internal static class CellText
{
    private static readonly CultureInfo Culture = CultureInfo.InvariantCulture;

    /// <summary>Text on one line.</summary>
    /// <param name="format">Of the view, such as <c>{0:N0}</c>; null for the usual text.</param>
    public static string Of(object? value, string? format = null) =>
        string.Join(' ', Lines(format is null || value is null ? Raw(value) : string.Format(Culture, format, value)));

    /// <summary>Text of several lines, without control characters.</summary>
    public static string[] Lines(string text) =>
        text.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n').Select(Clean).ToArray();

    public static string Raw(object? value) => value switch
    {
        null => "",
        string text => text,
        DateTimeOffset moment => moment.ToString("yyyy-MM-ddTHH:mm:ssK", Culture),
        DateTime moment => moment.ToString("yyyy-MM-ddTHH:mm:ssK", Culture),
        TimeSpan span => Span(span),
        IDictionary table => string.Join(", ", table.Keys.Cast<object>().Select(key => $"{Raw(key)}={Raw(table[key])}")),
        IEnumerable items => string.Join(", ", items.Cast<object?>().Select(Raw)),
        IFormattable formattable => formattable.ToString(null, Culture),
        _ => value.ToString() ?? "",
    };

    public static bool IsNumber(Type type) =>
        Type.GetTypeCode(Nullable.GetUnderlyingType(type) ?? type) is >= TypeCode.SByte and <= TypeCode.Decimal
        && !(Nullable.GetUnderlyingType(type) ?? type).IsEnum;

    private static string Span(TimeSpan span)
    {
        string text = span.ToString(span.Days == 0 ? @"hh\:mm\:ss\.fff" : @"d\.hh\:mm\:ss\.fff", Culture);
        return (span < TimeSpan.Zero ? "-" : "") + (text.EndsWith(".000", StringComparison.Ordinal) ? text[..^4] : text);
    }

    private static string Clean(string line) =>
        line.Any(char.IsControl) ? new string(line.Select(c => c == '\t' ? ' ' : char.IsControl(c) ? '\ufffd' : c).ToArray()) : line;
}
