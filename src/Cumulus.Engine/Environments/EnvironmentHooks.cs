using Cumulus.Engine.Configuration;
using Cumulus.Engine.Processes;

namespace Cumulus.Engine.Environments;

/// <summary>Runs the hooks of an environment and tells them what it is about (D-39).</summary>
internal sealed class EnvironmentHooks(HookRunner runner, EnvironmentDefinition environment, string region, IDeploymentObserver observer, WaitLimit limit)
{
    /// <param name="name">The option's name, such as <c>pre-deploy-hook</c>.</param>
    /// <param name="command">Null or empty: there is none.</param>
    /// <param name="stacks">CloudFormation's names.</param>
    /// <param name="outcome">What became of the work, for a hook that comes after it.</param>
    /// <exception cref="CumulusException"><see cref="ErrorIds.HookFailed"/>: the hook stops the work.</exception>
    public async Task RunAsync(string name, string? command, string? version, IEnumerable<string> stacks, string? outcome, CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(command)) return;
        await runner.RunAsync(
            new HookRequest
            {
                Name = name,
                Command = command,
                WorkingDirectory = Path.GetDirectoryName(Path.GetFullPath(environment.SourceFile))!,
                Environment = environment.Name,
                Version = version,
                Variables = new Dictionary<string, string?>
                {
                    ["CUMULUS_REGION"] = region,
                    ["CUMULUS_BUCKET"] = environment.Bucket,
                    ["CUMULUS_STACKS"] = string.Join(',', stacks),
                    ["CUMULUS_OUTCOME"] = outcome,
                },
                TimeLimit = environment.HookTimeLimit < limit.Remaining ? environment.HookTimeLimit : limit.Remaining,
                OnLine = line => observer.HookLine(name, line),
            },
            cancellationToken);
    }

    /// <summary>After a failure, where the environment wants it; a failure of the hook does not hide that of the work.</summary>
    public async Task RunAfterFailureAsync(string name, string? command, string? version, IEnumerable<string> stacks, CancellationToken cancellationToken)
    {
        if (!environment.RunHooksAfterFailure) return;
        try
        {
            await RunAsync(name, command, version, stacks, "failed", cancellationToken);
        }
        catch (CumulusException e)
        {
            observer.Warning(e.Message);
        }
    }
}
