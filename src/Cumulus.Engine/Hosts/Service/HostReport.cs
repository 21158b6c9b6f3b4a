using System.Text.Json;
using Cumulus.Engine.Bundles;
using Cumulus.Engine.State;

namespace Cumulus.Engine.Hosts.Service;

/// <summary>What a host wrote down about its installs: the document <c>hosts/ENV/HOST</c>.</summary>
public sealed record HostReport
{
    public const int CurrentSchema = 1;

    /// <summary>Earlier runs that are kept.</summary>
    public const int RunsKept = 20;

    public int Schema { get; init; } = CurrentSchema;

    /// <summary>Name of the machine.</summary>
    public required string Host { get; init; }

    /// <summary>Null where it is no EC2 instance.</summary>
    public string? InstanceId { get; init; }

    public required string Environment { get; init; }

    public required HostRun Last { get; init; }

    /// <summary>The newest first; those that changed nothing are left out.</summary>
    public IReadOnlyList<HostRun> Earlier { get; init; } = [];

    /// <summary>This on top of what was there. A repeated request may find this run there already.</summary>
    internal HostReport After(HostReport? before) =>
        before is null ? this : this with { Earlier = [.. before.Earlier.Prepend(before.Last).Where(r => r.Outcome != HostRunOutcome.Unchanged && r.StartedAt != Last.StartedAt).Take(RunsKept)] };

    internal byte[] ToBytes() => [.. JsonSerializer.SerializeToUtf8Bytes(this, BundleManifest.Json), (byte)'\n'];

    /// <exception cref="CumulusException"><see cref="ErrorIds.StateInvalid"/></exception>
    internal static HostReport Read(StateDocument document, string name) => StateJson.Read<HostReport>(document, name, r => r.Schema <= CurrentSchema);
}

public enum HostRunOutcome
{
    Committed,

    /// <summary>The host had it already.</summary>
    Unchanged,

    /// <summary>It was begun, and taken back.</summary>
    Undone,

    /// <summary>Nothing was begun.</summary>
    Failed,
}

/// <summary>One install on a host.</summary>
public sealed record HostRun
{
    /// <summary>What was to be installed; null when nobody said.</summary>
    public string? Version { get; init; }

    public required HostRunOutcome Outcome { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public required DateTimeOffset EndedAt { get; init; }

    /// <summary>By a clock that nobody sets.</summary>
    public required double Seconds { get; init; }

    public required IReadOnlyList<HostRunBundle> Bundles { get; init; }

    /// <summary>One of <see cref="ErrorIds"/>; null when it went well.</summary>
    public string? ErrorId { get; init; }

    /// <summary>Without secrets, and shortened.</summary>
    public string? Message { get; init; }

    /// <summary>Program and version that installed.</summary>
    public required string Tool { get; init; }
}

/// <param name="From">The version before; null at the first install.</param>
/// <param name="To">The version that was asked for; null for an archive whose version is not known.</param>
public sealed record HostRunBundle(string Name, string? From, string? To);
