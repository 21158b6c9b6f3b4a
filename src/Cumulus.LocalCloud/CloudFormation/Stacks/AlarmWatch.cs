using Cumulus.Engine;
using Cumulus.LocalCloud.CloudFormation.Resources;

namespace Cumulus.LocalCloud.CloudFormation.Stacks;

/// <summary>
/// Watches the alarms of the rollback triggers while a stack is worked on and for the monitoring time after that
/// (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-rollback-triggers.html).
/// </summary>
internal sealed class AlarmWatch(StackServices services, Stack stack)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly RollbackTriggers _triggers = stack.Definition.Triggers;

    /// <param name="build">Gives null when everything is there; else the reason why it is not.</param>
    /// <param name="stop">Stops the building; cancelled when an alarm goes off.</param>
    /// <returns>As <paramref name="build"/>, or which alarm it was.</returns>
    public async Task<string?> GuardAsync(Func<Task<string?>> build, CancellationTokenSource stop)
    {
        if (_triggers.Alarms.Count == 0 && _triggers.MonitoringMinutes == 0)
            return await build();
        using var done = CancellationTokenSource.CreateLinkedTokenSource(stop.Token);
        var watching = WatchAsync(stop, done.Token);
        var reason = await build() ?? await MonitorAsync(stop.Token);
        await done.CancelAsync();
        return await watching ?? reason ?? await BreachAsync(services.End);
    }

    private async Task<string?> MonitorAsync(CancellationToken stop)
    {
        try
        {
            await Task.Delay(TimeSpan.FromMinutes(_triggers.MonitoringMinutes), services.Time, stop);
            return null;
        }
        catch (OperationCanceledException)
        {
            return "The operation was cancelled while its rollback triggers were monitored.";
        }
    }

    private async Task<string?> WatchAsync(CancellationTokenSource stop, CancellationToken done)
    {
        try
        {
            while (true)
            {
                if (await BreachAsync(done) is { } reason)
                {
                    await stop.CancelAsync();
                    return reason;
                }
                await Task.Delay(Interval, services.Time, done);
            }
        }
        catch (OperationCanceledException) when (done.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <summary>An alarm that is not there fails the operation as well.</summary>
    private async Task<string?> BreachAsync(CancellationToken cancellationToken)
    {
        foreach (var (arn, _) in _triggers.Alarms)
        {
            try
            {
                var name = arn[(arn.LastIndexOf(':') + 1)..];
                var answer = await services.Moto.CallAsync("monitoring", stack.Region, "DescribeAlarms", new QueryArguments { { "AlarmNames.member.1", name } }, cancellationToken);
                var state = answer.Descendants("StateValue").FirstOrDefault()?.Value;
                if (state is null)
                    return $"Rollback trigger {arn} does not exist.";
                if (state == "ALARM")
                    return $"Rollback trigger {arn} went into the ALARM state.";
            }
            catch (CumulusException e)
            {
                return $"Rollback trigger {arn} cannot be read: {e.Message}";
            }
        }
        return null;
    }
}
