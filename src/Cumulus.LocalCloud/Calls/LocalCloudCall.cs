namespace Cumulus.LocalCloud;

/// <summary>One call that a client made, as the journal has it. It holds names of things and no other content of the request.</summary>
public sealed record LocalCloudCall
{
    /// <summary>Counts from 1 in the order in which calls ended.</summary>
    public long Number { get; init; }

    /// <summary>When it came in, by the cloud's clock.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>As it was signed for: <c>s3</c>, <c>elasticloadbalancing</c>. Empty when it was not signed.</summary>
    public required string Service { get; init; }

    public required string Operation { get; init; }

    public required string Region { get; init; }

    public required string AccessKeyId { get; init; }

    /// <summary>ARN of whom the key was handed out to; null for a key that is not the cloud's.</summary>
    public string? Principal { get; init; }

    /// <summary>Names, ids and ARNs that it named.</summary>
    public IReadOnlyList<string> Resources { get; init; } = [];

    /// <summary>Those that a policy can name, as a policy names them.</summary>
    public IReadOnlyList<string> Arns { get; init; } = [];

    /// <summary>Of HTTP; null when the connection was cut.</summary>
    public int? Status { get; init; }

    /// <summary>Null when it went well, or when the answer names none.</summary>
    public string? ErrorCode { get; init; }

    /// <summary>Real time until the answer was out.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>Id of the fault that happened to it.</summary>
    public string? Fault { get; init; }

    public bool IsError => Status is null or >= 400;
}
