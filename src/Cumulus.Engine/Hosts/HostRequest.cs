namespace Cumulus.Engine.Hosts;

/// <summary>How a transaction on a host is carried out, whatever it installs.</summary>
public abstract record HostRequest
{
    /// <summary>Full path of a folder that stands for the host's root; null: the host itself.</summary>
    public string? RootPath { get; init; }

    /// <summary>Limit of each init script.</summary>
    public TimeSpan ScriptTimeLimit { get; init; } = TimeSpan.FromSeconds(300);

    /// <summary>A stop script of the installed version that fails is a warning and no error.</summary>
    public bool IgnoreStopFailure { get; init; }

    /// <summary>How many earlier versions stay on the host, to go back to without a network; null: as many as before, 3 at first.</summary>
    public int? KeepVersions { get; init; }

    /// <summary>Asked after the start scripts; when it fails, everything is put back. Null: none.</summary>
    public HealthCheck? HealthCheck { get; init; }

    /// <summary>Unless it is confirmed within this time, the install is taken back (<see cref="BundleInstaller.RevertUnconfirmedAsync"/>);
    /// a health check that passes confirms it. Null: it needs no confirmation.</summary>
    public TimeSpan? ConfirmTimeLimit { get; init; }

    /// <summary>Gets what is worth a verbose line, scripts' output among it, on some other thread.</summary>
    public Action<string>? Log { get; init; }

    /// <summary>Gets what somebody should look at although the work goes on.</summary>
    public Action<string>? Warn { get; init; }
}

/// <summary>Going back to a version that this host had; needs no network.</summary>
public sealed record RestoreRequest : HostRequest
{
    /// <summary>Null: the version before the installed one.</summary>
    public string? Version { get; init; }

    /// <summary>Only these bundles go back, the others stay; empty: all, and those that the earlier version had not go away.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];
}
