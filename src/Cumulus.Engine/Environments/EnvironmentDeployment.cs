namespace Cumulus.Engine.Environments;

/// <summary>What became of a deployment.</summary>
public sealed record EnvironmentDeployment
{
    public required string Environment { get; init; }

    public string? Version { get; init; }

    /// <summary>AWS region code.</summary>
    public required string Region { get; init; }

    /// <summary>In the order of deploying; those after a failed one are there as <see cref="StackDeployment.NotStarted"/>.</summary>
    public required IReadOnlyList<StackDeployment> Stacks { get; init; }

    /// <summary>Those of all stacks.</summary>
    public IReadOnlyList<HostUpdate> Hosts => [.. Stacks.SelectMany(s => s.Hosts)];

    public required DateTimeOffset StartedAt { get; init; }

    public required TimeSpan Took { get; init; }
}

/// <summary>What became of one stack.</summary>
public sealed record StackDeployment
{
    /// <summary>Status of a stack that was not reached because an earlier one failed. Not CloudFormation's word.</summary>
    public const string NotStarted = "NOT_STARTED";

    public required string Environment { get; init; }

    /// <summary>Short name, as the configuration has it.</summary>
    public required string Name { get; init; }

    /// <summary>CloudFormation's name.</summary>
    public required string StackName { get; init; }

    /// <summary>Null when the stack does not exist.</summary>
    public string? StackId { get; init; }

    public required StackAction Action { get; init; }

    /// <summary>CloudFormation's status at the end, or <see cref="NotStarted"/>.</summary>
    public required string Status { get; init; }

    public string? Version { get; init; }

    public required string Region { get; init; }

    public required TimeSpan Took { get; init; }

    public IReadOnlyList<KeyValuePair<string, string>> Outputs { get; init; } = [];

    /// <summary>Instances that were told to install the version; empty where they do it by themselves.</summary>
    public IReadOnlyList<HostUpdate> Hosts { get; init; } = [];

    /// <summary>How that went, for a table.</summary>
    public string HostSummary
    {
        get
        {
            (int Count, string What)[] parts =
            [
                (Hosts.Count(h => h.Status == HostUpdate.Success), "updated"),
                (Hosts.Count(h => h.Status == HostUpdate.Pending), "pending"),
                (Hosts.Count(h => h.Failed), "failed"),
            ];
            return string.Join(", ", parts.Where(p => p.Count > 0).Select(p => $"{p.Count} {p.What}"));
        }
    }

    /// <summary>The first cause; null unless it failed.</summary>
    public string? FailureReason { get; init; }
}

/// <summary>What became of the install on one host.</summary>
public sealed record HostUpdate
{
    /// <summary>Status of an instance that installs the version by itself: it was launched a moment ago and is not yet known to SSM, or its boot install is running.</summary>
    public const string Pending = "Pending";

    /// <summary>Status of an instance that has been up for long and that SSM does not know or has lost: it could not be told.</summary>
    public const string Unreachable = "Unreachable";

    public const string Success = "Success";

    public required string InstanceId { get; init; }

    /// <summary>Short name of the stack that it belongs to.</summary>
    public required string Stack { get; init; }

    /// <summary>SSM's word (Success, Failed, TimedOut, Cancelled, ...), <see cref="Pending"/> or <see cref="Unreachable"/>.</summary>
    public required string Status { get; init; }

    /// <summary>Null when no command ran to its end there.</summary>
    public int? ExitCode { get; init; }

    /// <summary>The last lines of what the command wrote.</summary>
    public string Output { get; init; } = "";

    public bool Failed => Status is not (Success or Pending);
}

/// <summary>A resource that made a stack fail.</summary>
public sealed record ResourceFailure(string StackName, string LogicalId, string ResourceType, string Status, string Reason);

/// <summary>A deployment that ended before its end, with what had become of it by then.</summary>
public sealed class DeploymentFailedException : CumulusException
{
    public DeploymentFailedException(CumulusException failure, EnvironmentDeployment deployment)
        : base(failure.ErrorId, failure.Kind, failure.Message, failure)
    {
        Deployment = deployment;
        Cause = (failure as StackFailedException)?.Cause ?? (failure.InnerException as DeploymentFailedException)?.Cause;
        Target = failure.Target;
        Advice = failure.Advice;
    }

    /// <summary>What was done, what failed, what was not started.</summary>
    public EnvironmentDeployment Deployment { get; }

    /// <summary>The first cause, when it is one resource of a stack.</summary>
    public ResourceFailure? Cause { get; }
}
