using System.Collections.Concurrent;
using System.Text.Json;
using Cumulus.LocalCloud.Fleet;
using Cumulus.LocalCloud.Proxy;

namespace Cumulus.LocalCloud.Ssm;

/// <summary>SSM's Run Command, for real: moto says Success and runs nothing.</summary>
internal sealed class RunCommandService(HostFleet fleet, CloudLog log, TimeProvider time) : IAsyncDisposable
{
    /// <summary>Exit code of a script that was ended by SIGKILL.</summary>
    private const int Killed = 137;

    // Of these moto has a stub that lies, or nothing.
    private static readonly string[] NotBuilt =
    [
        "CancelCommand", "StartSession", "TerminateSession", "ResumeSession", "DescribeSessions", "GetConnectionStatus", "StartAutomationExecution",
        "StopAutomationExecution", "GetAutomationExecution", "DescribeAutomationExecutions", "SendAutomationSignal", "CreateAssociation", "StartAssociationsOnce",
    ];

    private readonly ConcurrentDictionary<string, RunCommand> _commands = new();
    private readonly ConcurrentDictionary<Task, bool> _running = new();
    private readonly CancellationTokenSource _end = new();

    public static bool Handles(AwsCall call) => call.Operation is
        "SendCommand" or "GetCommandInvocation" or "ListCommandInvocations" or "ListCommands" or "DescribeInstanceInformation" || NotBuilt.Contains(call.Operation);

    public Answer Answer(AwsCall call, byte[] body)
    {
        try
        {
            using var document = JsonDocument.Parse(body.Length == 0 ? "{}"u8.ToArray() : body);
            return Proxy.Answer.AwsJson(Answer(call, document.RootElement));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            // A member of another type than SSM's model says.
            throw SendCommandRequest.Invalid("SerializationException", e.Message);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await Task.WhenAll(_running.Keys);
        _end.Dispose();
    }

    private object Answer(AwsCall call, JsonElement request) => call.Operation switch
    {
        "SendCommand" => new { Command = Describe(Send(call, request)) },
        "GetCommandInvocation" => GetInvocation(request),
        "ListCommandInvocations" => ListInvocations(call, request),
        "ListCommands" => ListCommands(call, request),
        "DescribeInstanceInformation" => DescribeInstances(call, request),
        _ => throw AwsError.NotBuilt(call),
    };

    private RunCommand Send(AwsCall call, JsonElement body)
    {
        var request = SendCommandRequest.Parse(call, body);
        var online = fleet.Hosts.Where(host => host.Region == call.Region && host.IsOnline).ToList();
        var unknown = request.InstanceIds.Except(online.Select(host => host.Id)).ToList();
        if (unknown.Count > 0)
            throw SendCommandRequest.Invalid("InvalidInstanceId", $"Instances [[{string.Join(", ", unknown)}]] not in a valid state for account 123456789012");
        var hosts = online.Where(host => request.InstanceIds.Contains(host.Id) || (request.Targets.Count > 0 && request.Targets.All(target => target.Fits(host)))).ToList();
        var id = Guid.NewGuid().ToString();
        var invocations = hosts.ToDictionary(host => host, host => NewInvocation(host, id));
        var command = new RunCommand(id, call.Region, request, time.GetUtcNow(), [.. invocations.Values]);
        _ = (command.Concurrency, command.MostErrors);
        _commands[id] = command;
        var run = Task.Run(() => RunAsync(command, invocations));
        _running[run] = true;
        _ = run.ContinueWith(done =>
        {
            _running.TryRemove(done, out _);
            log.Write(done.Exception is { } e ? $"command {id} failed: {e.InnerException}" : $"command {id} on {hosts.Count} hosts: {command.Status}");
        }, TaskScheduler.Default);
        return command;
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
            else
                await RunAsync(command, host, invocation);
        });
    }

    private async Task RunAsync(RunCommand command, Host host, CommandInvocation invocation)
    {
        invocation.Start(time.GetUtcNow());
        // The agent writes the lines to a file and has a shell run that file, so a first line #! is honoured.
        var script = string.Join('\n', command.Request.Commands) + "\n";
        if (!script.StartsWith("#!", StringComparison.Ordinal))
            script = "#!/bin/sh\n" + script;
        using var process = host.Run(command.Id, script, command.Request.WorkingDirectory, invocation.Output);
        if (process is null)
        {
            invocation.End("Failed", "Undeliverable", -1, time.GetUtcNow());
            return;
        }
        using var limit = new CancellationTokenSource(command.Request.ExecutionTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, _end.Token);
        try
        {
            var code = await process.WaitAsync(either.Token);
            var status = code == 0 ? "Success" : "Failed";
            invocation.End(status, status, code, time.GetUtcNow());
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            invocation.End("TimedOut", "ExecutionTimedOut", Killed, time.GetUtcNow());
        }
    }

    private object GetInvocation(JsonElement body)
    {
        var command = _commands.GetValueOrDefault(SendCommandRequest.Text(body, "CommandId", ""));
        var invocation = command?.Invocations.FirstOrDefault(i => i.InstanceId == SendCommandRequest.Text(body, "InstanceId", ""));
        if (command is null || invocation is null)
            throw SendCommandRequest.Invalid("InvocationDoesNotExist", "");
        if (SendCommandRequest.Text(body, "PluginName", "aws:runShellScript") is var plugin && plugin != "aws:runShellScript")
            throw SendCommandRequest.Invalid("InvalidPluginName", $"AWS-RunShellScript has no plugin {plugin}.");
        return new
        {
            CommandId = command.Id,
            invocation.InstanceId,
            command.Request.Comment,
            command.Request.DocumentName,
            DocumentVersion = "$DEFAULT",
            PluginName = "aws:runShellScript",
            invocation.ResponseCode,
            ExecutionStartDateTime = Iso(invocation.StartedAt),
            ExecutionElapsedTime = invocation.Elapsed,
            ExecutionEndDateTime = Iso(invocation.EndedAt),
            invocation.Status,
            invocation.StatusDetails,
            StandardOutputContent = invocation.StandardOutput,
            StandardOutputUrl = "",
            StandardErrorContent = invocation.StandardError,
            StandardErrorUrl = "",
        };
    }

    private object ListInvocations(AwsCall call, JsonElement body)
    {
        Refuse(call, body, "Filters");
        var details = body.TryGetProperty("Details", out var value) && value.ValueKind == JsonValueKind.True;
        var instance = SendCommandRequest.Text(body, "InstanceId", "");
        var all = Commands(call, body).SelectMany(command => command.Invocations.Select(invocation => (command, invocation)))
            .Where(pair => instance == "" || pair.invocation.InstanceId == instance)
            .Select(pair => Describe(pair.command, pair.invocation, details));
        var (page, next) = Page(all, body);
        return new { CommandInvocations = page, NextToken = next };
    }

    private object ListCommands(AwsCall call, JsonElement body)
    {
        Refuse(call, body, "Filters");
        var instance = SendCommandRequest.Text(body, "InstanceId", "");
        var all = Commands(call, body).Where(command => instance == "" || command.Invocations.Any(i => i.InstanceId == instance)).Select(Describe);
        var (page, next) = Page(all, body);
        return new { Commands = page, NextToken = next };
    }

    private object DescribeInstances(AwsCall call, JsonElement body)
    {
        IReadOnlyList<SsmTarget> filters = [.. SsmTarget.ParseAll(body, "Filters"), .. SsmTarget.ParseAll(body, "InstanceInformationFilterList")];
        var all = fleet.Hosts.Where(host => host.Region == call.Region && host.IsOnline && filters.All(filter => filter.Fits(host)))
            .OrderBy(host => host.Id, StringComparer.Ordinal)
            .Select(object (host) => new
            {
                InstanceId = host.Id,
                PingStatus = "Online",
                LastPingDateTime = Epoch(time.GetUtcNow()),
                AgentVersion = "3.3.0.0",
                IsLatestVersion = true,
                PlatformType = "Linux",
                PlatformName = "LocalCloud",
                PlatformVersion = "1",
                ResourceType = "EC2Instance",
                IPAddress = host.Describe().Address,
                ComputerName = host.Id,
            });
        var (page, next) = Page(all, body);
        return new { InstanceInformationList = page, NextToken = next };
    }

    private IEnumerable<RunCommand> Commands(AwsCall call, JsonElement body)
    {
        var id = SendCommandRequest.Text(body, "CommandId", "");
        if (id != "" && !_commands.ContainsKey(id))
            throw SendCommandRequest.Invalid("InvalidCommandId", "");
        return _commands.Values.Where(command => command.Region == call.Region && (id == "" || command.Id == id)).OrderByDescending(command => command.RequestedAt);
    }

    private static void Refuse(AwsCall call, JsonElement body, string name)
    {
        if (body.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Array && value.GetArrayLength() > 0)
            throw AwsError.NotBuilt(call, $"with {name}");
    }

    private static (object[] Items, string? Next) Page(IEnumerable<object> all, JsonElement body)
    {
        var size = body.TryGetProperty("MaxResults", out var given) ? given.GetInt32() : 50;
        _ = int.TryParse(SendCommandRequest.Text(body, "NextToken", "0"), out var from);
        var items = all.Skip(from).Take(size + 1).ToArray();
        return items.Length > size ? (items[..size], (from + size).ToString(System.Globalization.CultureInfo.InvariantCulture)) : (items, null);
    }

    private static object Describe(RunCommand command) => new
    {
        CommandId = command.Id,
        command.Request.DocumentName,
        DocumentVersion = "$DEFAULT",
        command.Request.Comment,
        ExpiresAfter = Epoch(command.RequestedAt + TimeSpan.FromSeconds(command.Request.TimeoutSeconds) + command.Request.ExecutionTimeout),
        command.Request.Parameters,
        command.Request.InstanceIds,
        command.Request.Targets,
        RequestedDateTime = Epoch(command.RequestedAt),
        command.Status,
        command.StatusDetails,
        command.Request.MaxConcurrency,
        command.Request.MaxErrors,
        TargetCount = command.Invocations.Count,
        CompletedCount = command.Invocations.Count(i => i.HasEnded),
        ErrorCount = command.Errors,
        DeliveryTimedOutCount = 0,
        command.Request.TimeoutSeconds,
    };

    private static object Describe(RunCommand command, CommandInvocation invocation, bool details) => new
    {
        CommandId = command.Id,
        invocation.InstanceId,
        InstanceName = "",
        command.Request.Comment,
        command.Request.DocumentName,
        DocumentVersion = "$DEFAULT",
        RequestedDateTime = Epoch(command.RequestedAt),
        invocation.Status,
        invocation.StatusDetails,
        StandardOutputUrl = "",
        StandardErrorUrl = "",
        CommandPlugins = details ? new[] { DescribePlugin(invocation) } : [],
    };

    private static object DescribePlugin(CommandInvocation invocation) => new
    {
        Name = "aws:runShellScript",
        invocation.Status,
        invocation.StatusDetails,
        invocation.ResponseCode,
        ResponseStartDateTime = Epoch(invocation.StartedAt),
        ResponseFinishDateTime = Epoch(invocation.EndedAt),
        Output = invocation.Listed,
    };

    private static string Iso(DateTimeOffset? moment) =>
        moment?.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", System.Globalization.CultureInfo.InvariantCulture) ?? "";

    private static double? Epoch(DateTimeOffset? moment) => moment is { } at ? at.ToUnixTimeMilliseconds() / 1000.0 : null;
}
