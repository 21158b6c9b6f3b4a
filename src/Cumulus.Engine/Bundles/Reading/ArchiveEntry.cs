using System.IO.Compression;

namespace Cumulus.Engine.Bundles;

/// <summary>One entry of an opened archive; its name has passed the rules.</summary>
/// <param name="Name">Without trailing <c>/</c>.</param>
/// <param name="Size">Bytes that the archive says a file has; reading checks it.</param>
internal sealed record ArchiveEntry(string Name, BundleEntryType Type, UnixFileMode Mode, long Size, string? LinkTarget)
{
    public required ZipArchiveEntry Zip { get; init; }
}
