using System.Globalization;

namespace Cumulus.LocalCloud.Fleet;

/// <summary>
/// Processes of hosts that are not isolated, whoever their parent is by now: they are known by <c>CUMULUS_ROOT</c> in the environment
/// that they were started with. Linux only; elsewhere nothing is found.
/// </summary>
internal static class MarkedProcesses
{
    private const int Rounds = 100;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    /// <summary>Ends those whose root is this folder or below it, and waits (at most a second) until they are gone.</summary>
    public static async Task KillAsync(string folder)
    {
        if (!OperatingSystem.IsLinux())
            return;
        // What is killed may just have started another one, which a single look would miss.
        for (var round = 0; round < Rounds; round++)
        {
            var found = Find(folder);
            if (found.Count == 0)
                return;
            foreach (var id in found)
                PosixProcess.Kill(id);
            await Task.Delay(Pause);
        }
    }

    private static List<int> Find(string folder)
    {
        var mark = "CUMULUS_ROOT=" + folder;
        return [.. Directory.EnumerateDirectories("/proc")
            .Select(path => int.TryParse(Path.GetFileName(path), CultureInfo.InvariantCulture, out var id) ? id : 0)
            // Stop-LocalCloud may be called by a host's own script.
            .Where(id => id != 0 && id != Environment.ProcessId)
            .Where(id => Environ(id).Any(variable => variable == mark || variable.StartsWith(mark + "/", StringComparison.Ordinal)))];
    }

    private static string[] Environ(int id)
    {
        try
        {
            return File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{id}/environ")).Split('\0');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It has ended, or is another user's.
            return [];
        }
    }
}
