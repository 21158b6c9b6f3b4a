using System.Text.Json;
using Cumulus.Engine.Bundles;
using Cumulus.Engine.State;

namespace Cumulus.Engine.Ghost.Deployments;

/// <summary>What is remembered of a deployment of an application: the document <c>ghost/applications/NAME/ENV/ROLE[/COLOUR]/deployments/ID</c>.</summary>
public sealed record GhostDeployment
{
    public const int CurrentSchema = 1;

    public int Schema { get; init; } = CurrentSchema;

    /// <summary>Begins with its start in UTC, so that ids sort by time.</summary>
    public required string Id { get; init; }

    /// <summary><c>NAME/ENV/ROLE[/COLOUR]</c>.</summary>
    public required string Application { get; init; }

    /// <summary>Id of the deployment whose packages were deployed again; null: they were new.</summary>
    public string? RollbackTo { get; init; }

    public required IReadOnlyList<DeployedModule> Modules { get; init; }

    public required string Strategy { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>Null while it runs.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    public required GhostDeploymentOutcome Outcome { get; init; }

    /// <summary>Null unless it failed.</summary>
    public string? FailureReason { get; init; }

    /// <summary>Who, in words for a person.</summary>
    public required string By { get; init; }

    /// <summary>Id of the job that it ran as; null: none.</summary>
    public string? JobId { get; init; }

    /// <summary>Hosts that it was rolled out to.</summary>
    public int Hosts { get; init; }

    /// <summary>Program and version that deployed.</summary>
    public required string Tool { get; init; }

    /// <summary>Parts of <see cref="Application"/>, for commands that come next.</summary>
    public string Name => Part(0);

    public string Env => Part(1);

    public string Role => Part(2);

    public string? Colour => Application.Split('/').ElementAtOrDefault(3);

    /// <summary>Such as <c>site v42, api main</c>.</summary>
    public string Summary => string.Join(", ", Modules.Select(m => $"{m.Package.Name} {m.Package.Revision ?? m.Package.Version}"));

    /// <summary>Null while it runs.</summary>
    public TimeSpan? Took => EndedAt - StartedAt;

    private string Part(int index) => Application.Split('/').ElementAtOrDefault(index) ?? "";

    internal byte[] ToBytes() => [.. JsonSerializer.SerializeToUtf8Bytes(this, BundleManifest.Json), (byte)'\n'];

    /// <exception cref="CumulusException"><see cref="ErrorIds.StateInvalid"/></exception>
    internal static GhostDeployment Read(StateDocument document, string name) => StateJson.Read<GhostDeployment>(document, name, d => d.Schema <= CurrentSchema);
}

public enum GhostDeploymentOutcome
{
    /// <summary>It has not ended, or ended without being able to say so.</summary>
    Running,

    Succeeded,

    /// <summary>It failed, and all hosts have what they had before.</summary>
    TakenBack,

    /// <summary>It failed, and not all hosts could be taken back.</summary>
    Failed,
}

/// <summary>One module of a deployment.</summary>
/// <param name="From">What the manifest named before; null: nothing.</param>
public sealed record DeployedModule(ManifestModule Package, ManifestModule? From);
