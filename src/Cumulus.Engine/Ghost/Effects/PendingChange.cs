namespace Cumulus.Engine.Ghost;

/// <summary>A field whose definition is not in effect yet.</summary>
public sealed record PendingChange
{
    public required string Name { get; init; }

    public required string Env { get; init; }

    public required string Role { get; init; }

    public string? Colour { get; init; }

    public required string Field { get; init; }

    /// <summary>What the definition says; null: nothing any more.</summary>
    public string? Now { get; init; }

    /// <summary>What the last image, group or deployment has; null: nothing.</summary>
    public string? InEffect { get; init; }

    public required EffectArea Area { get; init; }

    /// <summary>The command that brings it into effect.</summary>
    public required string Needs { get; init; }

    /// <summary>Who changed the field last; null when that is too long ago to be known.</summary>
    public string? ChangedBy { get; init; }

    public DateTimeOffset? ChangedAt { get; init; }
}
