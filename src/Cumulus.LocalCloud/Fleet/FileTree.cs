using System.Diagnostics;
using Cumulus.Engine;

namespace Cumulus.LocalCloud.Fleet;

/// <summary>
/// Copies a host's files by <c>cp -a</c>: they are the upper side of overlays, where what a host deleted is a device and what it replaced has an attribute, and both
/// are to be in the copy.
/// </summary>
internal static class FileTree
{
    /// <summary>Copies what is in one folder into another.</summary>
    /// <exception cref="CumulusException"><c>LocalCloudUnavailable</c>: it could not be copied.</exception>
    public static async Task CopyAsync(string from, string to, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(to);
        var start = new ProcessStartInfo("cp", ["-a", "--", from + "/.", to]) { RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var errors = await process.StandardError.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        if (process.ExitCode != 0)
            throw new CumulusException(ErrorIds.LocalCloudUnavailable, FailureKind.Unavailable, $"Files of an image could not be copied: {errors.Trim()}");
    }
}
