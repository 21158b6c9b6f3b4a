using System.Diagnostics;

namespace Cumulus.LocalCloud.Fleet;

/// <summary>A script that runs on a host, in a session of its own so that it can be ended with all that it started.</summary>
internal sealed class HostProcess(Process process) : IDisposable
{
    private bool _disposed;

    /// <summary>
    /// The redirection is done by a shell, since <see cref="Process"/> only has pipes; <c>setsid</c> (where there is one) then
    /// makes the process a group of its own without changing its id.
    /// </summary>
    public static HostProcess Start(IReadOnlyList<string> command, IReadOnlyDictionary<string, string> environment, HostOutput output)
    {
        string[] session = ProgramPath.Find("setsid") is { } setsid ? [setsid] : [];
        var start = new ProcessStartInfo("/bin/sh",
            ["-c", "exec >>\"$1\" 2>>\"$2\" </dev/null; shift 2; exec \"$@\"", "sh", output.StandardOutput, output.StandardError, .. session, .. command]);
        start.Environment.Clear();
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        return new HostProcess(Process.Start(start)!);
    }

    public async Task<int> WaitAsync(CancellationToken cancellationToken)
    {
        await process.WaitForExitAsync(cancellationToken);
        return process.ExitCode;
    }

    /// <summary>Ends it with its group, unless it has ended or nobody waits for it any more.</summary>
    public void Kill()
    {
        lock (process)
        {
            if (_disposed || process.HasExited)
                return;
            PosixProcess.KillGroup(process.Id);
            process.Kill(entireProcessTree: true);
        }
    }

    public void Dispose()
    {
        lock (process)
        {
            _disposed = true;
            process.Dispose();
        }
    }
}
