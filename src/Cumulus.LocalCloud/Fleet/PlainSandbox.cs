namespace Cumulus.LocalCloud.Fleet;

/// <summary>No sandbox at all (see <see cref="HostIsolation.Unisolated"/>): plain processes in the host's folder.</summary>
internal sealed class PlainSandbox(HostFolder folder, IReadOnlyDictionary<string, string> environment) : IHostSandbox
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

    public async ValueTask DisposeAsync()
    {
        lock (_started)
        {
            foreach (var process in _started)
                process.Kill();
            _started.Clear();
        }
        await MarkedProcesses.KillAsync(folder.Root);
    }
}
