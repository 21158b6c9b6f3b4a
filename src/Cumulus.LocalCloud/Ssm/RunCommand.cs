using System.Globalization;

namespace Cumulus.LocalCloud.Ssm;

/// <summary>A command that was sent, with what became of it on each host.</summary>
internal sealed record RunCommand(string Id, string Region, SendCommandRequest Request, DateTimeOffset RequestedAt, IReadOnlyList<CommandInvocation> Invocations)
{
    public string Status => this switch
    {
        { Invocations: [] } => "Success",
        _ when Invocations.All(i => i.Status == "Pending") => "Pending",
        _ when Invocations.Any(i => !i.HasEnded) => Invocations.Any(i => i.Status == "Cancelling") ? "Cancelling" : "InProgress",
        _ when Invocations.Any(i => i.Status == "Failed") => "Failed",
        _ when Invocations.Any(i => i.Status == "TimedOut") => "TimedOut",
        _ when Invocations.Any(i => i.Status == "Cancelled") => "Cancelled",
        _ => "Success",
    };

    /// <summary>Incomplete: delivered to all but some, and well where it was (https://docs.aws.amazon.com/systems-manager/latest/userguide/monitor-commands.html).</summary>
    public string StatusDetails => Invocations.Count == 0 ? "NoInstancesInTag" : Status == "TimedOut" && Errors == 0 ? "Incomplete" : Status;

    public int Concurrency => Math.Max(1, CountOf(Request.MaxConcurrency));

    /// <summary>After more errors than this the command is not started on further hosts.</summary>
    public int MostErrors => CountOf(Request.MaxErrors);

    public int Errors => Invocations.Count(i => i.Status is "Failed" or "TimedOut" && i.StatusDetails is not ("DeliveryTimedOut" or "Undeliverable"));

    /// <summary>A number of hosts, or a share of them (<c>10%</c>).</summary>
    private int CountOf(string text)
    {
        var isShare = text.EndsWith('%');
        if (!int.TryParse(text.TrimEnd('%'), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            throw SendCommandRequest.Invalid("ValidationException", $"{text} is neither a number nor a percentage.");
        return isShare ? Invocations.Count * number / 100 : number;
    }
}
