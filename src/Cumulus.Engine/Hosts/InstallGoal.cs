namespace Cumulus.Engine.Hosts;

/// <summary>What is to be installed after a transaction.</summary>
internal sealed record InstallGoal
{
    public required IReadOnlyList<BundleOffer> Offers { get; init; }

    /// <summary>Installed bundles that stay as they are.</summary>
    public required IReadOnlyList<InstalledRecord> Staying { get; init; }

    /// <summary>What scripts are told.</summary>
    public required InitScriptRunner.Context Context { get; init; }

    public bool KeepOldFiles { get; init; }

    /// <summary>Scripts run and files are replaced although nothing differs.</summary>
    public bool Force { get; init; }

    /// <summary>What is installed goes since nobody confirmed it.</summary>
    public bool TakesBack { get; init; }

    public static InitScriptRunner.Context ContextOf(IReadOnlyList<InstalledRecord> bundles) => new(
        bundles.Select(b => b.Environment).LastOrDefault(e => e is not null),
        bundles.Select(b => b.Version).LastOrDefault(),
        [.. bundles.Select(b => b.Name)]);
}
