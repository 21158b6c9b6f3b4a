namespace Cumulus.Engine.Hosts;

/// <summary>Installed bundles that are to go, as one transaction.</summary>
public sealed record UninstallRequest : HostRequest
{
    /// <summary>Names or patterns.</summary>
    public required IReadOnlyList<string> Names { get; init; }
}

/// <summary>A bundle that is gone from a host.</summary>
public sealed record UninstalledBundle
{
    public required string Name { get; init; }

    /// <summary>The version that was there.</summary>
    public required string Version { get; init; }

    /// <summary>Number of files and links that it had.</summary>
    public required int Files { get; init; }

    /// <summary>Files from before Cumulus that came back in its place.</summary>
    public required int Restored { get; init; }

    public required TimeSpan Took { get; init; }

    /// <summary>Full path under which its files lay.</summary>
    public required string Path { get; init; }
}
