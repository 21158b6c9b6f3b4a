using Cumulus.Engine.Hosts;

namespace Cumulus.Engine.Ghost.Instances;

/// <summary>A module's package to install on the machine this runs on.</summary>
public sealed record ModuleInstallRequest : HostRequest
{
    /// <summary>Name of the module.</summary>
    public required string Module { get; init; }

    public required string Bucket { get; init; }

    public required string Key { get; init; }

    /// <summary>Content digest that the package must have; null: that of its manifest is believed.</summary>
    public string? Digest { get; init; }

    /// <summary>Id of the deployment; null at boot.</summary>
    public string? Deployment { get; init; }

    /// <summary>Who deploys, for scripts.</summary>
    public string? User { get; init; }

    /// <summary>Install although the instance has this very content: scripts run again.</summary>
    public bool Force { get; init; }

    /// <summary>As <see cref="InstallRequest.TrustedKeys"/>.</summary>
    public IReadOnlyList<Bundles.PublicKey>? TrustedKeys { get; init; }

    /// <summary>How long another install on this host is waited for.</summary>
    public TimeSpan LockTimeLimit { get; init; } = TimeSpan.FromMinutes(5);
}

/// <summary>A module to take back on the machine this runs on.</summary>
public sealed record ModuleRestoreRequest : HostRequest
{
    public required string Module { get; init; }

    /// <summary>Only what this deployment installed is taken back; null: whatever is installed.</summary>
    public string? Deployment { get; init; }

    /// <summary>As <see cref="ModuleInstallRequest.LockTimeLimit"/>.</summary>
    public TimeSpan LockTimeLimit { get; init; } = TimeSpan.FromMinutes(5);
}

/// <summary>A module on this machine after an install, or a taking back.</summary>
public sealed record InstalledModule
{
    public required string Name { get; init; }

    /// <summary>Null: it is installed no longer.</summary>
    public string? Version { get; init; }

    /// <summary>The version before; null: none.</summary>
    public string? From { get; init; }

    public required ModuleInstallState State { get; init; }

    /// <summary>Full path of the link.</summary>
    public string? Path { get; init; }

    /// <summary>Full path that the link leads to.</summary>
    public string? Release { get; init; }

    public string? Digest { get; init; }

    /// <summary>Deployment that brought the version.</summary>
    public string? Deployment { get; init; }

    /// <summary>Bytes of the package that came over the network.</summary>
    public long BytesFetched { get; init; }

    public required TimeSpan Took { get; init; }
}

public enum ModuleInstallState
{
    Committed,

    /// <summary>The instance had exactly this content already.</summary>
    Unchanged,

    /// <summary>The version before is back.</summary>
    Restored,

    /// <summary>There was no version before: what lay at the path before Cumulus is back.</summary>
    Removed,
}
