using Cumulus.Engine.Hosts;

namespace Cumulus.PowerShell;

/// <summary>What of this machine, or of another root, can run the handler.</summary>
internal static class HandlerModule
{
    /// <summary>systemd's own test (sd_booted(3)); Windows always has its scheduler.</summary>
    public static bool HasServiceManager => OperatingSystem.IsWindows() || Directory.Exists("/run/systemd/system");

    /// <summary>The module's folder as the host will see it: a folder below the root without the root.</summary>
    public static string On(HostPaths paths, string folder) =>
        paths.Root is { } root && folder.StartsWith(root + Path.DirectorySeparatorChar, StringComparison.Ordinal) ? folder[root.Length..] : folder;

    /// <summary>Whether the host has such a file. Links are not followed: in an image they lead to places of the image.</summary>
    public static bool Exists(HostPaths paths, string file)
    {
        string path = paths.Full(paths.HostPath(file));
        return File.Exists(path) || new FileInfo(path).LinkTarget is not null;
    }
}
