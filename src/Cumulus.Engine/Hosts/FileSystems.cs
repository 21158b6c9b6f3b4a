using Cumulus.Engine.Bundles;

namespace Cumulus.Engine.Hosts;

/// <summary>
/// Finds a place on the same file system as a path, so that a file gets there by rename: the state folder where that is on
/// it, else <c>.cumulus</c> at the top of the file system.
/// </summary>
/// <param name="mounts">Full paths of all mount points.</param>
internal sealed class FileSystems(HostPaths paths, IReadOnlyList<string> mounts)
{
    /// <summary>Name of the folder at the top of a file system that has not the state folder.</summary>
    public const string StoreName = ".cumulus";

    private readonly Dictionary<string, string> _stores = [];
    private string _lastFolder = "";
    private string? _lastStore;

    public static FileSystems Of(HostPaths paths) =>
        new(paths, [.. DriveInfo.GetDrives().Select(d => d.RootDirectory.FullName).Where(Directory.Exists)]);

    /// <summary>Those that were asked for.</summary>
    public IReadOnlyCollection<string> Stores => _stores.Values;

    /// <returns>Host path of the folder.</returns>
    public string StoreFor(string hostPath)
    {
        // Many files of one folder are asked for one after the other.
        ReadOnlySpan<char> folder = ArchiveName.Parent(hostPath);
        if (_lastStore is null || !folder.SequenceEqual(_lastFolder)) (_lastFolder, _lastStore) = (folder.ToString(), FindStore(hostPath));
        return _lastStore;
    }

    private string FindStore(string hostPath)
    {
        string mount = MountOf(paths.Full(hostPath));
        if (_stores.TryGetValue(mount, out string? known)) return known;
        string store = mount == MountOf(paths.StateFolder) ? paths.StateFolderPath : ArchiveName.Join(HostPathOf(mount), StoreName);
        return _stores[mount] = store;
    }

    private string MountOf(string fullPath) =>
        mounts.Where(m => IsAtOrBelow(fullPath, m)).MaxBy(m => m.Length) ?? "";

    private string HostPathOf(string mount)
    {
        string root = paths.Full("");
        if (paths.Root is null && paths.Windows) return mount.Replace('\\', '/').TrimEnd('/');
        return IsAtOrBelow(mount, root) ? mount[root.Length..].Replace('\\', '/').Trim('/') : "";
    }

    private bool IsAtOrBelow(string path, string folder)
    {
        StringComparison how = paths.Windows ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
        char separator = paths.Windows ? '\\' : '/';
        string top = folder.TrimEnd(separator);
        return path.StartsWith(top, how) && (path.Length == top.Length || path[top.Length] == separator);
    }
}
