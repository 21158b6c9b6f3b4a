using System.Net;
using System.Text.Json.Nodes;
using Cumulus.LocalCloud.CloudFormation.Templates;
using Cumulus.LocalCloud.Proxy;
using static Cumulus.LocalCloud.AutoScaling.Api.AutoScalingApi;

namespace Cumulus.LocalCloud.AutoScaling.Api;

/// <summary>Operations on instance refreshes.</summary>
internal sealed class RefreshCalls(AutoScalingEngine engine)
{
    public void AddTo(Dictionary<string, Func<JsonObject, string, CancellationToken, Task<object?>>> operations)
    {
        operations["StartInstanceRefresh"] = StartAsync;
        operations["DescribeInstanceRefreshes"] = (request, region, _) => Task.FromResult<object?>(Describe(request, region));
        operations["CancelInstanceRefresh"] = CancelAsync;
        operations["RollbackInstanceRefresh"] = RollbackAsync;
    }

    private async Task<object?> StartAsync(JsonObject request, string region, CancellationToken cancellationToken)
    {
        if (TemplateValue.Text(request, "Strategy") is { } strategy && strategy != "Rolling")
            throw new AwsError(HttpStatusCode.BadRequest, "NotImplemented", $"LocalCloud does not do autoscaling StartInstanceRefresh with the strategy {strategy}.");
        string? id = null;
        await engine.ChangeAsync(region, GroupName(request), async group =>
        {
            if (group.ActiveRefresh is not null)
                throw new AwsError(HttpStatusCode.BadRequest, "InstanceRefreshInProgress", "An Instance Refresh is already in progress and blocks the execution of this Instance Refresh.");
            if (!group.Runs("InstanceRefresh"))
                throw AutoScalingError.Invalid("The InstanceRefresh process is suspended.");
            var preferences = new RefreshPreferences(request["Preferences"] as JsonObject is { } given ? (JsonObject)given.DeepClone() : [], group.Settings);
            var desired = request["DesiredConfiguration"] is JsonObject configuration ? (JsonObject)configuration.DeepClone() : null;
            Check(preferences, desired);
            LaunchSource? source = null;
            if (desired is not null)
            {
                try
                {
                    source = await engine.Launcher.ResolveAsync(region, LaunchSource.Read(desired), cancellationToken);
                }
                catch (Moto.MotoException e)
                {
                    throw AutoScalingError.Invalid(e.Reason);
                }
            }
            var now = engine.Time.GetUtcNow();
            var refresh = new InstanceRefresh { StartTime = now, LastProgress = now, Preferences = preferences, Desired = desired, Source = source };
            group.Refreshes = group.Refreshes.Insert(0, refresh);
            (group.RetryAt, group.FailedLaunches) = (null, 0);
            id = refresh.Id;
        }, cancellationToken);
        return new { InstanceRefreshId = id };
    }

    private static void Check(RefreshPreferences preferences, JsonObject? desired)
    {
        if (preferences.MinHealthy is < 0 or > 100)
            throw AutoScalingError.Invalid("MinHealthyPercentage must be between 0 and 100.");
        if (preferences.MaxHealthy is < 100 or > 200 || preferences.MaxHealthy - preferences.MinHealthy > 100)
            throw AutoScalingError.Invalid("MaxHealthyPercentage must be between 100 and 200, and at most 100 above MinHealthyPercentage.");
        if (!preferences.Checkpoints.SequenceEqual(preferences.Checkpoints.Distinct().Order()) || preferences.Checkpoints.Any(percentage => percentage is < 1 or > 100))
            throw AutoScalingError.Invalid("CheckpointPercentages must be unique values from 1 to 100 in ascending order.");
        if (preferences.RollsBack)
            RequireReversible(desired, message => AutoScalingError.Invalid(message));
    }

    /// <summary>https://docs.aws.amazon.com/autoscaling/ec2/userguide/instance-refresh-rollback.html: what to go back from and to must be fixed.</summary>
    private static void RequireReversible(JsonObject? desired, Func<string, AwsError> refusal)
    {
        if (desired is null)
            throw refusal("A rollback needs a desired configuration.");
        if (LaunchSource.Read(desired).Version is null or "$Latest" or "$Default")
            throw refusal("A rollback is not possible where the desired configuration has the launch template version $Latest or $Default.");
    }

    private object Describe(JsonObject request, string region)
    {
        var group = engine.Find(region, GroupName(request)) ?? throw AutoScalingError.NoGroup(GroupName(request));
        var ids = Texts(request, "InstanceRefreshIds");
        var (page, next) = Page(group.Refreshes.Where(refresh => ids.Count == 0 || ids.Contains(refresh.Id)), request, 50);
        return new { InstanceRefreshes = page.Select(refresh => Describe(group, refresh)), NextToken = next };
    }

    private static object Describe(Group group, InstanceRefresh refresh)
    {
        var left = refresh.HasEnded ? 0 : refresh.Old.Count - refresh.Done;
        return new
        {
            InstanceRefreshId = refresh.Id,
            AutoScalingGroupName = group.Name,
            refresh.Status,
            refresh.StatusReason,
            StartTime = refresh.StartTime.UtcDateTime,
            EndTime = refresh.EndTime?.UtcDateTime,
            PercentageComplete = refresh.IsRollback ? refresh.PercentageBefore : refresh.Percentage,
            InstancesToUpdate = left,
            Strategy = "Rolling",
            Preferences = refresh.Preferences.Document,
            DesiredConfiguration = refresh.Desired,
            RollbackDetails = !refresh.IsRollback ? null : new
            {
                refresh.RollbackReason,
                RollbackStartTime = refresh.RollbackStart?.UtcDateTime,
                PercentageCompleteOnRollback = refresh.Percentage,
                InstancesToUpdateOnRollback = left,
            },
        };
    }

    private async Task<object?> CancelAsync(JsonObject request, string region, CancellationToken cancellationToken)
    {
        string? id = null;
        await engine.ChangeAsync(region, GroupName(request), group =>
        {
            var refresh = Active(group);
            id = refresh.Id;
            group.Update(refresh with { Status = InstanceRefresh.Cancelling, StatusReason = "Cancelled due to user request.", Extra = 0 });
        }, cancellationToken);
        return new { InstanceRefreshId = id };
    }

    private async Task<object?> RollbackAsync(JsonObject request, string region, CancellationToken cancellationToken)
    {
        string? id = null;
        await engine.ChangeAsync(region, GroupName(request), async group =>
        {
            var refresh = Active(group);
            RequireReversible(refresh.Desired, message => new AwsError(HttpStatusCode.BadRequest, "IrreversibleInstanceRefresh", message));
            if (refresh.IsRollback)
                throw new AwsError(HttpStatusCode.BadRequest, "IrreversibleInstanceRefresh", "The instance refresh is rolled back already.");
            id = refresh.Id;
            group.Update(await engine.Refresher.BeginRollbackAsync(group, refresh, "Rollback requested by user.", cancellationToken));
        }, cancellationToken);
        return new { InstanceRefreshId = id };
    }

    private static InstanceRefresh Active(Group group) => group.ActiveRefresh is { Status: not InstanceRefresh.Cancelling } refresh
        ? refresh
        : throw new AwsError(HttpStatusCode.BadRequest, "ActiveInstanceRefreshNotFound", "No in progress or pending Instance Refresh found for Auto Scaling group " + group.Name);
}
