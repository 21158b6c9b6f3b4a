using Cumulus.Engine.Configuration.Settings;

namespace Cumulus.Engine.Configuration;

internal static class LogLevels
{
    private static readonly string[] Names = ["debug", "info", "warning", "error"];

    /// <summary>Null when unset. An unknown word is a warning and means info, as the old program said but did not do (D-13).</summary>
    public static LogLevel? Read(SettingItem? item, string option, ProblemCollector problems)
    {
        if (item is null) return null;
        int index = Array.IndexOf(Names, item.Text.ToLowerInvariant());
        if (index >= 0) return (LogLevel)index;
        string? near = NearestName.Of(item.Text, Names);
        problems.Warn(item.Place, option, $"'{item.Text}' is no log level; info is used.{ProblemCollector.DidYouMean(near)} Known: {string.Join(", ", Names)}.", near);
        return LogLevel.Info;
    }
}
