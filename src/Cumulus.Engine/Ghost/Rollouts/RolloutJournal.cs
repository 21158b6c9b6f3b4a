using System.Text.Json;
using Cumulus.Engine.Aws;
using Cumulus.Engine.Bundles;
using Cumulus.Engine.State;

namespace Cumulus.Engine.Ghost.Rollouts;

/// <summary>
/// What a running roll-out is about to do: the document <c>ghost/applications/NAME/ENV/ROLE[/COLOUR]/rollout</c>. Each step is written before it is done, so that any machine can take
/// back, or finish, what a dead one began. It goes when the roll-out has ended.
/// </summary>
public sealed record RolloutJournal
{
    public const int CurrentSchema = 1;

    public int Schema { get; init; } = CurrentSchema;

    /// <summary><c>NAME/ENV/ROLE[/COLOUR]</c>.</summary>
    public required string Application { get; init; }

    public required string Deployment { get; init; }

    /// <summary>Id of the job that runs it.</summary>
    public required string Job { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public required string Strategy { get; init; }

    public required IReadOnlyList<string> Modules { get; init; }

    public required int Floor { get; init; }

    /// <summary>Processes of Auto Scaling groups that the roll-out suspended, by group; those that an operator had suspended before are not here.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Suspended { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>Processes that were suspended before.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> SuspendedBefore { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    public required IReadOnlyList<JournalGroup> Groups { get; init; }

    /// <summary>All hosts have accepted, and the manifest is being written: from here on the roll-out is finished and not taken back.</summary>
    public bool Accepted { get; init; }

    internal byte[] ToBytes() => [.. JsonSerializer.SerializeToUtf8Bytes(this, BundleManifest.Json), (byte)'\n'];

    internal static RolloutJournal Read(StateDocument document, string name) => StateJson.Read<RolloutJournal>(document, name, j => j.Schema <= CurrentSchema);
}

public enum GroupPhase
{
    /// <summary>Nothing has been done.</summary>
    Waiting,

    /// <summary>It leaves its load balancers.</summary>
    Leaving,

    /// <summary>Its hosts change.</summary>
    Changing,

    /// <summary>It goes back into its load balancers.</summary>
    Returning,

    Done,

    /// <summary>Its hosts have what they had before, and are back in their load balancers.</summary>
    TakenBack,
}

/// <param name="Number">From 1.</param>
public sealed record JournalGroup(int Number, GroupPhase Phase, IReadOnlyList<JournalHost> Hosts, TimeSpan WaitAfter)
{
    /// <summary>Hosts may have something new, or be out of a load balancer.</summary>
    public bool IsTouched => Phase is not (GroupPhase.Waiting or GroupPhase.TakenBack);
}

/// <param name="Registrations">Where it took traffic when its group began.</param>
public sealed record JournalHost(string InstanceId, HostPlatform Platform, IReadOnlyList<Registration> Registrations);

public sealed record Registration(Balancer Balancer, TargetId Target);
