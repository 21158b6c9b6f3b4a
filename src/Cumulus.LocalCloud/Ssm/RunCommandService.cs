using System.Collections.Concurrent;
using Cumulus.Engine;
using Cumulus.LocalCloud.Fleet;
using Cumulus.LocalCloud.Moto;

namespace Cumulus.LocalCloud.Ssm;

/// <summary>Runs commands on hosts, for real: moto says Success and runs nothing.</summary>
internal sealed class RunCommandService(HostFleet fleet, MotoClient moto, IHostFaults faults, CloudLog log, TimeProvider time) : IAsyncDisposable
{
    /// <summary>Exit code of a script that was ended by SIGKILL.</summary>
    private const int Killed = 137;

    private static readonly TimeSpan DeliveryInterval = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, RunCommand> _commands = new();
    private readonly ConcurrentDictionary<Task, bool> _running = new();
    private readonly CancellationTokenSource _end = new();
    private readonly CommandParameters _parameters = new(moto);

    public HostFleet Fleet => fleet;

    public TimeProvider Time => time;

    public RunCommand? Find(string commandId) => _commands.GetValueOrDefault(commandId);

    /// <summary>Newest first.</summary>
    public IEnumerable<RunCommand> In(string region) => _commands.Values.Where(command => command.Region == region).OrderByDescending(command => command.RequestedAt);

    /// <summary>Begins a command; it goes on in the background.</summary>
    /// <exception cref="Proxy.AwsError">InvalidInstanceId: one of the instances takes no commands; InvalidParameters.</exception>
    public async Task<RunCommand> SendAsync(string region, SendCommandRequest request, CancellationToken cancellationToken)
    {
        request = await _parameters.ResolveAsync(region, request, cancellationToken);
        var online = fleet.Hosts.Where(host => host.Region == region && host.IsOnline).ToList();
        var unknown = request.InstanceIds.Except(online.Select(host => host.Id)).ToList();
        if (unknown.Count > 0)
            throw SendCommandRequest.Invalid("InvalidInstanceId", $"Instances [[{string.Join(", ", unknown)}]] not in a valid state for account 123456789012");
        var hosts = online.Where(host => request.InstanceIds.Contains(host.Id) || (request.Targets.Count > 0 && request.Targets.All(target => target.Fits(host)))).ToList();
        var id = Guid.NewGuid().ToString();
        var invocations = hosts.ToDictionary(host => host, host => NewInvocation(host, id));
        var command = new RunCommand(id, region, request, time.GetUtcNow(), [.. invocations.Values]);
        _ = (command.Concurrency, command.MostErrors);
        _commands[id] = command;
        var run = Task.Run(() => RunAsync(command, invocations), CancellationToken.None);
        _running[run] = true;
        _ = run.ContinueWith(done =>
        {
            _running.TryRemove(done, out _);
            log.Write(done.Exception is { } e ? $"command {id} failed: {e.InnerException}" : $"command {id} on {hosts.Count} hosts: {command.Status}");
        }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        return command;
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await Task.WhenAll(_running.Keys);
        foreach (var invocation in _commands.Values.SelectMany(command => command.Invocations))
            invocation.Dispose();
        _end.Dispose();
    }

    private static CommandInvocation NewInvocation(Host host, string commandId)
    {
        var folder = host.Folder.Output(commandId);
        Directory.CreateDirectory(folder);
        return new CommandInvocation(host.Id, new HostOutput(Path.Combine(folder, "stdout"), Path.Combine(folder, "stderr")));
    }

    private async Task RunAsync(RunCommand command, Dictionary<Host, CommandInvocation> invocations)
    {
        var options = new ParallelOptions { MaxDegreeOfParallelism = command.Concurrency };
        await Parallel.ForEachAsync(invocations, options, async (pair, _) =>
        {
            var (host, invocation) = pair;
            if (command.Errors > command.MostErrors)
                invocation.End("Cancelled", "Terminated", -1, time.GetUtcNow());
            else if (invocation.Cancelled.IsCancellationRequested)
                invocation.End("Cancelled", "Cancelled", -1, time.GetUtcNow());
            else
                await RunAsync(command, host, invocation);
        });
    }

    private async Task RunAsync(RunCommand command, Host host, CommandInvocation invocation)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(invocation.Cancelled, _end.Token);
        try
        {
            if (!await IsDeliveredAsync(command, host, either.Token))
            {
                invocation.End("TimedOut", "DeliveryTimedOut", -1, time.GetUtcNow());
                return;
            }
            invocation.Start(time.GetUtcNow());
            using var process = host.Run(command.Id, ScriptOf(command.Request), command.Request.WorkingDirectory, invocation.Output);
            if (process is null)
            {
                invocation.End("Failed", "Undeliverable", -1, time.GetUtcNow());
                return;
            }
            await FollowAsync(command, process, invocation, either.Token);
        }
        catch (OperationCanceledException)
        {
            invocation.End("Cancelled", "Cancelled", -1, time.GetUtcNow());
        }
        if (command.Request.OutputBucket is { } bucket && !_end.IsCancellationRequested)
            await KeepAsync(command, invocation, bucket);
    }

    /// <summary>A host that is cut off may come back until the time for delivery is over.</summary>
    private async Task<bool> IsDeliveredAsync(RunCommand command, Host host, CancellationToken cancellationToken)
    {
        var latest = command.RequestedAt.AddSeconds(command.Request.TimeoutSeconds);
        while (faults.IsCutOff(host))
        {
            if (time.GetUtcNow() >= latest)
                return false;
            await Task.Delay(DeliveryInterval, time, cancellationToken);
        }
        return true;
    }

    private async Task FollowAsync(RunCommand command, HostProcess process, CommandInvocation invocation, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(command.Request.ExecutionTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            var code = await process.WaitAsync(either.Token);
            var status = code == 0 ? "Success" : "Failed";
            invocation.End(status, status, code, time.GetUtcNow());
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            if (invocation.Cancelled.IsCancellationRequested)
                invocation.End("Cancelled", "Cancelled", Killed, time.GetUtcNow());
            else
                invocation.End("TimedOut", "ExecutionTimedOut", Killed, time.GetUtcNow());
        }
    }

    /// <summary>The agent writes the lines to a file and has a shell run that file, so a first line #! is honoured.</summary>
    private static string ScriptOf(SendCommandRequest request)
    {
        var script = string.Join('\n', request.Commands) + "\n";
        if (request.IsPowerShell)
            return UserData.PowerShellMark + script;
        return script.StartsWith("#!", StringComparison.Ordinal) ? script : "#!/bin/sh\n" + script;
    }

    /// <summary>
    /// Puts the whole output into the bucket, under the agent's names. That this fails changes nothing about the command
    /// (https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-rc-setting-up-logging.html).
    /// </summary>
    private async Task KeepAsync(RunCommand command, CommandInvocation invocation, string bucket)
    {
        var step = command.Request.Plugin.Replace(":", "", StringComparison.Ordinal);
        var prefix = command.Request.OutputPrefix.Trim('/');
        var folder = $"{(prefix == "" ? "" : prefix + "/")}{command.Id}/{invocation.InstanceId}/{step}/0.{step}";
        try
        {
            invocation.StandardOutputUrl = await PutAsync(command.Region, bucket, $"{folder}/stdout", invocation.Output.StandardOutput);
            invocation.StandardErrorUrl = await PutAsync(command.Region, bucket, $"{folder}/stderr", invocation.Output.StandardError);
        }
        catch (Exception e) when (e is CumulusException or HttpRequestException)
        {
            log.Write($"command {command.Id}: its output could not be put into {bucket}: {e.Message}");
        }
    }

    private async Task<string> PutAsync(string region, string bucket, string key, string path)
    {
        if (!File.Exists(path) || new FileInfo(path).Length == 0)
            return "";
        await moto.CallS3Async(HttpMethod.Put, $"/{bucket}/{key}", region, await File.ReadAllTextAsync(path), CancellationToken.None);
        return $"https://s3.{region}.amazonaws.com/{bucket}/{key}";
    }
}
