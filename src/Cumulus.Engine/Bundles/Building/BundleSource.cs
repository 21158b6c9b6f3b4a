namespace Cumulus.Engine.Bundles;

/// <summary>One thing on disk that goes into a bundle under a name.</summary>
/// <param name="Markers">How many environment markers its path had: the one with more wins over a plainer one.</param>
internal sealed record BundleSource(string Name, BundleEntryType Type, UnixFileMode Mode, string Folder, string FileName, string? LinkTarget, int Markers)
{
    /// <summary>Put together when it is asked for: most of what a walk remembers would be paths.</summary>
    public string FullPath => Path.Join(Folder, FileName);

    /// <summary>Bytes of a file when it was found; a build fails when it reads another number.</summary>
    public long Size { get; init; }

    /// <summary>What tells whether the file is still the same without reading it; null where the system does not say enough.</summary>
    public FileStamp? Stamp { get; init; }
}
