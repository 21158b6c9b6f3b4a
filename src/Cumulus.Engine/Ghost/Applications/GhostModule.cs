namespace Cumulus.Engine.Ghost;

/// <summary>One code base that is deployed on its own.</summary>
public sealed record GhostModule
{
    public required string Name { get; init; }

    public required ModuleSource Source { get; init; }

    /// <summary>system or code; for people only.</summary>
    public required string Scope { get; init; }

    /// <summary>Where it is on instances.</summary>
    public required string Path { get; init; }

    /// <summary>Owner of the files; null: root.</summary>
    public int? Uid { get; init; }

    public int? Gid { get; init; }

    /// <summary>Runs in the work tree before the package is made.</summary>
    public GhostScript? BuildPack { get; init; }

    /// <summary>Runs on each instance before the switch.</summary>
    public GhostScript? PreDeploy { get; init; }

    /// <summary>Runs on each instance after the switch.</summary>
    public GhostScript? PostDeploy { get; init; }

    /// <summary>Runs once in the work tree when all instances have it.</summary>
    public GhostScript? AfterAllDeploy { get; init; }
}

/// <param name="Protocol">git or s3.</param>
/// <param name="Mode">symlink, Ghost's only one.</param>
public sealed record ModuleSource(string Protocol, string Url, string Mode = "symlink");
