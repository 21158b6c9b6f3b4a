using System.Diagnostics;

namespace Cumulus.Engine.Jobs;

/// <summary>The process that runs a job, so that another one on the same machine can see that it is gone.</summary>
/// <param name="Space">Where its number is valid: machine, and on Linux the namespace of process numbers (containers share host names).</param>
/// <param name="StartedAt">Of the process: numbers are used again.</param>
public sealed record JobProcess(string Space, int Id, DateTimeOffset StartedAt)
{
    private static readonly TimeSpan Rounding = TimeSpan.FromSeconds(2);

    public static JobProcess Current { get; } = Own();

    /// <summary>Whether it runs; null when that cannot be seen from here.</summary>
    public bool? IsAlive()
    {
        if (Space != Current.Space) return null;
        try
        {
            using var process = Process.GetProcessById(Id);
            return (process.StartTime.ToUniversalTime() - StartedAt.UtcDateTime).Duration() < Rounding;
        }
        catch (ArgumentException)
        {
            return false;
        }
        catch (Exception e) when (e is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    private static JobProcess Own()
    {
        using var process = Process.GetCurrentProcess();
        string space = OperatingSystem.IsLinux() ? $"{Environment.MachineName} {new FileInfo("/proc/self/ns/pid").LinkTarget}" : Environment.MachineName;
        return new JobProcess(space, process.Id, new DateTimeOffset(process.StartTime.ToUniversalTime()));
    }
}
