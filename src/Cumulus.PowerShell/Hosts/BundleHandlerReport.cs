using Cumulus.Engine.Hosts.Service;

namespace Cumulus.PowerShell;

/// <summary>One install on one host, as the host reported it.</summary>
public sealed record BundleHandlerReport
{
    /// <summary>Instance id, or the machine's name where there is none.</summary>
    public required string Host { get; init; }

    public required string MachineName { get; init; }

    public required string Environment { get; init; }

    /// <summary>What the host was to install.</summary>
    public string? Version { get; init; }

    /// <summary>The version that the environment was deployed with last; null when that is not known.</summary>
    public string? Deployed { get; init; }

    /// <summary>Committed, Unchanged, Undone or Failed.</summary>
    public required string Outcome { get; init; }

    /// <summary>Whether the host has the version that was deployed last.</summary>
    public required bool UpToDate { get; init; }

    /// <summary>Since the run ended.</summary>
    public required TimeSpan Age { get; init; }

    public required DateTimeOffset EndedAt { get; init; }

    public required TimeSpan Took { get; init; }

    /// <summary>Such as <c>web 1.0.0 -> 1.1.0</c>.</summary>
    public required string[] Bundles { get; init; }

    public string? ErrorId { get; init; }

    public string? Message { get; init; }

    /// <summary>Program and version that installed.</summary>
    public required string Tool { get; init; }

    internal static BundleHandlerReport Of(HostReport report, HostRun run, string? deployed, DateTimeOffset now) => new()
    {
        Host = report.InstanceId ?? report.Host,
        MachineName = report.Host,
        Environment = report.Environment,
        Version = run.Version,
        Deployed = deployed,
        Outcome = run.Outcome.ToString(),
        UpToDate = run.Version == deployed && run.Outcome is HostRunOutcome.Committed or HostRunOutcome.Unchanged,
        Age = TimeSpan.FromSeconds(Math.Round((now - run.EndedAt).TotalSeconds)),
        EndedAt = run.EndedAt,
        Took = TimeSpan.FromSeconds(run.Seconds),
        Bundles = [.. run.Bundles.Select(b => b.From == b.To ? $"{b.Name} {b.To}" : $"{b.Name} {b.From ?? "none"} -> {b.To ?? "?"}")],
        ErrorId = run.ErrorId,
        Message = run.Message,
        Tool = run.Tool,
    };
}
