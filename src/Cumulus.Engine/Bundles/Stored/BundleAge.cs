using System.Globalization;

namespace Cumulus.Engine.Bundles;

/// <summary>How old something has to be: a span back from now, or a point in time.</summary>
public readonly record struct BundleAge
{
    private readonly TimeSpan? _span;
    private readonly DateTimeOffset _time;

    public BundleAge(TimeSpan span) => _span = span;

    public BundleAge(DateTimeOffset time) => _time = time;

    /// <param name="time">Of the local time zone unless it says UTC.</param>
    public BundleAge(DateTime time) => _time = new DateTimeOffset(time.ToUniversalTime(), TimeSpan.Zero);

    /// <summary><c>30d</c>, <c>12h</c>, a time span such as <c>30.00:00:00</c>, or a date such as <c>2026-01-31</c>.</summary>
    /// <exception cref="FormatException">None of these.</exception>
    public static BundleAge Parse(string text)
    {
        string trimmed = text.Trim();
        if (trimmed.Length > 1 && "dhDH".Contains(trimmed[^1]) && int.TryParse(trimmed[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out int count))
        {
            return new BundleAge(trimmed[^1] is 'd' or 'D' ? TimeSpan.FromDays(count) : TimeSpan.FromHours(count));
        }

        // A bare number could be days, seconds or ticks.
        if (trimmed.Contains(':') && TimeSpan.TryParse(trimmed, CultureInfo.InvariantCulture, out TimeSpan span)) return new BundleAge(span);
        return trimmed.AsSpan().IndexOfAny('-', '/') > 0 && DateTimeOffset.TryParse(trimmed, CultureInfo.InvariantCulture, DateTimeStyles.AssumeLocal, out DateTimeOffset time)
            ? new BundleAge(time)
            : throw new FormatException($"'{text}' is no age: write 30d, 12h, 30.00:00:00 or a date such as 2026-01-31.");
    }

    /// <summary>The time before which something is old enough.</summary>
    public DateTimeOffset Before(DateTimeOffset now) => _span is { } span ? now - span : _time;
}
