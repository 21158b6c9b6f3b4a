using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace Cumulus.LocalCloud.AutoScaling;

/// <summary>https://docs.aws.amazon.com/autoscaling/ec2/userguide/instance-refresh-overview.html.</summary>
internal sealed record InstanceRefresh
{
    public const string Pending = "Pending";
    public const string InProgress = "InProgress";
    public const string Baking = "Baking";
    public const string Cancelling = "Cancelling";
    public const string RollbackInProgress = "RollbackInProgress";

    public string Id { get; } = Guid.NewGuid().ToString();

    public string Status { get; init; } = Pending;

    public string? StatusReason { get; init; }

    public required DateTimeOffset StartTime { get; init; }

    public DateTimeOffset? EndTime { get; init; }

    public required RefreshPreferences Preferences { get; init; }

    /// <summary>What the group is to be after success; null: what it is already.</summary>
    public JsonObject? Desired { get; init; }

    /// <summary>What is launched meanwhile; null: what the group says.</summary>
    public LaunchSource? Source { get; init; }

    /// <summary>Ids of the instances that are to be replaced.</summary>
    public ImmutableHashSet<string> Old { get; init; } = [];

    /// <summary>Ids of all instances that were there when it (or its rollback) began: these need not warm up.</summary>
    public ImmutableHashSet<string> Before { get; init; } = [];

    /// <summary>How many of the old ones are replaced by one that has warmed up.</summary>
    public int Done { get; init; }

    /// <summary>How many instances the group has for now beyond the desired capacity.</summary>
    public int Extra { get; init; }

    /// <summary>How many of the checkpoints are behind it.</summary>
    public int CheckpointsPassed { get; init; }

    /// <summary>Since when it waits at a checkpoint.</summary>
    public DateTimeOffset? AtCheckpointSince { get; init; }

    public DateTimeOffset? BakedAt { get; init; }

    public DateTimeOffset LastProgress { get; init; }

    public string? RollbackReason { get; init; }

    public DateTimeOffset? RollbackStart { get; init; }

    /// <summary>Where it was when the rollback began.</summary>
    public int PercentageBefore { get; init; }

    public bool HasEnded => EndTime is not null;

    public bool IsRollback => RollbackStart is not null;

    public int Percentage => Old.Count == 0 ? (HasEnded ? 100 : 0) : 100 * Done / Old.Count;

    public InstanceRefresh End(string status, DateTimeOffset now, string? reason = null) => this with { Status = status, EndTime = now, StatusReason = reason ?? StatusReason, Extra = 0 };
}
