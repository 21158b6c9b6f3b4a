using System.Text.Json;
using Cumulus.LocalCloud.CloudFormation.Resources;
using Cumulus.LocalCloud.Moto;

namespace Cumulus.LocalCloud.AutoScaling;

/// <summary>
/// Sends what a hook's notification target is told
/// (https://docs.aws.amazon.com/autoscaling/ec2/userguide/prepare-for-lifecycle-notifications.html). That it could not be delivered holds up nothing.
/// </summary>
internal sealed class LifecycleNotifier(MotoClient moto, TimeProvider time, CloudLog log)
{
    public Task TellAsync(Group group, LifecycleHook hook, LifecycleAction action, string instanceId, CancellationToken cancellationToken) =>
        SendAsync(group, hook, $"Auto Scaling:  Lifecycle action '{hook.Transition.Split('_')[^1]}' for instance {instanceId} in progress.", new()
        {
            ["LifecycleActionToken"] = action.Token,
            ["EC2InstanceId"] = instanceId,
            ["LifecycleTransition"] = hook.Transition,
            ["NotificationMetadata"] = hook.Metadata,
        }, cancellationToken);

    /// <summary>A new hook with a target is announced by one message.</summary>
    public Task TestAsync(Group group, LifecycleHook hook, CancellationToken cancellationToken) =>
        SendAsync(group, hook, "Auto Scaling: test notification", new() { ["Event"] = "autoscaling:TEST_NOTIFICATION" }, cancellationToken);

    private async Task SendAsync(Group group, LifecycleHook hook, string subject, Dictionary<string, string?> facts, CancellationToken cancellationToken)
    {
        if (hook.NotificationTarget is not { Length: > 0 } target)
            return;
        foreach (var (name, value) in new[]
        {
            ("Service", "AWS Auto Scaling"), ("Time", time.GetUtcNow().UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", System.Globalization.CultureInfo.InvariantCulture)),
            ("RequestId", Guid.NewGuid().ToString()), ("AccountId", ResourceWork.Account), ("AutoScalingGroupName", group.Name), ("LifecycleHookName", hook.Name),
        })
        {
            facts[name] = value;
        }
        var message = JsonSerializer.Serialize(facts.Where(pair => pair.Value is not null).ToDictionary());
        try
        {
            if (target.StartsWith("arn:aws:sqs:", StringComparison.Ordinal))
                await moto.CallAsync("sqs", group.Region, "SendMessage", [("QueueUrl", $"http://localhost/{ResourceWork.Account}/{target.Split(':')[^1]}"), ("MessageBody", message)], cancellationToken);
            else
                await moto.CallAsync("sns", group.Region, "Publish", [("TopicArn", target), ("Subject", subject), ("Message", message)], cancellationToken);
        }
        catch (MotoException e)
        {
            log.Write($"{group.Name}: the target of hook {hook.Name} was not told: {e.Message}");
        }
    }
}
