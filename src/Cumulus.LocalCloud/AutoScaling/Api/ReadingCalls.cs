using System.Text.Json.Nodes;
using Cumulus.LocalCloud.CloudFormation.Templates;
using static Cumulus.LocalCloud.AutoScaling.Api.AutoScalingApi;

namespace Cumulus.LocalCloud.AutoScaling.Api;

/// <summary>Operations that describe groups, instances, activities and tags.</summary>
internal sealed class ReadingCalls(AutoScalingEngine engine)
{
    public void AddTo(Dictionary<string, Func<JsonObject, string, CancellationToken, Task<object?>>> operations)
    {
        operations["DescribeAutoScalingGroups"] = Plain(Groups);
        operations["DescribeAutoScalingInstances"] = Plain(Instances);
        operations["DescribeScalingActivities"] = Plain(Activities);
        operations["DescribeTags"] = Plain(Tags);
        operations["DescribeNotificationConfigurations"] = Plain(Notifications);
        operations["DescribeAccountLimits"] = Plain((_, region) => new
        {
            MaxNumberOfAutoScalingGroups = 500,
            MaxNumberOfLaunchConfigurations = 200,
            NumberOfAutoScalingGroups = engine.In(region).Count,
            NumberOfLaunchConfigurations = 0,
        });
    }

    /// <summary>An activity as all operations answer it.</summary>
    public static object Describe(Group group, ScalingActivity activity) => new
    {
        ActivityId = activity.Id,
        AutoScalingGroupName = group.Name,
        AutoScalingGroupARN = group.Arn,
        activity.Description,
        activity.Cause,
        StartTime = activity.StartTime.UtcDateTime,
        EndTime = activity.EndTime?.UtcDateTime,
        activity.StatusCode,
        activity.StatusMessage,
        activity.Progress,
        activity.Details,
    };

    private static Func<JsonObject, string, CancellationToken, Task<object?>> Plain(Func<JsonObject, string, object> read) => (request, region, _) => Task.FromResult<object?>(read(request, region));

    private object Groups(JsonObject request, string region)
    {
        var names = Texts(request, "AutoScalingGroupNames");
        var filters = Filters(request);
        var (page, next) = Page(engine.In(region).Where(group => (names.Count == 0 || names.Contains(group.Name)) && filters.All(filter => Fits(group, filter))), request, 50);
        return new { AutoScalingGroups = page.Select(Describe), NextToken = next };
    }

    /// <summary>https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_Filter.html.</summary>
    private static bool Fits(Group group, (string Name, IReadOnlyList<string> Values) filter) => filter.Name switch
    {
        "tag-key" => group.Tags.Any(tag => filter.Values.Contains(tag.Key)),
        "tag-value" => group.Tags.Any(tag => filter.Values.Contains(tag.Value)),
        _ when filter.Name.StartsWith("tag:", StringComparison.Ordinal) => group.Tags.Any(tag => tag.Key == filter.Name[4..] && filter.Values.Contains(tag.Value)),
        _ => throw AutoScalingError.Invalid($"Filter type {filter.Name} is not correct. Allowed Filter types are: tag-key, tag-value, tag:<key>"),
    };

    private static JsonObject Describe(Group group)
    {
        var described = (JsonObject)group.Settings.Document.DeepClone();
        described["AutoScalingGroupName"] = group.Name;
        described["AutoScalingGroupARN"] = group.Arn;
        described["CreatedTime"] = group.CreatedAt.UtcDateTime;
        described["ServiceLinkedRoleARN"] ??= "arn:aws:iam::123456789012:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling";
        described["Instances"] = new JsonArray([.. group.Instances.Select(instance => Describe(instance))]);
        described["Tags"] = new JsonArray([.. group.Tags.Select(tag => (JsonNode)Describe(group, tag))]);
        described["SuspendedProcesses"] = new JsonArray([.. group.Suspended.Select(name => (JsonNode)new JsonObject { ["ProcessName"] = name, ["SuspensionReason"] = "User suspended" })]);
        described["EnabledMetrics"] = new JsonArray([.. group.Metrics.Select(name => (JsonNode)new JsonObject { ["Metric"] = name, ["Granularity"] = "1Minute" })]);
        described["TrafficSources"] = new JsonArray([
            .. group.Settings.TargetGroups.Select(arn => (JsonNode)new JsonObject { ["Identifier"] = arn, ["Type"] = "elbv2" }),
            .. group.Settings.LoadBalancers.Select(name => (JsonNode)new JsonObject { ["Identifier"] = name, ["Type"] = "elb" }),
        ]);
        return described;
    }

    private static JsonObject Describe(GroupInstance instance)
    {
        var described = new JsonObject
        {
            ["InstanceId"] = instance.Id,
            ["InstanceType"] = instance.InstanceType,
            ["AvailabilityZone"] = instance.Zone,
            ["LifecycleState"] = instance.State,
            ["HealthStatus"] = instance.IsHealthy ? "Healthy" : "Unhealthy",
            ["ImageId"] = instance.ImageId,
            ["ProtectedFromScaleIn"] = instance.IsProtected,
        };
        if (instance.Source.Configuration is { } configuration)
            described["LaunchConfigurationName"] = configuration;
        else if (instance.Source.TemplateId is not null)
            described["LaunchTemplate"] = new JsonObject { ["LaunchTemplateId"] = instance.Source.TemplateId, ["LaunchTemplateName"] = instance.Source.TemplateName, ["Version"] = instance.Source.Version };
        return described;
    }

    private static JsonObject Describe(Group group, GroupTag tag) => new()
    {
        ["ResourceId"] = group.Name,
        ["ResourceType"] = "auto-scaling-group",
        ["Key"] = tag.Key,
        ["Value"] = tag.Value,
        ["PropagateAtLaunch"] = tag.Propagates,
    };

    private object Instances(JsonObject request, string region)
    {
        var ids = Texts(request, "InstanceIds");
        var all = engine.In(region).SelectMany(group => group.Instances.Select(instance => (group, instance))).Where(pair => ids.Count == 0 || ids.Contains(pair.instance.Id));
        var (page, next) = Page(all, request, 50);
        return new
        {
            AutoScalingInstances = page.Select(pair =>
            {
                var described = Describe(pair.instance);
                described["AutoScalingGroupName"] = pair.group.Name;
                described["HealthStatus"] = pair.instance.IsHealthy ? "HEALTHY" : "UNHEALTHY";
                return described;
            }),
            NextToken = next,
        };
    }

    private object Activities(JsonObject request, string region)
    {
        var (name, ids) = (TemplateValue.Text(request, "AutoScalingGroupName"), Texts(request, "ActivityIds"));
        if (name is not null && engine.Find(region, name) is null)
            throw AutoScalingError.NoGroup(name);
        var all = engine.In(region).Where(group => name is null || group.Name == name)
            .SelectMany(group => group.Activities.Select(activity => (group, activity)))
            .Where(pair => ids.Count == 0 || ids.Contains(pair.activity.Id));
        var (page, next) = Page(name is null ? all.OrderByDescending(pair => pair.activity.StartTime) : all, request, 100);
        return new { Activities = page.Select(pair => Describe(pair.group, pair.activity)), NextToken = next };
    }

    private object Tags(JsonObject request, string region)
    {
        var filters = Filters(request);
        var all = engine.In(region).SelectMany(group => group.Tags.Select(tag => (group, tag))).Where(pair => filters.All(filter => filter.Name switch
        {
            "auto-scaling-group" => filter.Values.Contains(pair.group.Name),
            "key" => filter.Values.Contains(pair.tag.Key),
            "value" => filter.Values.Contains(pair.tag.Value),
            "propagate-at-launch" => filter.Values.Contains(pair.tag.Propagates ? "true" : "false"),
            _ => throw AutoScalingError.Invalid($"Filter type {filter.Name} is not correct. Allowed Filter types are: auto-scaling-group, key, value, propagate-at-launch"),
        }));
        var (page, next) = Page(all, request, 50);
        return new { Tags = page.Select(pair => Describe(pair.group, pair.tag)), NextToken = next };
    }

    private object Notifications(JsonObject request, string region)
    {
        var names = Texts(request, "AutoScalingGroupNames");
        var all = engine.In(region).Where(group => names.Count == 0 || names.Contains(group.Name))
            .SelectMany(group => group.Notifications.SelectMany(notification => notification.Types.Select(type => new { AutoScalingGroupName = group.Name, TopicARN = notification.TopicArn, NotificationType = type })));
        var (page, next) = Page(all, request, 50);
        return new { NotificationConfigurations = page, NextToken = next };
    }

    private static List<(string Name, IReadOnlyList<string> Values)> Filters(JsonObject request) =>
        [.. TemplateValue.Items(request["Filters"]).Select(filter => (TemplateValue.Text(filter, "Name") ?? "", TemplateValue.Texts(TemplateValue.Child(filter, "Values"))))];
}
