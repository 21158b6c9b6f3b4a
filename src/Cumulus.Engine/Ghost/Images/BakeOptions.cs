namespace Cumulus.Engine.Ghost;

/// <summary>How an image is baked this time.</summary>
public sealed record BakeOptions
{
    /// <summary>Bake although there is an image of this very recipe.</summary>
    public bool Force { get; init; }

    /// <summary>Of the build instance; null: as the definition says.</summary>
    public string? InstanceType { get; init; }

    public required string By { get; init; }

    /// <summary>Until the instance runs and SSM reaches it.</summary>
    public TimeSpan ReadyLimit { get; init; } = TimeSpan.FromMinutes(15);

    public TimeSpan StopLimit { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>Until the image, or a copy, is available.</summary>
    public TimeSpan ImageLimit { get; init; } = TimeSpan.FromMinutes(90);

    /// <summary>For clearing away, whatever happened.</summary>
    public TimeSpan CleanUpLimit { get; init; } = TimeSpan.FromMinutes(2);
}

/// <param name="WasBaked">False: there was one of this recipe.</param>
public sealed record BakeOutcome(BakedImage Image, bool WasBaked);
