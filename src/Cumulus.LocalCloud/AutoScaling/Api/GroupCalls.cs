using System.Globalization;
using System.Text.Json.Nodes;
using Cumulus.LocalCloud.CloudFormation.Templates;
using static Cumulus.LocalCloud.AutoScaling.Api.AutoScalingApi;

namespace Cumulus.LocalCloud.AutoScaling.Api;

/// <summary>Operations that make, change and remove groups.</summary>
internal sealed class GroupCalls(AutoScalingEngine engine)
{
    /// <summary>Of CreateAutoScalingGroup, what is kept elsewhere than in the settings.</summary>
    private static readonly string[] Apart = ["AutoScalingGroupName", "InstanceId", "LifecycleHookSpecificationList", "Tags", "TrafficSources"];

    private static readonly string[] Sources = ["LaunchTemplate", "LaunchConfigurationName", "MixedInstancesPolicy"];

    /// <summary>https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-suspend-resume-processes.html.</summary>
    private static readonly string[] Processes =
        ["Launch", "Terminate", "AddToLoadBalancer", "AlarmNotification", "AZRebalance", "HealthCheck", "InstanceRefresh", "ReplaceUnhealthy", "ScheduledActions"];

    public void AddTo(Dictionary<string, Func<JsonObject, string, CancellationToken, Task<object?>>> operations)
    {
        operations["CreateAutoScalingGroup"] = CreateAsync;
        operations["UpdateAutoScalingGroup"] = UpdateAsync;
        operations["DeleteAutoScalingGroup"] = DeleteAsync;
        operations["SetDesiredCapacity"] = SetDesiredAsync;
        operations["CreateOrUpdateTags"] = TagAsync;
        operations["DeleteTags"] = UntagAsync;
        operations["SuspendProcesses"] = (request, region, stop) => ProcessesAsync(request, region, (group, names) => group.Suspended = group.Suspended.Union(names), stop);
        operations["ResumeProcesses"] = (request, region, stop) => ProcessesAsync(request, region, (group, names) => group.Suspended = group.Suspended.Except(names), stop);
        operations["EnableMetricsCollection"] = (request, region, stop) => MetricsAsync(request, region, (group, names) => group.Metrics = group.Metrics.Union(names.DefaultIfEmpty("GroupInServiceInstances")), stop);
        operations["DisableMetricsCollection"] = (request, region, stop) => MetricsAsync(request, region, (group, names) => group.Metrics = names.Count == 0 ? [] : group.Metrics.Except(names), stop);
        operations["PutNotificationConfiguration"] = NotifyAsync;
        operations["DeleteNotificationConfiguration"] = (request, region, stop) => ChangeAsync(request, region, group =>
            group.Notifications = group.Notifications.RemoveAll(notification => notification.TopicArn == Required(request, "TopicARN")), stop);
        operations["DescribeScalingProcessTypes"] = (_, _, _) => Task.FromResult<object?>(new { Processes = Processes.Select(name => new { ProcessName = name }) });
    }

    private async Task<object?> CreateAsync(JsonObject request, string region, CancellationToken cancellationToken)
    {
        var name = GroupName(request);
        if (name.Contains(':', StringComparison.Ordinal))
            throw AutoScalingError.Invalid("1 validation error detected: Value '" + name + "' at 'autoScalingGroupName' failed to satisfy constraint: Member must not contain a colon");
        _ = (Required(request, "MinSize"), Required(request, "MaxSize"));
        var (targetGroups, balancers) = TrafficSources(request);
        var document = (JsonObject)request.DeepClone();
        foreach (var apart in Apart)
            document.Remove(apart);
        var settings = new GroupSettings(document);
        settings = settings.WithTexts("TargetGroupARNs", settings.TargetGroups.Union(targetGroups)).WithTexts("LoadBalancerNames", settings.LoadBalancers.Union(balancers));
        CheckSizes(GroupSettings.Create(settings.Document));
        if (settings.Source.IsEmpty)
            throw AutoScalingError.Invalid("Valid requests must contain either LaunchTemplate, LaunchConfigurationName, InstanceId or MixedInstancesPolicy parameter.");
        settings = await CheckedAsync(region, settings, cancellationToken);
        var hooks = TemplateValue.Items(request["LifecycleHookSpecificationList"]).Select(hook => HookCalls.Read((JsonObject)hook!, null));
        await engine.CreateAsync(region, name, settings.Document, Tags(request), hooks, cancellationToken);
        return null;
    }

    private Task<object?> UpdateAsync(JsonObject request, string region, CancellationToken cancellationToken) => ChangeAsync(request, region, async group =>
    {
        var changes = (JsonObject)request.DeepClone();
        changes.Remove("AutoScalingGroupName");
        var before = group.Settings;
        // A group has one source only.
        if (!LaunchSource.Read(changes).IsEmpty)
        {
            foreach (var name in Sources.Where(name => !changes.ContainsKey(name)))
                changes[name] = null;
        }
        if (changes["VPCZoneIdentifier"] is not null && changes["AvailabilityZones"] is null)
            changes["AvailabilityZones"] = null;
        var after = before.With(changes);
        // Sizes move the desired capacity along unless it is given too.
        if (changes["DesiredCapacity"] is null)
            after = after.WithDesired(Math.Min(Math.Max(after.Desired, after.MinSize), Math.Max(after.MaxSize, after.MinSize)));
        CheckSizes(after);
        group.Settings = await CheckedAsync(region, after, cancellationToken);
        group.RetryAt = null;
        if (after.Desired != before.Desired)
        {
            group.Request = string.Create(CultureInfo.InvariantCulture,
                $"At {engine.Worker.Now()} a user request update of AutoScalingGroup constraints to min: {after.MinSize}, max: {after.MaxSize}, desired: {after.Desired} changing the desired capacity from {before.Desired} to {after.Desired}.  ");
        }
    }, cancellationToken);

    private Task<object?> DeleteAsync(JsonObject request, string region, CancellationToken cancellationToken) => ChangeAsync(request, region, async group =>
    {
        if (!Flag(request, "ForceDelete") && !group.Instances.IsEmpty)
            throw AutoScalingError.InUse("You cannot delete an AutoScalingGroup while there are instances or pending Spot instance request(s) still in the group.");
        foreach (var instance in group.Instances)
            await engine.Worker.LeaveTargetsAsync(group, instance, cancellationToken);
        if (!group.Instances.IsEmpty)
            await engine.Launcher.TerminateAsync(region, [.. group.Instances.Select(instance => instance.Id)], cancellationToken);
        group.IsDeleted = true;
        engine.Fleet.Signal(region);
    }, cancellationToken);

    private Task<object?> SetDesiredAsync(JsonObject request, string region, CancellationToken cancellationToken) => ChangeAsync(request, region, group =>
    {
        _ = Required(request, "DesiredCapacity");
        var (wanted, settings) = (Number(request, "DesiredCapacity")!.Value, group.Settings);
        if (wanted > settings.MaxSize)
            throw AutoScalingError.Invalid(string.Create(CultureInfo.InvariantCulture, $"New SetDesiredCapacity value {wanted} is above max value {settings.MaxSize} for the AutoScalingGroup."));
        if (wanted < settings.MinSize)
            throw AutoScalingError.Invalid(string.Create(CultureInfo.InvariantCulture, $"New SetDesiredCapacity value {wanted} is below min value {settings.MinSize} for the AutoScalingGroup."));
        group.Request = string.Create(CultureInfo.InvariantCulture,
            $"At {engine.Worker.Now()} a user request explicitly set group desired capacity changing the desired capacity from {settings.Desired} to {wanted}.  ");
        (group.Settings, group.RetryAt) = (settings.WithDesired(wanted), null);
    }, cancellationToken);

    private async Task<object?> TagAsync(JsonObject request, string region, CancellationToken cancellationToken)
    {
        foreach (var (name, tags) in TagsByGroup(request))
        {
            await engine.ChangeAsync(region, name, group =>
            {
                foreach (var tag in tags)
                    group.Tags = group.Tags.RemoveAll(old => old.Key == tag.Key).Add(tag);
            }, cancellationToken);
        }
        return null;
    }

    private async Task<object?> UntagAsync(JsonObject request, string region, CancellationToken cancellationToken)
    {
        foreach (var (name, tags) in TagsByGroup(request))
            await engine.ChangeAsync(region, name, group => group.Tags = group.Tags.RemoveAll(old => tags.Any(tag => tag.Key == old.Key)), cancellationToken);
        return null;
    }

    private Task<object?> ProcessesAsync(JsonObject request, string region, Action<Group, IReadOnlyList<string>> change, CancellationToken cancellationToken) => ChangeAsync(request, region, group =>
    {
        var names = Texts(request, "ScalingProcesses");
        if (names.FirstOrDefault(name => !Processes.Contains(name)) is { } unknown)
            throw AutoScalingError.Invalid($"{unknown} is not a valid process type.");
        change(group, names.Count == 0 ? Processes : names);
        group.RetryAt = null;
    }, cancellationToken);

    private Task<object?> MetricsAsync(JsonObject request, string region, Action<Group, IReadOnlyList<string>> change, CancellationToken cancellationToken) =>
        ChangeAsync(request, region, group => change(group, Texts(request, "Metrics")), cancellationToken);

    private Task<object?> NotifyAsync(JsonObject request, string region, CancellationToken cancellationToken) => ChangeAsync(request, region, group =>
    {
        var topic = Required(request, "TopicARN");
        group.Notifications = group.Notifications.RemoveAll(old => old.TopicArn == topic).Add(new NotificationConfiguration(topic, [.. Texts(request, "NotificationTypes")]));
    }, cancellationToken);

    private Task<object?> ChangeAsync(JsonObject request, string region, Action<Group> change, CancellationToken cancellationToken) => ChangeAsync(request, region, group =>
    {
        change(group);
        return Task.CompletedTask;
    }, cancellationToken);

    private async Task<object?> ChangeAsync(JsonObject request, string region, Func<Group, Task> change, CancellationToken cancellationToken)
    {
        await engine.ChangeAsync(region, GroupName(request), change, cancellationToken);
        return null;
    }

    /// <summary>The source must exist, and so must the subnets, which give the zones.</summary>
    private async Task<GroupSettings> CheckedAsync(string region, GroupSettings settings, CancellationToken cancellationToken)
    {
        if (settings.Zones.Count == 0 && settings.Subnets.Count == 0)
            throw AutoScalingError.Invalid("At least one Availability Zone or VPC Subnet is required.");
        try
        {
            var source = await engine.Launcher.ResolveAsync(region, settings.Source, cancellationToken);
            if (settings.Document["LaunchTemplate"] is JsonObject template)
            {
                var named = (JsonObject)template.DeepClone();
                (named["LaunchTemplateId"], named["LaunchTemplateName"]) = (source.TemplateId, source.TemplateName);
                settings = settings.With(new JsonObject { ["LaunchTemplate"] = named });
            }
            var locations = await engine.Launcher.LocationsAsync(region, settings, cancellationToken);
            await engine.Launcher.CheckAsync(region, locations, source, cancellationToken);
            return settings.WithTexts("AvailabilityZones", locations.Select(location => location.Zone).Distinct().Order(StringComparer.Ordinal));
        }
        catch (Moto.MotoException e) when (e.Service == "ec2")
        {
            throw AutoScalingError.Invalid(e.Reason);
        }
    }

    private static void CheckSizes(GroupSettings settings)
    {
        if (settings.MinSize < 0 || settings.MaxSize < settings.MinSize)
            throw AutoScalingError.Invalid("Max bound, " + settings.MaxSize + ", must be greater than or equal to min bound, " + settings.MinSize);
        if (settings.Desired < settings.MinSize || settings.Desired > settings.MaxSize)
            throw AutoScalingError.Invalid(string.Create(CultureInfo.InvariantCulture, $"Desired capacity:{settings.Desired} must be between the specified min size:{settings.MinSize} and max size:{settings.MaxSize}"));
    }

    private static (IReadOnlyList<string> TargetGroups, IReadOnlyList<string> Balancers) TrafficSources(JsonObject request)
    {
        var sources = TemplateValue.Items(request["TrafficSources"]).Select(source => TemplateValue.Text(source, "Identifier") ?? "").ToList();
        return (sources.FindAll(source => source.StartsWith("arn:", StringComparison.Ordinal)), sources.FindAll(source => !source.StartsWith("arn:", StringComparison.Ordinal)));
    }

    private static IEnumerable<GroupTag> Tags(JsonObject request) => TemplateValue.Items(request["Tags"]).Select(ReadTag);

    private static GroupTag ReadTag(JsonNode? tag) =>
        new(TemplateValue.Text(tag, "Key") ?? "", TemplateValue.Text(tag, "Value") ?? "", TemplateValue.IsTrue(TemplateValue.Child(tag, "PropagateAtLaunch")));

    private static IEnumerable<(string Group, List<GroupTag> Tags)> TagsByGroup(JsonObject request) =>
        TemplateValue.Items(request["Tags"]).GroupBy(tag => TemplateValue.Text(tag, "ResourceId") ?? "").Select(group => (group.Key, group.Select(ReadTag).ToList()));
}
