namespace Cumulus.LocalCloud;

/// <summary>A running local cloud: where it is and what to sign requests with. The credentials are made up at each start.</summary>
public sealed record LocalCloudInfo
{
    /// <summary>What <c>AWS_ENDPOINT_URL</c> is set to; always on 127.0.0.1.</summary>
    public required string Endpoint { get; init; }

    public required string Region { get; init; }

    public required string AccessKeyId { get; init; }

    public required string SecretAccessKey { get; init; }

    public required string Path { get; init; }

    public required int ProcessId { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public required HostIsolation Isolation { get; init; }

    /// <summary>Why hosts are not isolated; null when they are.</summary>
    public string? IsolationNote { get; init; }

    /// <summary>Logs and the hosts' files stay when the cloud ends, whoever ends it.</summary>
    public bool Keep { get; init; }

    /// <summary>Leaves the credentials out.</summary>
    public override string ToString() => $"LocalCloud {Endpoint} ({Path})";
}
