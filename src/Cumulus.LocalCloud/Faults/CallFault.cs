namespace Cumulus.LocalCloud;

/// <summary>What a call to AWS meets instead of its answer. Codes and statuses are those of the service's protocol.</summary>
public enum CallFaultKind
{
    /// <summary>Too many calls: <c>Throttling</c>, <c>ThrottlingException</c>, <c>RequestLimitExceeded</c>, <c>SlowDown</c>.</summary>
    Throttle,

    /// <summary>Status 500. Nothing was done.</summary>
    ServerError,

    /// <summary>Status 503. Nothing was done.</summary>
    Unavailable,

    /// <summary>The principal may not do this.</summary>
    AccessDenied,

    /// <summary>The credentials are no longer valid.</summary>
    ExpiredToken,

    /// <summary>The connection is cut before anything was done.</summary>
    Reset,

    /// <summary>The connection is cut when the work is done: the caller does not learn that it was.</summary>
    ResetAfter,

    /// <summary>The work begins <see cref="CallFault.Delay"/> later, by the cloud's clock.</summary>
    Delay,
}

/// <summary>Makes calls fail, be cut off or be slow.</summary>
public sealed record CallFault : LocalCloudFault
{
    public required CallFaultKind Kind { get; init; }

    /// <summary>As it is signed for: <c>s3</c>, <c>ec2</c>, <c>cloudformation</c>, <c>elasticloadbalancing</c>.</summary>
    public string? Service { get; init; }

    /// <summary><c>PutObject</c>, <c>Describe*</c>.</summary>
    public string? Operation { get; init; }

    /// <summary>A name or ARN that the call is about: <c>bundles/stage/*</c>, <c>stage-web</c>, <c>i-0123456789abcdef0</c>.</summary>
    public string? Resource { get; init; }

    /// <summary>Words of the error; null: those of AWS.</summary>
    public string? Message { get; init; }

    public TimeSpan Delay { get; init; }

    public override string Subject => Words("all calls", Service, Operation, Resource);

    internal override string? Mistake() => Kind == CallFaultKind.Delay && Delay <= TimeSpan.Zero ? "A delay takes longer than nothing." : base.Mistake();
}
