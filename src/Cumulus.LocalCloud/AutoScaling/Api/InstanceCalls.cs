using System.Globalization;
using System.Text.Json.Nodes;
using Cumulus.LocalCloud.CloudFormation.Resources;
using static Cumulus.LocalCloud.AutoScaling.Api.AutoScalingApi;

namespace Cumulus.LocalCloud.AutoScaling.Api;

/// <summary>Operations on instances of groups.</summary>
internal sealed class InstanceCalls(AutoScalingEngine engine)
{
    public void AddTo(Dictionary<string, Func<JsonObject, string, CancellationToken, Task<object?>>> operations)
    {
        operations["TerminateInstanceInAutoScalingGroup"] = TerminateAsync;
        operations["SetInstanceHealth"] = SetHealthAsync;
        operations["SetInstanceProtection"] = ProtectAsync;
        operations["EnterStandby"] = EnterStandbyAsync;
        operations["ExitStandby"] = ExitStandbyAsync;
        operations["AttachInstances"] = AttachAsync;
        operations["DetachInstances"] = DetachAsync;
    }

    private async Task<object?> TerminateAsync(JsonObject request, string region, CancellationToken cancellationToken)
    {
        var id = Required(request, "InstanceId");
        _ = Required(request, "ShouldDecrementDesiredCapacity");
        var name = engine.FindByInstance(region, id)?.Name ?? throw AutoScalingError.NoInstance(id);
        object? answer = null;
        await engine.ChangeAsync(region, name, group =>
        {
            var instance = group.Find(id) ?? throw AutoScalingError.NoInstance(id);
            if (instance.IsTerminating)
                return;
            var why = $"At {engine.Worker.Now()} instance {id} was taken out of service in response to a user request.";
            if (Flag(request, "ShouldDecrementDesiredCapacity"))
                why = Shrink(group, 1, $"Terminating instance without replacement will violate group's min size constraint. Either set shouldDecrementDesiredCapacity flag to false or lower group's min size.", why);
            answer = new { Activity = ReadingCalls.Describe(group, engine.Worker.BeginTermination(group, instance, why)) };
            group.RetryAt = null;
        }, cancellationToken);
        return answer;
    }

    private async Task<object?> SetHealthAsync(JsonObject request, string region, CancellationToken cancellationToken)
    {
        var (id, status) = (Required(request, "InstanceId"), Required(request, "HealthStatus"));
        if (status is not ("Healthy" or "Unhealthy"))
            throw AutoScalingError.Invalid($"{status} is not a valid health status. Valid values are Healthy and Unhealthy");
        var name = engine.FindByInstance(region, id)?.Name ?? throw AutoScalingError.NoInstance(id);
        await engine.ChangeAsync(region, name, group =>
        {
            var instance = group.Find(id) ?? throw AutoScalingError.NoInstance(id);
            // The grace period is respected unless the call says otherwise.
            var isGrace = (request["ShouldRespectGracePeriod"] is null || Flag(request, "ShouldRespectGracePeriod")) && instance.InServiceAt + group.Settings.GracePeriod > engine.Time.GetUtcNow();
            if (status == "Healthy")
                group.Replace(instance with { IsHealthy = true, UnhealthyBecause = null });
            else if (!isGrace)
                group.Replace(instance with { IsHealthy = false, UnhealthyBecause = "a user health-check" });
        }, cancellationToken);
        return null;
    }

    private Task<object?> ProtectAsync(JsonObject request, string region, CancellationToken cancellationToken)
    {
        _ = Required(request, "ProtectedFromScaleIn");
        return ChangeAsync(request, region, (group, instances) =>
        {
            foreach (var instance in instances)
                group.Replace(instance with { IsProtected = Flag(request, "ProtectedFromScaleIn") });
            return [];
        }, cancellationToken);
    }

    private Task<object?> EnterStandbyAsync(JsonObject request, string region, CancellationToken cancellationToken) => LeaveAsync(request, region, "move to standby", "Moving EC2 instance to Standby", "moved to standby", async (group, instance, activity) =>
    {
        group.Replace(instance with { State = LifecycleStates.EnteringStandby, ActivityId = activity.Id });
        await engine.Worker.LeaveTargetsAsync(group, group.Find(instance.Id)!, cancellationToken);
        group.Replace(group.Find(instance.Id)! with { State = LifecycleStates.Standby });
    }, cancellationToken);

    private Task<object?> DetachAsync(JsonObject request, string region, CancellationToken cancellationToken) => LeaveAsync(request, region, "detach", "Detaching EC2 instance", "detached", async (group, instance, activity) =>
    {
        group.Replace(instance with { State = LifecycleStates.Detaching, ActivityId = activity.Id });
        await engine.Worker.LeaveTargetsAsync(group, group.Find(instance.Id)!, cancellationToken);
        await engine.Launcher.UntagAsync(region, instance.Id, cancellationToken);
        group.Remove(instance.Id);
    }, cancellationToken);

    private Task<object?> ExitStandbyAsync(JsonObject request, string region, CancellationToken cancellationToken) => ChangeAsync(request, region, (group, instances) =>
    {
        if (instances.FirstOrDefault(instance => instance.State != LifecycleStates.Standby) is { } other)
            throw AutoScalingError.Invalid($"The instance {other.Id} is not in Standby.");
        var why = Grow(group, instances.Count, "To remove from standby", "moved out of standby");
        return [.. instances.Select(instance =>
        {
            var activity = Begin(group, $"Moving EC2 instance out of Standby: {instance.Id}", why);
            // It was launched before, so launch hooks do not hold it up.
            group.Replace(instance with { State = LifecycleStates.PendingProceed, ActivityId = activity.Id });
            return activity;
        })];
    }, cancellationToken);

    private async Task<object?> AttachAsync(JsonObject request, string region, CancellationToken cancellationToken)
    {
        var ids = Texts(request, "InstanceIds");
        if (ids.FirstOrDefault(id => engine.FindByInstance(region, id) is not null) is { } taken)
            throw AutoScalingError.Invalid($"Invalid Instance ID(s): [{taken}]. Instance {taken} is already part of AutoScalingGroup {engine.FindByInstance(region, taken)?.Name}.");
        await engine.ChangeAsync(region, GroupName(request), async group =>
        {
            var instances = await engine.Launcher.DescribeAsync(group, ids, cancellationToken);
            var why = Grow(group, instances.Count, "To attach", "attached");
            foreach (var instance in instances)
            {
                var activity = Begin(group, $"Attaching an existing EC2 instance: {instance.Id}", why);
                group.Add(instance with { State = LifecycleStates.PendingProceed, ActivityId = activity.Id });
            }
        }, cancellationToken);
        return null;
    }

    /// <summary>Instances in service leave the group's capacity, which shrinks with them if that is asked for.</summary>
    private async Task<object?> LeaveAsync(JsonObject request, string region, string verb, string description, string done, Func<Group, GroupInstance, ScalingActivity, Task> leave, CancellationToken cancellationToken)
    {
        _ = Required(request, "ShouldDecrementDesiredCapacity");
        var activities = new List<string>();
        var name = GroupName(request);
        await engine.ChangeAsync(region, name, async group =>
        {
            var instances = Find(group, Texts(request, "InstanceIds"));
            if (instances.Find(instance => !instance.IsInService && !(verb == "detach" && instance.State == LifecycleStates.Standby)) is { } other)
                throw AutoScalingError.Invalid($"The instance {other.Id} is not in InService or Standby.");
            var counted = instances.Count(instance => instance.Counts);
            var why = $"At {engine.Worker.Now()} instance(s) {string.Join(",", instances.Select(instance => instance.Id))} were {done} in response to a user request.";
            if (Flag(request, "ShouldDecrementDesiredCapacity") && counted > 0)
            {
                why = Shrink(group, counted, string.Create(CultureInfo.InvariantCulture,
                    $"To {verb} {counted} instance(s), please update the AutoScalingGroup sizes appropriately."), why);
            }
            foreach (var instance in instances)
            {
                var activity = Begin(group, $"{description}: {instance.Id}", why);
                await leave(group, instance, activity);
                group.Update(activity.Id, begun => begun.End(engine.Time.GetUtcNow()));
                activities.Add(activity.Id);
            }
        }, cancellationToken);
        return Answer(engine.Find(region, name), activities);
    }

    private async Task<object?> ChangeAsync(JsonObject request, string region, Func<Group, IReadOnlyList<GroupInstance>, IReadOnlyList<ScalingActivity>> change, CancellationToken cancellationToken)
    {
        IReadOnlyList<ScalingActivity> activities = [];
        var name = GroupName(request);
        await engine.ChangeAsync(region, name, group => { activities = change(group, Find(group, Texts(request, "InstanceIds"))); }, cancellationToken);
        return activities.Count == 0 ? null : Answer(engine.Find(region, name), activities.Select(activity => activity.Id));
    }

    private static object? Answer(Group? group, IEnumerable<string> activityIds) => group is null
        ? null
        : new { Activities = group.Activities.Where(activity => activityIds.Contains(activity.Id)).Select(activity => ReadingCalls.Describe(group, activity)) };

    private static List<GroupInstance> Find(Group group, IReadOnlyList<string> ids) =>
        [.. ids.Select(id => group.Find(id) ?? throw AutoScalingError.Invalid($"The instance {id} is not part of Auto Scaling group {group.Name}."))];

    private ScalingActivity Begin(Group group, string description, string cause) =>
        group.Begin(new ScalingActivity { Description = description, Cause = cause, StartTime = engine.Time.GetUtcNow(), Progress = 50 });

    private static string Shrink(Group group, int count, string refusal, string why)
    {
        var settings = group.Settings;
        if (settings.Desired - count < settings.MinSize)
            throw AutoScalingError.Invalid($"AutoScalingGroup {group.Name} has {Sizes(settings)}. {refusal}");
        group.Settings = settings.WithDesired(settings.Desired - count);
        return string.Create(CultureInfo.InvariantCulture, $"{why.TrimEnd('.')}, shrinking the capacity from {settings.Desired} to {settings.Desired - count}.");
    }

    private string Grow(Group group, int count, string verb, string done)
    {
        var settings = group.Settings;
        if (settings.Desired + count > settings.MaxSize)
            throw AutoScalingError.Invalid(string.Create(CultureInfo.InvariantCulture, $"AutoScalingGroup {group.Name} has {Sizes(settings)}. {verb} {count} instance(s), please update the AutoScalingGroup sizes appropriately."));
        group.Settings = settings.WithDesired(settings.Desired + count);
        return string.Create(CultureInfo.InvariantCulture, $"At {engine.Worker.Now()} instance(s) were {done} in response to a user request, increasing the capacity from {settings.Desired} to {settings.Desired + count}.");
    }

    private static string Sizes(GroupSettings settings) =>
        string.Create(CultureInfo.InvariantCulture, $"min-size={settings.MinSize}, max-size={settings.MaxSize}, and desired-size={settings.Desired}");
}
