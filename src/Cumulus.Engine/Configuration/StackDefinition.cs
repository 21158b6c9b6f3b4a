namespace Cumulus.Engine.Configuration;

/// <summary>One CloudFormation stack.</summary>
public sealed record StackDefinition
{
    public required string Name { get; init; }

    /// <summary>Full path of a local template, or an <c>http(s)://</c> or <c>s3://</c> address.</summary>
    public required string Template { get; init; }

    /// <summary>In the order of the file; a later entry of the same name has replaced the earlier one.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Parameters { get; init; } = [];

    /// <summary>
    /// Parameters whose value is known when other stacks of the environment have their outputs; no name is in <see cref="Parameters"/> too. References to
    /// Parameter Store and Secrets Manager are not among them: CloudFormation resolves those.
    /// </summary>
    public IReadOnlyList<KeyValuePair<string, LinkedValue>> LinkedParameters { get; init; } = [];

    /// <summary>Short names of stacks that have to be there first.</summary>
    public IReadOnlyList<string> DependsOn { get; init; } = [];

    /// <summary>Short names of all stacks that come first: <see cref="DependsOn"/>, and those whose outputs it takes.</summary>
    public IEnumerable<string> Prerequisites =>
        DependsOn.Concat(LinkedParameters.SelectMany(p => p.Value.References).Select(r => r.Stack)).Distinct();

    public IReadOnlyList<KeyValuePair<string, string>> Tags { get; init; } = [];

    public bool DisableRollback { get; init; }

    /// <summary>What becomes of a failed create; null: <see cref="DisableRollback"/> says it. Never set beside it.</summary>
    public StackFailureAction? OnFailure { get; init; }

    /// <summary>Time limit of a create, in minutes; null: none but the command's own.</summary>
    public int? TimeoutInMinutes { get; init; }

    /// <summary>Capabilities to acknowledge; empty: those that the old program always sent, <c>CAPABILITY_IAM</c>.</summary>
    public IReadOnlyList<string> Capabilities { get; init; } = [];

    /// <summary>ARNs of SNS topics that get the stack's events; at most 5.</summary>
    public IReadOnlyList<string> NotificationArns { get; init; } = [];

    /// <summary>Null: none is set, and one that the stack has stays.</summary>
    public StackPolicySource? Policy { get; init; }

    /// <summary>ARN of the role that CloudFormation acts as; null: the caller.</summary>
    public string? ServiceRoleArn { get; init; }

    /// <summary>Null: left as it is.</summary>
    public bool? TerminationProtection { get; init; }

    /// <summary>Alarms that make CloudFormation roll back; at most 5.</summary>
    public IReadOnlyList<RollbackTrigger> RollbackTriggers { get; init; } = [];

    /// <summary>How long CloudFormation watches the triggers after all resources are there; 0 to 180.</summary>
    public int? RollbackMonitoringMinutes { get; init; }

    /// <summary>Where and as whom the stack is deployed, where that is not the environment's: see <see cref="Aws.AwsConnection.Of(EnvironmentDefinition, StackDefinition)"/>.</summary>
    public string? Region { get; init; }

    public string? ProfileName { get; init; }

    public string? RoleArn { get; init; }

    public string? ExternalId { get; init; }

    /// <summary>After an update, have the stack's instances install the new version through SSM Run Command.</summary>
    public bool UpdateHosts { get; init; }

    public required string SourceFile { get; init; }

    /// <summary>The name: what a list of these is shown as.</summary>
    public override string ToString() => Name;
}

/// <summary>CloudFormation's words for it: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html, OnFailure.</summary>
public enum StackFailureAction
{
    Rollback,
    Delete,

    /// <summary><c>DO_NOTHING</c>: what was made stays.</summary>
    DoNothing,
}

/// <param name="Type">
/// <c>AWS::CloudWatch::Alarm</c> or <c>AWS::CloudWatch::CompositeAlarm</c>
/// (https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_RollbackTrigger.html).
/// </param>
public sealed record RollbackTrigger(string Arn, string Type);

/// <summary>A stack policy; exactly one of the two is set.</summary>
/// <param name="Body">JSON, as it is written in the configuration.</param>
/// <param name="Path">Full path of a file that holds it.</param>
public sealed record StackPolicySource(string? Body, string? Path);
