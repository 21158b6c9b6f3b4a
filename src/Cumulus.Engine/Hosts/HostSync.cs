namespace Cumulus.Engine.Hosts;

/// <summary>Brings a phase of an install to the disk, so that a loss of power cannot turn its order around.</summary>
internal static class HostSync
{
    /// <summary>With one call for each file system that is touched; where the system has no such call, file by file.</summary>
    /// <param name="folders">Host paths of a folder on each.</param>
    /// <param name="files">Host paths of what was written, for systems that can only be told so.</param>
    /// <exception cref="IOException">The disk did not take all of it.</exception>
    public static void Sync(HostPaths paths, IEnumerable<string> folders, IEnumerable<string>? files = null)
    {
        string[] all = [.. folders.Append(paths.StateFolderPath).Select(paths.Full).Where(Directory.Exists).Distinct()];
        if (all.All(HostDisk.SyncFileSystem)) return;
        foreach (string file in (files ?? []).Select(paths.Full).Where(File.Exists)) HostDisk.FlushFile(file);
        foreach (string folder in all) HostDisk.FlushFolder(folder);
    }
}
