using System.Diagnostics;
using System.Text;

namespace Cumulus.Engine.Processes;

/// <summary>
/// All processes that come from one program, those too that left its tree to become daemons: each has inherited a variable that no
/// other has. Known on Linux alone; elsewhere the tree has to do.
/// </summary>
internal sealed class ProcessFamily
{
    public const string Variable = "CUMULUS_RUN_ID";

    // A process may fork while the others are ended.
    private const int Passes = 5;

    public string Id { get; } = Guid.NewGuid().ToString("N");

    public void Kill()
    {
        if (!OperatingSystem.IsLinux()) return;
        for (int pass = 0; pass < Passes; pass++)
        {
            List<int> members = [.. Directory.EnumerateDirectories("/proc").Select(folder => int.TryParse(Path.GetFileName(folder), out int id) ? id : 0).Where(IsMember)];
            if (members.Count == 0) return;
            foreach (int id in members) Kill(id);
        }
    }

    private bool IsMember(int id)
    {
        try
        {
            return id > 0 && id != Environment.ProcessId && File.ReadAllBytes($"/proc/{id}/environ").AsSpan().IndexOf(Encoding.ASCII.GetBytes($"{Variable}={Id}")) >= 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false; // It has ended, or is another user's.
        }
    }

    private static void Kill(int id)
    {
        try
        {
            using Process process = Process.GetProcessById(id);
            process.Kill();
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            // It has ended meanwhile.
        }
    }
}
