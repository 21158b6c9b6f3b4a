using Cumulus.Engine.Configuration;

namespace Cumulus.Engine.Environments;

/// <summary>What is asked of a deployment.</summary>
public sealed record EnvironmentRequest
{
    public required CumulusConfiguration Configuration { get; init; }

    public required string Environment { get; init; }

    /// <summary>Null: the environment's own.</summary>
    public string? Version { get; init; }

    /// <summary>Short or full names; empty: all stacks of the environment.</summary>
    public IReadOnlyList<string> Stacks { get; init; } = [];

    /// <summary>By short or full stack name; each replaces what the configuration says (D-10).</summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> Parameters { get; init; } =
        new Dictionary<string, IReadOnlyDictionary<string, string>>();

    /// <summary>Limit of the whole deployment, hosts included. What runs in CloudFormation when it is reached goes on.</summary>
    public TimeSpan TimeLimit { get; init; } = TimeSpan.FromHours(2);

    /// <summary>Stacks that do not wait for each other are worked on side by side, at most so many.</summary>
    public int MaxParallel { get; init; } = 1;

    /// <summary>True: what a failed operation made is kept, whatever the configuration says; null: the configuration's.</summary>
    public bool? DisableRollback { get; init; }

    /// <summary>What becomes of a stack whose create fails; null: the configuration's.</summary>
    public StackFailureAction? OnFailure { get; init; }

    /// <summary>Stateful resources may be replaced or deleted (<see cref="StatefulResources"/>).</summary>
    public bool AllowReplacement { get; init; }

    /// <summary>A stack on which an operation runs is waited for; false: that is an error.</summary>
    public bool WaitIfBusy { get; init; } = true;

    /// <summary>CloudFormation's express mode.</summary>
    public bool IsExpress { get; init; }

    public bool RevertDrift { get; init; }

    public bool ImportExisting { get; init; }

    /// <summary>Alarms that roll stacks back, besides the configured ones; ARNs.</summary>
    public IReadOnlyList<string> RollbackAlarmArns { get; init; } = [];

    /// <summary>How long each stack watches its alarms after all its resources are there; null: the configuration's.</summary>
    public int? BakeMinutes { get; init; }

    /// <summary>Start what can be started, and do not wait for the end.</summary>
    public bool NoWait { get; init; }

    /// <summary>When a stack fails, take back the stacks that had succeeded before it.</summary>
    public bool RollbackOnFailure { get; init; }

    /// <summary>Deploy exactly what this record tells, not what the configuration says.</summary>
    public DeploymentRecord? Restore { get; init; }

    /// <summary>Who deploys, for the record.</summary>
    public DeploymentOrigin? Origin { get; init; }

    /// <summary>Marks all that this deployment starts; letters and digits.</summary>
    public string OperationId { get; init; } = Guid.NewGuid().ToString("N");

    /// <summary>The version to deploy, null when there is none. An empty text is none (D-12).</summary>
    public string? EffectiveVersion
    {
        get
        {
            string? version = string.IsNullOrWhiteSpace(Version) ? Restore is null ? Configuration.Environment(Environment).Version : Restore.Version : Version;
            return string.IsNullOrWhiteSpace(version) ? null : version.Trim();
        }
    }
}

/// <summary>Who deploys, and from where.</summary>
/// <param name="User">Name of the operating system's user.</param>
/// <param name="Principal">ARN that AWS knows the caller by; null when it could not be found out.</param>
public sealed record DeploymentOrigin(string User, string Machine, string? Principal)
{
    /// <summary>Short, for a table: the session or user of the ARN, else the user of the machine.</summary>
    public override string ToString() => Principal is { } arn ? arn[(arn.LastIndexOf('/') + 1)..] : $"{User}@{Machine}";
}
