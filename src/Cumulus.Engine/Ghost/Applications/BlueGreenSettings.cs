namespace Cumulus.Engine.Ghost;

/// <summary>One half of a blue/green pair.</summary>
public sealed record BlueGreenSettings
{
    public required bool EnableBlueGreen { get; init; }

    /// <summary>blue or green; set when enabled.</summary>
    public string? Color { get; init; }

    /// <summary>Whether this half has the traffic.</summary>
    public bool IsOnline { get; init; }

    public BlueGreenHooks Hooks { get; init; } = new();
}

public sealed record BlueGreenHooks
{
    public GhostScript? PreSwap { get; init; }

    public GhostScript? PostSwap { get; init; }
}
