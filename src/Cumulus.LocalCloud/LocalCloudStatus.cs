namespace Cumulus.LocalCloud;

/// <summary>How a running local cloud stands: where it is, what was asked of it, what time it has.</summary>
public sealed record LocalCloudStatus
{
    public required string Endpoint { get; init; }

    public required string Region { get; init; }

    /// <summary>Made up at the start, as is the secret; they open this cloud only.</summary>
    public string AccessKeyId { get; init; } = "";

    public string SecretAccessKey { get; init; } = "";

    public required string Path { get; init; }

    public required int ProcessId { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>Real time since the start.</summary>
    public required TimeSpan Uptime { get; init; }

    /// <summary>The cloud's clock.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>By how much the clock was stepped.</summary>
    public required TimeSpan ClockAhead { get; init; }

    /// <summary>Stacks that are not deleted.</summary>
    public required int Stacks { get; init; }

    /// <summary>Those that are being worked on.</summary>
    public required int BusyStacks { get; init; }

    /// <summary>Auto Scaling groups that have fewer instances than they are to have.</summary>
    public required int BusyGroups { get; init; }

    /// <summary>Instances that live.</summary>
    public required int Hosts { get; init; }

    /// <summary>Calls of clients since the start.</summary>
    public required long Calls { get; init; }

    /// <summary>Those that were answered with an error, or cut.</summary>
    public required long Errors { get; init; }

    /// <summary>Faults that are set.</summary>
    public required int Faults { get; init; }

    /// <summary>How often one has happened.</summary>
    public required long FaultsFired { get; init; }

    /// <summary>Memory of the cloud's process, without moto, in bytes.</summary>
    public required long MemoryBytes { get; init; }

    /// <summary>Calls by service and operation.</summary>
    public required IReadOnlyList<LocalCloudCallCount> Operations { get; init; }

    /// <summary>No instance lives, and none will come by itself.</summary>
    internal bool IsIdle => Hosts == 0 && BusyStacks == 0 && BusyGroups == 0;

    /// <summary>Leaves the credentials out.</summary>
    public override string ToString() => $"LocalCloud {Endpoint} ({Path})";
}
