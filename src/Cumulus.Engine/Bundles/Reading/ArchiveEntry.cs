namespace Cumulus.Engine.Bundles;

/// <summary>One entry of an opened archive; it has passed the rules.</summary>
/// <param name="Name">Without trailing <c>/</c>.</param>
/// <param name="Size">Bytes that the archive says a file has; reading checks it.</param>
internal sealed record ArchiveEntry(string Name, BundleEntryType Type, UnixFileMode Mode, long Size, string? LinkTarget)
{
    /// <summary>SHA-256 that a file's content must have; null when nothing tells it yet.</summary>
    public string? Sha256 { get; init; }

    /// <summary>Null in a tar, which has no directory.</summary>
    public ZipData? Data { get; init; }

    /// <summary>The manifest's line for an entry whose content has this digest.</summary>
    public BundleEntry Describe(string? sha256) => new()
    {
        Name = Name,
        Type = Type,
        Mode = Mode,
        Size = Size,
        Sha256 = sha256,
        LinkTarget = LinkTarget,
        DataOffset = Type == BundleEntryType.File ? Data?.Offset : null,
        DataLength = Type == BundleEntryType.File ? Data?.Length : null,
    };

    /// <summary>What a manifest's line lets expect.</summary>
    public static ArchiveEntry Of(BundleEntry entry) => new(entry.Name, entry.Type, entry.Mode, entry.Size, entry.LinkTarget) { Sha256 = entry.Sha256 };

    /// <summary>Whether both tell of the same thing, as far as that shows without reading content.</summary>
    public bool Agrees(ArchiveEntry other) =>
        (Name, Type, Mode, Size, LinkTarget) == (other.Name, other.Type, other.Mode, other.Size, other.LinkTarget);
}

/// <summary>Where a zip keeps the bytes of an entry.</summary>
/// <param name="Offset">In the archive; the local header is before it.</param>
/// <param name="Length">Bytes as they are stored.</param>
/// <param name="IsDeflated">Else they are the content itself. Null where nothing tells, since both would be as long: the content's digest then does.</param>
/// <param name="Crc32">Of the content; null where nothing tells it, and then there is a digest.</param>
internal sealed record ZipData(long Offset, long Length, bool? IsDeflated, uint? Crc32);
