namespace Cumulus.Engine.Ghost;

/// <summary>An application as it is in the state, with what a list shows of it.</summary>
public sealed record StoredApplication
{
    public string Name => Definition.Name;

    public string Env => Definition.Env;

    public string Role => Definition.Role;

    public string? Colour => Definition.Key.Colour;

    public string? Description => Definition.Description;

    /// <summary>Region of its instances; the state may be elsewhere, so that it is not what <c>-Region</c> means.</summary>
    public string AwsRegion => Definition.Region;

    public string InstanceType => Definition.InstanceType;

    /// <summary>The image that its instances get: the one that was baked last, else the one that the definition names.</summary>
    public string? Ami { get; init; }

    public IReadOnlyList<string> Modules => [.. Definition.Modules.Select(m => m.Name)];

    /// <summary>Counts up with each change. A change names the one it was made from, so that nobody's is lost.</summary>
    public required int Revision { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    public required string UpdatedBy { get; init; }

    /// <summary>The last ones, the newest first.</summary>
    public required IReadOnlyList<DefinitionChange> Changes { get; init; }

    public required GhostApplication Definition { get; init; }
}

/// <summary>Who changed what.</summary>
/// <param name="Revision">That it made.</param>
/// <param name="Fields">Paths as <see cref="DefinitionFields"/> has them; empty for the first.</param>
public sealed record DefinitionChange(int Revision, DateTimeOffset At, string By, IReadOnlyList<string> Fields)
{
    public override string ToString() => $"revision {Revision} by {By} at {At.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z: {(Fields.Count == 0 ? "created" : string.Join(", ", Fields))}";
}
