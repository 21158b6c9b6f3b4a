using Cumulus.Engine.Bundles;
using Cumulus.Engine.Hosts;

namespace Cumulus.Engine.Ghost.Instances;

/// <summary>The link at a module's path. On Unix it leads to one release or the other at any instant (G-14).</summary>
internal static class ModuleLink
{
    /// <summary>Makes <paramref name="path"/> lead to <paramref name="target"/>, in the place of another link or of nothing.</summary>
    /// <param name="path">Full path; its folder is made when absent.</param>
    /// <param name="relative">For a root that is a folder: a full path would lead out of it.</param>
    public static void Point(string path, string target, bool relative)
    {
        string parent = Path.GetDirectoryName(path)!;
        Directory.CreateDirectory(parent);
        string text = relative ? Path.GetRelativePath(parent, target) : target;
        if (OperatingSystem.IsWindows())
        {
            if (IsLink(path)) Directory.Delete(path);
            UnpackedItem.MakeLink(path, text);
            return;
        }

        string beside = Path.Combine(parent, $".{Path.GetFileName(path)}.cumulus-new");
        File.Delete(beside);
        UnpackedItem.MakeLink(beside, text);
        HostDisk.Rename(beside, path);
        HostDisk.FlushFolder(parent);
    }

    public static void Remove(string path)
    {
        if (!IsLink(path)) return;
        if (OperatingSystem.IsWindows()) Directory.Delete(path);
        else File.Delete(path);
    }

    public static bool IsLink(string path) => new FileInfo(path).LinkTarget is not null;

    /// <summary>Whether the path leads to the folder now.</summary>
    public static bool LeadsTo(string path, string target) =>
        new FileInfo(path).LinkTarget is { } text && Path.GetFullPath(text, Path.GetDirectoryName(path)!) == Path.GetFullPath(target);
}
