using Cumulus.Engine.Aws;
using Cumulus.Engine.Environments;

namespace Cumulus.Engine.Ghost.Rollouts;

/// <summary>A script for hosts.</summary>
public sealed record HostScript
{
    /// <summary>Lines for each platform, already quoted.</summary>
    public required Func<HostPlatform, IReadOnlyList<string>> Lines { get; init; }

    public required string Comment { get; init; }

    /// <summary>Of the script on each host.</summary>
    public TimeSpan TimeLimit { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Hosts at the same time; null: all.</summary>
    public int? MaxConcurrency { get; init; }

    /// <summary>Bucket that gets all that hosts write; null: the first 24,000 characters of each are told.</summary>
    public string? OutputBucket { get; init; }
}

/// <summary>Runs a script on hosts by SSM, in commands of as many as the service takes, and tells the output of each as it ends; no more than one host's is held.</summary>
internal sealed class HostScripts(IHostCommands commands, IObjectStore? objects, TimeProvider clock, Action<string, string> log)
{
    // What SSM keeps of standard output: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetCommandInvocation.html.
    private const int MostKept = 24_000;

    private const int LinesKept = 8;

    private const string Prefix = ".cumulus/output";

    // A command that is sent and not picked up is given up by SSM after its own time; a look that fails does not end the wait.
    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(2);

    /// <summary>Never throws for a host: the failed ones are in the result.</summary>
    /// <exception cref="OperationCanceledException">The commands that run are told to end.</exception>
    public async Task<IReadOnlyList<HostOutcome>> RunAsync(IReadOnlyList<(string InstanceId, HostPlatform Platform)> hosts, HostScript script, CancellationToken cancellationToken)
    {
        var running = new Dictionary<string, (string CommandId, HostPlatform Platform)>(StringComparer.Ordinal);
        var done = new List<HostOutcome>();
        try
        {
            foreach (var platform in hosts.GroupBy(h => h.Platform))
            {
                foreach (var batch in platform.Chunk(IHostCommands.MostInstances)) await SendAsync([.. batch.Select(h => h.InstanceId)], platform.Key, script, running, done, cancellationToken);
            }

            await FollowAsync(script, running, done, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            await CancelAsync(running.Values.Select(r => r.CommandId).Distinct());
            throw;
        }

        return done;
    }

    private async Task SendAsync(string[] ids, HostPlatform platform, HostScript script, Dictionary<string, (string CommandId, HostPlatform Platform)> running, List<HostOutcome> done, CancellationToken cancellationToken)
    {
        var request = new HostCommandRequest
        {
            InstanceIds = ids,
            Platform = platform,
            Lines = script.Lines(platform),
            TimeLimit = script.TimeLimit,
            Comment = script.Comment,
            MaxConcurrency = script.MaxConcurrency ?? ids.Length,
            MaxErrors = ids.Length,
            OutputBucket = script.OutputBucket,
            OutputPrefix = script.OutputBucket is null ? null : Prefix,
        };
        try
        {
            string command = await commands.SendAsync(request, cancellationToken);
            foreach (string id in ids) running[id] = (command, platform);
        }
        catch (CumulusException e) when (ids.Length > 1)
        {
            // One that has vanished makes SSM refuse all of them.
            log(ids[0], $"A command to {ids.Length} hosts was refused, so each gets its own: {e.Message}");
            foreach (string id in ids) await SendAsync([id], platform, script, running, done, cancellationToken);
        }
        catch (CumulusException e)
        {
            log(ids[0], e.Message);
            done.Add(new HostOutcome(ids[0], "Undeliverable", null, [e.Message]));
        }
    }

    private async Task FollowAsync(HostScript script, Dictionary<string, (string CommandId, HostPlatform Platform)> running, List<HostOutcome> done, CancellationToken cancellationToken)
    {
        var limit = new WaitLimit(clock, (script.TimeLimit * 2) + Grace);
        var pace = new PollPace();
        while (running.Count > 0)
        {
            bool troubled = false;
            foreach (string command in running.Values.Select(r => r.CommandId).Distinct().ToArray())
            {
                try
                {
                    foreach (HostCommandStatus status in (await commands.StatusesAsync(command, cancellationToken)).Where(s => s.HasEnded && running.ContainsKey(s.InstanceId)))
                    {
                        done.Add(await OutcomeAsync(command, status, script, cancellationToken));
                        running.Remove(status.InstanceId);
                    }
                }
                catch (CumulusException e)
                {
                    troubled = true;
                    log(command, $"A look at the command failed and is repeated: {e.Message}");
                }
            }

            if (running.Count > 0 && limit.Reached)
            {
                done.AddRange(running.Select(r => new HostOutcome(r.Key, "TimedOut", null, [$"The command {r.Value.CommandId} had not ended after {limit.Limit.TotalSeconds:0} s."])));
                await CancelAsync(running.Values.Select(r => r.CommandId).Distinct());
                return;
            }

            if (running.Count > 0) await limit.PauseAsync(troubled ? pace.AfterFailure() : pace.AfterSuccess(), cancellationToken);
        }
    }

    private async Task<HostOutcome> OutcomeAsync(string command, HostCommandStatus status, HostScript script, CancellationToken cancellationToken)
    {
        if (await commands.ResultAsync(command, status.InstanceId, cancellationToken) is not { } result) return new HostOutcome(status.InstanceId, status.Status, null, []);
        var last = new Queue<string>();
        void Tell(string line)
        {
            if (string.IsNullOrWhiteSpace(line)) return;
            log(status.InstanceId, line.TrimEnd());

            // What an error tells is what went wrong, and not how it came there.
            if (line.StartsWith("VERBOSE: ", StringComparison.Ordinal)) return;
            last.Enqueue(line.Trim());
            if (last.Count > LinesKept) last.Dequeue();
        }

        if (result.StandardOutput.Length < MostKept || !await TellFromBucketAsync(command, status.InstanceId, script, Tell, cancellationToken))
        {
            foreach (string line in result.StandardOutput.ReplaceLineEndings("\n").Split('\n')) Tell(line);
        }

        foreach (string line in result.StandardError.ReplaceLineEndings("\n").Split('\n')) Tell(line);
        return new HostOutcome(status.InstanceId, result.Status, result.ExitCode, [.. last]);
    }

    // https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-rc-setting-up-cwlogs.html and ..._output.html: PREFIX/COMMAND/INSTANCE/awsrunShellScript/0.awsrunShellScript/stdout.
    private async Task<bool> TellFromBucketAsync(string command, string instance, HostScript script, Action<string> tell, CancellationToken cancellationToken)
    {
        if (script.OutputBucket is not { } bucket || objects is null) return false;
        string path = Path.Combine(Path.GetTempPath(), $"cumulus-output-{Guid.NewGuid():N}");
        try
        {
            await foreach (ListedObject found in objects.ListAsync(bucket, $"{Prefix}/{command}/{instance}/", cancellationToken))
            {
                if (!found.Key.EndsWith("/stdout", StringComparison.Ordinal)) continue;
                if (!await objects.DownloadAsync(bucket, found.Key, path, null, cancellationToken)) return false;
                foreach (string line in File.ReadLines(path)) tell(line);
                return true;
            }

            return false;
        }
        catch (CumulusException e)
        {
            log(instance, $"The whole output could not be read from {bucket}; its beginning follows: {e.Message}");
            return false;
        }
        finally
        {
            File.Delete(path);
        }
    }

    private async Task CancelAsync(IEnumerable<string> ids)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20), clock);
        foreach (string id in ids.ToArray())
        {
            try
            {
                await commands.CancelAsync(id, limit.Token);
            }
            catch (Exception e) when (e is CumulusException or OperationCanceledException)
            {
                log(id, $"The command could not be ended: {e.Message}");
            }
        }
    }
}
