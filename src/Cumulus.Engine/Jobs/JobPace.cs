namespace Cumulus.Engine.Jobs;

/// <summary>How often a job looks and writes.</summary>
public sealed record JobPace
{
    /// <summary>Between two looks at the record, and two writes of the log.</summary>
    public TimeSpan Pulse { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Between two signs of life.</summary>
    public TimeSpan Sign { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Without a sign for so long, by the watcher's own clock, a process counts as dead.</summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How much two machines' clocks may differ, for who cannot watch and has only the times in the record.</summary>
    public TimeSpan ClockDifference { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>For the last lines and the end, once the work is over or was stopped.</summary>
    public TimeSpan EndLimit { get; init; } = TimeSpan.FromSeconds(30);
}
