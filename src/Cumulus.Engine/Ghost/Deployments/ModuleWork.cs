using Cumulus.Engine.Aws;
using Cumulus.Engine.Ghost.Rollouts;

namespace Cumulus.Engine.Ghost.Deployments;

/// <summary>Installs the modules of a deployment on hosts, and takes back what this deployment installed (G-10).</summary>
internal sealed class ModuleWork(HostScripts scripts, string deployment, IReadOnlyList<string> names, HostScript? install, TimeSpan timeLimit, string? outputBucket) : IRolloutWork
{
    public Task<IReadOnlyList<HostOutcome>> ApplyAsync(IReadOnlyList<JournalHost> hosts, CancellationToken cancellationToken) =>
        scripts.RunAsync(Ids(hosts), install ?? throw new InvalidOperationException("An interrupted roll-out is only taken back."), cancellationToken);

    public Task<IReadOnlyList<HostOutcome>> TakeBackAsync(IReadOnlyList<JournalHost> hosts, CancellationToken cancellationToken)
    {
        var script = new HostScript
        {
            Lines = platform => ModuleCommand.Restore(platform, names, deployment),
            Comment = $"Cumulus: take back {deployment}",
            TimeLimit = timeLimit,
            OutputBucket = outputBucket,
        };
        return scripts.RunAsync(Ids(hosts), script, cancellationToken);
    }

    private static (string InstanceId, HostPlatform Platform)[] Ids(IReadOnlyList<JournalHost> hosts) => [.. hosts.Select(h => (h.InstanceId, h.Platform))];
}
