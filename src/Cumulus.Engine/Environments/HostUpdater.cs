using Cumulus.Engine.Aws;

namespace Cumulus.Engine.Environments;

/// <summary>Which hosts are to install what.</summary>
/// <param name="Stack">Short name.</param>
/// <param name="Resources">The stack's, those of nested stacks included.</param>
/// <param name="StartedAt">When the deployment began: instances launched since then were launched by it, or beside it.</param>
public sealed record HostUpdateRequest(
    string Environment,
    string Stack,
    string Version,
    string? Bucket,
    IReadOnlyList<StackResourceRecord> Resources,
    DateTimeOffset StartedAt);

/// <summary>
/// Has the instances of a stack install a version, and reports how it went on each.
/// </summary>
/// <remarks>
/// An instance that CloudFormation has just launched installs the version by its own user data, since the template renders the version into it. It may
/// still be booting: not known to SSM, or holding the install lock. That is <see cref="HostUpdate.Pending"/>, not a failure; whether a boot went
/// well is for the template's own signals to say. An instance that has been up for longer than <see cref="BootTime"/> and that SSM does not know keeps the old
/// version, and that is a failure (<see cref="HostUpdate.Unreachable"/>). Every instance that SSM reaches gets the command: an install of a version
/// that is there already changes nothing.
/// </remarks>
public sealed class HostUpdater(IHostFleet fleet, IDeploymentObserver observer, TimeProvider clock)
{
    /// <summary>For so long after its launch an instance may be unknown to SSM.</summary>
    public static readonly TimeSpan BootTime = TimeSpan.FromMinutes(15);

    // Instances that one SendCommand takes: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_SendCommand.html.
    private const int CommandSize = 50;

    private const int OutputLines = 20;

    private static readonly string[] Ended = ["Success", "Cancelled", "TimedOut", "Failed"];

    /// <summary>Never throws for a host: the failed ones are in the result.</summary>
    public async Task<IReadOnlyList<HostUpdate>> UpdateAsync(
        HostUpdateRequest request,
        WaitLimit limit,
        CancellationToken cancellationToken)
    {
        IReadOnlyList<HostInstance> instances = await fleet.InstancesAsync(request.Resources, cancellationToken);
        if (instances.Count == 0)
        {
            observer.Detail($"{request.Stack}: no instances run.");
        }

        var running = new List<(HostInstance Instance, string CommandId)>();
        var done = new List<HostUpdate>();
        foreach (HostInstance instance in instances.Where(i => !i.Managed))
        {
            Finish(done, Unmanaged(request, instance));
        }

        foreach (IGrouping<HostPlatform, HostInstance> group in instances.Where(i => i.Managed).GroupBy(i => i.Platform))
        {
            IReadOnlyList<string> lines = HostCommand.Install(group.Key, request.Environment, request.Version, request.Bucket);
            foreach (HostInstance[] batch in group.Chunk(CommandSize))
            {
                string commandId = await fleet.RunAsync([.. batch.Select(i => i.InstanceId)], group.Key, lines, limit.Remaining, $"Cumulus: {request.Environment} {request.Version}", cancellationToken);
                observer.Detail($"{request.Stack}: command {commandId} installs {request.Version} on {batch.Length} hosts.");
                running.AddRange(batch.Select(i => (i, commandId)));
            }
        }

        var pace = new PollPace();
        while (running.Count > 0)
        {
            bool troubled = false;
            foreach ((HostInstance Instance, string CommandId) host in running.ToArray())
            {
                HostCommandResult? result = null;
                try
                {
                    result = await fleet.ResultAsync(host.CommandId, host.Instance.InstanceId, cancellationToken);
                }
                catch (CumulusException e)
                {
                    troubled = true;
                    observer.Detail($"{host.Instance.InstanceId}: the look failed and is repeated: {e.Message}");
                }

                if (result is not null && Ended.Contains(result.Status))
                {
                    running.Remove(host);
                    Finish(done, Judge(request, host.Instance, result));
                }
            }

            if (running.Count > 0 && limit.Reached)
            {
                running.ForEach(h => Finish(done, Update(request, h.Instance, "TimedOut", null, $"The command {h.CommandId} had not ended when the time limit was reached.")));
                break;
            }

            if (running.Count > 0)
            {
                await limit.PauseAsync(troubled ? pace.AfterFailure() : pace.AfterSuccess(), cancellationToken);
            }
        }

        return done;
    }

    /// <summary>The error for the first host that failed; null when none did.</summary>
    public static CumulusException? Failure(string stackName, string version, IReadOnlyList<HostUpdate> hosts)
    {
        if (hosts.FirstOrDefault(h => h.Failed) is not { } first)
        {
            return null;
        }

        string how = first.ExitCode is { } code ? $"exit code {code}" : first.Status;
        string output = first.Output.Length == 0 ? "" : $" Its last lines: {first.Output.ReplaceLineEndings(" | ")}";
        return new CumulusException(
            ErrorIds.HostUpdateFailed,
            FailureKind.OperationFailed,
            $"{hosts.Count(h => h.Failed)} of {hosts.Count} hosts of stack '{stackName}' did not install version {version}. First: {first.InstanceId}, {how}.{output}")
        {
            Target = first.InstanceId,
            Advice = first.Status == HostUpdate.Unreachable
                ? "Give the instance an SSM agent and a role with AmazonSSMManagedInstanceCore, or replace it; then deploy again."
                : "Put the cause right and deploy again: the stack is unchanged then, and the hosts are told once more.",
        };
    }

    private void Finish(List<HostUpdate> done, HostUpdate update)
    {
        done.Add(update);
        observer.HostUpdated(update);
    }

    private HostUpdate Unmanaged(HostUpdateRequest request, HostInstance instance) => IsYoung(request, instance)
        ? Update(request, instance, HostUpdate.Pending, null, "It was launched a moment ago and installs at boot.")
        : Update(request, instance, HostUpdate.Unreachable, null, "SSM does not know the instance, or its agent does not answer.");

    private HostUpdate Judge(HostUpdateRequest request, HostInstance instance, HostCommandResult result)
    {
        string output = LastLines(result.StandardOutput, result.StandardError);
        bool installsItself = result.Status == "Failed" && IsYoung(request, instance)
            && (result.StandardError + result.StandardOutput).Contains(ErrorIds.InstallInProgress, StringComparison.Ordinal);
        return Update(request, instance, installsItself ? HostUpdate.Pending : result.Status, result.ExitCode, output);
    }

    private bool IsYoung(HostUpdateRequest request, HostInstance instance) =>
        instance.LaunchedAt >= request.StartedAt || clock.GetUtcNow() - instance.LaunchedAt < BootTime;

    private static HostUpdate Update(HostUpdateRequest request, HostInstance instance, string status, int? exitCode, string output) =>
        new() { InstanceId = instance.InstanceId, Stack = request.Stack, Status = status, ExitCode = exitCode, Output = output };

    private static string LastLines(string output, string error)
    {
        string[] lines = [.. (output + "\n" + error).Split('\n').Select(l => l.TrimEnd()).Where(l => l.Length > 0)];
        return string.Join('\n', lines.TakeLast(OutputLines));
    }
}
