using Cumulus.Engine.Bundles;

namespace Cumulus.Engine.Hosts;

/// <summary>What lies at one path of a host now.</summary>
/// <param name="Mode">On Unix; the default elsewhere.</param>
/// <param name="LinkToFolder">A link that leads to a folder may stand for one.</param>
internal sealed record HostFile(BundleEntryType Type, UnixFileMode Mode, long Size, string? LinkTarget, bool LinkToFolder = false)
{
    /// <summary>Of a file, where the system tells enough to see that it was not written since.</summary>
    public FileStamp? Stamp { get; init; }

    public bool IsFolder => Type == BundleEntryType.Folder || LinkToFolder;
}
