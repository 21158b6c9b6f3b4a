using Cumulus.Engine.Bundles;
using Cumulus.Engine.Ghost.Rollouts;

namespace Cumulus.Engine.Ghost.Deployments;

/// <summary>Which modules of an application to deploy, and how.</summary>
public sealed record DeployRequest
{
    public required StoredApplication Application { get; init; }

    /// <summary>Names of modules, in the order of the application; empty: all.</summary>
    public IReadOnlyList<string> Modules { get; init; } = [];

    /// <summary>Branch, tag, commit or version of S3.</summary>
    public string Revision { get; init; } = "HEAD";

    /// <summary>Deploy again what this one deployed; null: from the sources.</summary>
    public GhostDeployment? RollbackTo { get; init; }

    public required RolloutStrategy Strategy { get; init; }

    /// <summary>Null: <see cref="CapacityFloor.Default"/>.</summary>
    public CapacityFloor? Floor { get; init; }

    /// <summary>Bucket for packages.</summary>
    public required string Bucket { get; init; }

    /// <summary>Null: packages are not signed.</summary>
    public IManifestSigner? Signer { get; init; }

    public required string User { get; init; }

    /// <summary>Id of the job; null in a preview.</summary>
    public string? Job { get; init; }

    /// <summary>Command or URL that each host is asked with after the install; null: none.</summary>
    public string? HealthCheck { get; init; }

    /// <summary>Earlier releases that stay on a host; null: as many as usual.</summary>
    public int? KeepVersions { get; init; }

    /// <summary>Of the install on each host.</summary>
    public TimeSpan HostTimeLimit { get; init; } = TimeSpan.FromMinutes(30);

    public RolloutSettings Settings { get; init; } = new();
}

/// <summary>What a deployment is going to do.</summary>
public sealed record DeployPlan
{
    /// <summary><c>NAME/ENV/ROLE[/COLOUR]</c>.</summary>
    public required string Application { get; init; }

    public required IReadOnlyList<PlannedModule> Modules { get; init; }

    /// <summary>Null: no instance runs, and those to come will boot with the new packages.</summary>
    public RolloutPlan? Rollout { get; init; }
}

/// <param name="From">Version that the manifest names now; null: none.</param>
/// <param name="Package">Key in the bucket where it is known before the build; else null.</param>
public sealed record PlannedModule(string Name, string Revision, string? Commit, string? Subject, string? From, int? CommitsSince, IReadOnlyList<Modules.ModuleCommit> Since, string? Package)
{
    /// <summary>Seven digits of a commit; a version of S3 as it is.</summary>
    public string? ShortCommit => Commit is { Length: 40 or 64 } hash ? hash[..7] : Commit;
}
