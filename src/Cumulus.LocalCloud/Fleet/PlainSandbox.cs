using System.Globalization;

namespace Cumulus.LocalCloud.Fleet;

/// <summary>No sandbox at all (see <see cref="HostIsolation.Unisolated"/>): plain processes in the host's folder.</summary>
internal sealed class PlainSandbox(string instanceId, HostFolder folder, IReadOnlyDictionary<string, string> environment) : IHostSandbox
{
    private readonly List<HostProcess> _started = [];

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public HostProcess Run(string scriptName, string workingDirectory, HostOutput output)
    {
        var inside = Path.Combine(folder.Root, workingDirectory.TrimStart('/'));
        var process = HostProcess.Start(
            ["/bin/sh", "-c", "cd \"$1\" && exec \"$2\"", "sh", inside, Path.Combine(folder.Scripts, scriptName)], environment, output);
        lock (_started)
            _started.Add(process);
        return process;
    }

    public ValueTask DisposeAsync()
    {
        lock (_started)
        {
            foreach (var process in _started)
                process.Kill();
            _started.Clear();
        }
        KillByEnvironment();
        return ValueTask.CompletedTask;
    }

    /// <summary>What a script left in the background is found by its environment (Linux only; elsewhere it is left alone).</summary>
    private void KillByEnvironment()
    {
        if (!OperatingSystem.IsLinux())
            return;
        var mark = $"CUMULUS_INSTANCE_ID={instanceId}";
        foreach (var process in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(process), CultureInfo.InvariantCulture, out var id) && Environ(process).Contains(mark))
                PosixProcess.Kill(id);
        }
    }

    private static string[] Environ(string process)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "environ")).Split('\0');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
