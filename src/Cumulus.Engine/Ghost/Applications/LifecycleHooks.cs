namespace Cumulus.Engine.Ghost;

/// <summary>Scripts around baking and booting.</summary>
public sealed record LifecycleHooks
{
    public GhostScript? PreBuildimage { get; init; }

    public GhostScript? PostBuildimage { get; init; }

    public GhostScript? PreBootstrap { get; init; }

    public GhostScript? PostBootstrap { get; init; }
}
