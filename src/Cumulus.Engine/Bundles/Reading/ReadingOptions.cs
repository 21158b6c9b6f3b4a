namespace Cumulus.Engine.Bundles;

/// <summary>How an archive is opened.</summary>
internal sealed record ReadingOptions
{
    /// <summary>Windows' rules for names count too: set where the files will lie on Windows.</summary>
    public bool ForWindows { get; init; }

    public ArchiveLimits Limits { get; init; } = ArchiveLimits.Default;

    /// <summary>
    /// What the archive must hold, from a manifest whose SHA-256 its bytes have; null when nobody knows. A tar is then read in
    /// one pass, since it need not be read through to know that it is whole. It may still be on its way: a zip's directory is read meanwhile.
    /// </summary>
    public Task<IReadOnlyList<BundleEntry>>? Expected { get; init; }

    /// <summary>What messages call the archive; null: its path.</summary>
    public string? Place { get; init; }
}
