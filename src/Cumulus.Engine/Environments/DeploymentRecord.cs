using System.Text.Json;
using System.Text.Json.Serialization;
using Cumulus.Engine.Bundles;

namespace Cumulus.Engine.Environments;

public enum DeploymentOutcome
{
    /// <summary>It has not ended, or ended without being able to say so.</summary>
    Running,

    Succeeded,

    Failed,

    /// <summary>Somebody ended the waiting; CloudFormation may have gone on.</summary>
    Stopped,
}

/// <summary>What is remembered of a deployment: a document in the bucket of its environment.</summary>
public sealed record DeploymentRecord
{
    public const int CurrentSchema = 1;

    public required int Schema { get; init; }

    /// <summary>Start in UTC and the operation's id, so that ids sort by time.</summary>
    public required string Id { get; init; }

    public required string Environment { get; init; }

    /// <summary>Null when none was asked for.</summary>
    public string? Version { get; init; }

    /// <summary>AWS region code.</summary>
    public required string Region { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>Null while it runs.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    public required DeploymentOutcome Outcome { get; init; }

    /// <summary>Null unless it failed.</summary>
    public string? FailureReason { get; init; }

    /// <summary>The archives that its hosts install.</summary>
    public required IReadOnlyList<DeployedBundle> Bundles { get; init; }

    /// <summary>In the order of deploying.</summary>
    public required IReadOnlyList<DeployedStack> Stacks { get; init; }

    /// <summary>Program and version that deployed.</summary>
    public required string Tool { get; init; }

    /// <summary>Null in records of versions that did not note it.</summary>
    public DeploymentOrigin? By { get; init; }

    /// <summary>Id of the deployment that this one restored; null when it was no rollback.</summary>
    public string? RestoredFrom { get; init; }

    /// <summary>It deployed all stacks that the environment had.</summary>
    public bool IsWhole { get; init; }

    /// <summary>The end of the id, long enough to tell the deployments of one environment apart.</summary>
    [JsonIgnore]
    public string ShortId => Id[(Id.LastIndexOf('-') + 1)..] is { Length: > 8 } tail ? tail[..8] : Id[(Id.LastIndexOf('-') + 1)..];

    /// <summary>Null while it runs.</summary>
    [JsonIgnore]
    public TimeSpan? Took => EndedAt - StartedAt;

    internal byte[] ToBytes() => [.. JsonSerializer.SerializeToUtf8Bytes(this, BundleManifest.Json), (byte)'\n'];

    /// <exception cref="CumulusException"><see cref="ErrorIds.DeploymentsUnknown"/>: no record that this version can read.</exception>
    internal static DeploymentRecord Read(byte[] json, string name)
    {
        try
        {
            DeploymentRecord? record = JsonSerializer.Deserialize<DeploymentRecord>(json, BundleManifest.Json);
            if (record is { Schema: <= CurrentSchema }) return record;
            throw Unreadable(name, record is null ? "is empty" : $"has schema {record.Schema}, and this version of Cumulus reads up to {CurrentSchema}", null);
        }
        catch (JsonException e)
        {
            throw Unreadable(name, $"is no record of a deployment: {e.Message}", e);
        }
    }

    private static CumulusException Unreadable(string name, string why, Exception? cause) =>
        new(ErrorIds.DeploymentsUnknown, FailureKind.InvalidInput, $"{name} {why}.", cause) { Target = name, Advice = "Use a newer version of Cumulus; or, if the document is damaged, take it away." };
}

/// <param name="Digest">Content digest; null when the archive has none.</param>
public sealed record DeployedBundle(string Name, string Bucket, string Key, string? Digest);

/// <param name="Name">Short name, as the configuration has it.</param>
/// <param name="StackName">CloudFormation's name.</param>
/// <param name="Status">CloudFormation's status at the end, or at the beginning while the deployment runs.</param>
public sealed record DeployedStack(string Name, string StackName, string? StackId, StackAction Action, string Status)
{
    /// <summary>Of the template, as <see cref="TemplateArchive"/> keeps it; null when it is not kept.</summary>
    public string? TemplateDigest { get; init; }

    /// <summary>As they were sent, but for hidden ones (NoEcho), whose values are written nowhere.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Parameters { get; init; } = [];

    /// <summary>Names of the hidden ones that were sent.</summary>
    public IReadOnlyList<string> HiddenParameters { get; init; } = [];

    public IReadOnlyList<KeyValuePair<string, string>> Tags { get; init; } = [];

    public IReadOnlyList<string> Capabilities { get; init; } = [];
}
