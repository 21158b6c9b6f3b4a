using System.Globalization;

namespace Cumulus.AwsClients;

/// <summary>Timestamps on the wire. On this side they are UTC.</summary>
internal static class Timestamps
{
    public static string ToIso8601(DateTime time)
    {
        var utc = time.ToUniversalTime();
        var isWhole = utc.Ticks % TimeSpan.TicksPerSecond == 0;
        return utc.ToString(isWhole ? "yyyy-MM-dd'T'HH:mm:ss'Z'" : "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
    }

    public static DateTime FromIso8601(string text) =>
        DateTime.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal);

    /// <summary>Seconds since 1970, with milliseconds behind the point if there are some.</summary>
    public static decimal ToUnixSeconds(DateTime time) => (decimal)new DateTimeOffset(time.ToUniversalTime()).ToUnixTimeMilliseconds() / 1000;

    public static DateTime FromUnixSeconds(decimal seconds) => DateTime.UnixEpoch.AddTicks((long)(seconds * TimeSpan.TicksPerSecond));
}
