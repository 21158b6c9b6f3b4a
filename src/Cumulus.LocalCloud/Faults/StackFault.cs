namespace Cumulus.LocalCloud;

/// <summary>What happens to a resource instead of success.</summary>
public enum StackFaultKind
{
    /// <summary>It fails with <see cref="StackFault.Reason"/>.</summary>
    Fail,

    /// <summary>It stays in progress until the operation is cancelled or times out.</summary>
    Hang,

    /// <summary>It takes <see cref="StackFault.Delay"/> longer.</summary>
    Delay,
}

/// <summary>What is done to a resource of a stack.</summary>
public enum StackFaultOperation
{
    Any,
    Create,
    Update,
    Delete,
}

/// <summary>Makes resources of stacks fail, hang or be slow.</summary>
public sealed record StackFault : LocalCloudFault
{
    public string? StackName { get; init; }

    public string? LogicalId { get; init; }

    /// <summary>Such as <c>AWS::S3::Bucket</c>.</summary>
    public string? ResourceType { get; init; }

    public StackFaultOperation Operation { get; init; }

    public StackFaultKind Kind { get; init; }

    /// <summary>The status reason of the resource, as a service would word it.</summary>
    public string Reason { get; init; } = "Internal Failure";

    public TimeSpan Delay { get; init; }

    public override string Subject => Words("all resources", StackName, LogicalId, ResourceType, Operation == StackFaultOperation.Any ? null : Operation.ToString().ToLowerInvariant());

    internal override string? Mistake() => Kind == StackFaultKind.Delay && Delay <= TimeSpan.Zero ? "A delay takes longer than nothing." : base.Mistake();
}
