using System.Globalization;
using System.Text.Json;
using Cumulus.LocalCloud.Fleet;
using Cumulus.LocalCloud.Proxy;

namespace Cumulus.LocalCloud.Ssm;

/// <summary>The operations of SSM about commands and the instances that take them.</summary>
internal sealed class RunCommandApi(RunCommandService service)
{
    // Of these moto has a stub that lies, or nothing.
    private static readonly string[] NotBuilt =
    [
        "StartSession", "TerminateSession", "ResumeSession", "DescribeSessions", "GetConnectionStatus", "StartAutomationExecution",
        "StopAutomationExecution", "GetAutomationExecution", "DescribeAutomationExecutions", "SendAutomationSignal", "CreateAssociation", "StartAssociationsOnce",
    ];

    public static bool Handles(AwsCall call) => call.Operation is
        "SendCommand" or "CancelCommand" or "GetCommandInvocation" or "ListCommandInvocations" or "ListCommands" or "DescribeInstanceInformation" || NotBuilt.Contains(call.Operation);

    /// <exception cref="AwsError">The request is refused.</exception>
    public async Task<Answer> AnswerAsync(AwsCall call, byte[] body, CancellationToken cancellationToken)
    {
        try
        {
            using var document = JsonDocument.Parse(body.Length == 0 ? "{}"u8.ToArray() : body);
            return Answer.AwsJson(await AnswerAsync(call, document.RootElement, cancellationToken));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            // A member of another type than SSM's model says.
            throw SendCommandRequest.Invalid("SerializationException", e.Message);
        }
    }

    private async Task<object> AnswerAsync(AwsCall call, JsonElement request, CancellationToken cancellationToken) => call.Operation switch
    {
        "SendCommand" => new { Command = Describe(await service.SendAsync(call.Region, SendCommandRequest.Parse(call, request), cancellationToken)) },
        "CancelCommand" => Cancel(request),
        "GetCommandInvocation" => GetInvocation(request),
        "ListCommandInvocations" => ListInvocations(call, request),
        "ListCommands" => ListCommands(call, request),
        "DescribeInstanceInformation" => DescribeInstances(call, request),
        _ => throw AwsError.NotBuilt(call),
    };

    /// <summary>https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_CancelCommand.html: what has not begun does not, what runs is ended.</summary>
    private object Cancel(JsonElement body)
    {
        var command = service.Find(SendCommandRequest.Text(body, "CommandId", "")) ?? throw SendCommandRequest.Invalid("InvalidCommandId", "");
        var ids = SendCommandRequest.Texts(body, "InstanceIds");
        if (ids.Except(command.Invocations.Select(invocation => invocation.InstanceId)).Any())
            throw SendCommandRequest.Invalid("InvalidInstanceId", "");
        foreach (var invocation in command.Invocations.Where(invocation => ids.Count == 0 || ids.Contains(invocation.InstanceId)))
            invocation.Cancel();
        return new { };
    }

    private object GetInvocation(JsonElement body)
    {
        var command = service.Find(SendCommandRequest.Text(body, "CommandId", ""));
        var invocation = command?.Invocations.FirstOrDefault(i => i.InstanceId == SendCommandRequest.Text(body, "InstanceId", ""));
        if (command is null || invocation is null)
            throw SendCommandRequest.Invalid("InvocationDoesNotExist", "");
        if (SendCommandRequest.Text(body, "PluginName", command.Request.Plugin) is var plugin && plugin != command.Request.Plugin)
            throw SendCommandRequest.Invalid("InvalidPluginName", $"{command.Request.DocumentName} has no plugin {plugin}.");
        return new
        {
            CommandId = command.Id,
            invocation.InstanceId,
            command.Request.Comment,
            command.Request.DocumentName,
            DocumentVersion = "$DEFAULT",
            PluginName = command.Request.Plugin,
            invocation.ResponseCode,
            ExecutionStartDateTime = Iso(invocation.StartedAt),
            ExecutionElapsedTime = invocation.Elapsed,
            ExecutionEndDateTime = Iso(invocation.EndedAt),
            invocation.Status,
            invocation.StatusDetails,
            StandardOutputContent = invocation.StandardOutput,
            invocation.StandardOutputUrl,
            StandardErrorContent = invocation.StandardError,
            invocation.StandardErrorUrl,
        };
    }

    private object ListInvocations(AwsCall call, JsonElement body)
    {
        var filters = CommandFilter.ParseAll(body);
        var details = body.TryGetProperty("Details", out var value) && value.ValueKind == JsonValueKind.True;
        var instance = SendCommandRequest.Text(body, "InstanceId", "");
        var all = Commands(call, body).SelectMany(command => command.Invocations.Select(invocation => (command, invocation)))
            .Where(pair => (instance == "" || pair.invocation.InstanceId == instance) && filters.All(filter => filter.Fits(pair.command, pair.invocation.Status)))
            .Select(pair => Describe(pair.command, pair.invocation, details));
        var (page, next) = Page(all, body);
        return new { CommandInvocations = page, NextToken = next };
    }

    private object ListCommands(AwsCall call, JsonElement body)
    {
        var filters = CommandFilter.ParseAll(body);
        var instance = SendCommandRequest.Text(body, "InstanceId", "");
        var all = Commands(call, body).Where(command => instance == "" || command.Invocations.Any(i => i.InstanceId == instance))
            .Where(command => filters.All(filter => filter.Fits(command, command.Status))).Select(Describe);
        var (page, next) = Page(all, body);
        return new { Commands = page, NextToken = next };
    }

    private object DescribeInstances(AwsCall call, JsonElement body)
    {
        IReadOnlyList<SsmTarget> filters = [.. SsmTarget.ParseAll(body, "Filters"), .. SsmTarget.ParseAll(body, "InstanceInformationFilterList")];
        var all = service.Fleet.Hosts.Where(host => host.Region == call.Region && (host.IsOnline || host.State == LocalCloudHostState.Stopped) && filters.All(filter => filter.Fits(host)))
            .OrderBy(host => host.Id, StringComparer.Ordinal)
            .Select(object (host) => new
            {
                InstanceId = host.Id,
                PingStatus = SsmTarget.PingStatus(host),
                LastPingDateTime = Epoch(service.Time.GetUtcNow()),
                AgentVersion = "3.3.0.0",
                IsLatestVersion = true,
                PlatformType = "Linux",
                PlatformName = "LocalCloud",
                PlatformVersion = "1",
                ResourceType = "EC2Instance",
                IPAddress = host.Address,
                ComputerName = host.Id,
            });
        var (page, next) = Page(all, body);
        return new { InstanceInformationList = page, NextToken = next };
    }

    private IEnumerable<RunCommand> Commands(AwsCall call, JsonElement body)
    {
        var id = SendCommandRequest.Text(body, "CommandId", "");
        if (id != "" && service.Find(id) is null)
            throw SendCommandRequest.Invalid("InvalidCommandId", "");
        return service.In(call.Region).Where(command => id == "" || command.Id == id);
    }

    private static (object[] Items, string? Next) Page(IEnumerable<object> all, JsonElement body)
    {
        var size = body.TryGetProperty("MaxResults", out var given) ? given.GetInt32() : 50;
        _ = int.TryParse(SendCommandRequest.Text(body, "NextToken", "0"), out var from);
        var items = all.Skip(from).Take(size + 1).ToArray();
        return items.Length > size ? (items[..size], (from + size).ToString(CultureInfo.InvariantCulture)) : (items, null);
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
        invocation.StandardOutputUrl,
        invocation.StandardErrorUrl,
        CommandPlugins = details ? new[] { DescribePlugin(command, invocation) } : [],
    };

    private static object DescribePlugin(RunCommand command, CommandInvocation invocation) => new
    {
        Name = command.Request.Plugin,
        invocation.Status,
        invocation.StatusDetails,
        invocation.ResponseCode,
        ResponseStartDateTime = Epoch(invocation.StartedAt),
        ResponseFinishDateTime = Epoch(invocation.EndedAt),
        Output = invocation.Listed,
    };

    private static string Iso(DateTimeOffset? moment) =>
        moment?.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture) ?? "";

    private static double? Epoch(DateTimeOffset? moment) => moment is { } at ? at.ToUnixTimeMilliseconds() / 1000.0 : null;
}
