using Cumulus.Engine;
using Cumulus.Engine.Hosts;

namespace Cumulus.PowerShell;

/// <summary>What of this machine, or of another root, can run the handler.</summary>
internal static class HandlerModule
{
    /// <summary>systemd's own test (sd_booted(3)); Windows always has its scheduler.</summary>
    public static bool HasServiceManager => OperatingSystem.IsWindows() || Directory.Exists("/run/systemd/system");

    /// <summary>The module's folder as the host will see it: as given, else where it is now, and below the root without the root.</summary>
    /// <exception cref="CumulusException"><see cref="ErrorIds.PathInvalid"/>: not absolute.</exception>
    public static string On(HostPaths paths, string? given) =>
        given is null ? WithoutRoot(paths, CumulusProgram.ModuleFolder)
        : IsAbsolute(paths, given) ? given
        : throw new CumulusException(ErrorIds.PathInvalid, FailureKind.InvalidInput, $"'{given}' is not absolute; the module's folder is named as on the host.") { Target = given };

    private static bool IsAbsolute(HostPaths paths, string path) => paths.Windows ? path.Length > 2 && path[1] == ':' : path.StartsWith('/');

    private static string WithoutRoot(HostPaths paths, string folder) =>
        paths.Root is { } root && folder.StartsWith(root + Path.DirectorySeparatorChar, StringComparison.Ordinal) ? folder[root.Length..] : folder;

    /// <summary>Whether the host has such a file. Links are not followed: in an image they lead to places of the image.</summary>
    public static bool Exists(HostPaths paths, string file)
    {
        string path = paths.Full(paths.HostPath(file));
        return File.Exists(path) || new FileInfo(path).LinkTarget is not null;
    }
}
