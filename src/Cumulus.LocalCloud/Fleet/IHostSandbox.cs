namespace Cumulus.LocalCloud.Fleet;

/// <summary>Where the processes of one host live. Disposing ends them all.</summary>
internal interface IHostSandbox : IAsyncDisposable
{
    Task StartAsync(CancellationToken cancellationToken);

    /// <summary>Starts one of the files in <see cref="HostFolder.Scripts"/>.</summary>
    HostProcess Run(string scriptName, string workingDirectory, HostOutput output);
}
