using System.Collections.Immutable;
using Cumulus.LocalCloud.CloudFormation.Resources;

namespace Cumulus.LocalCloud.AutoScaling;

/// <summary>
/// An Auto Scaling group. Whoever changes it has its <see cref="Turn"/>; whoever reads takes what is there: every member is replaced as a whole.
/// </summary>
internal sealed class Group(string name, string region, DateTimeOffset createdAt, GroupSettings settings) : IDisposable
{
    /// <summary>AWS keeps six weeks of them; a bench that runs long must not grow.</summary>
    private const int MostActivities = 1000;

    public string Name => name;

    public string Region => region;

    public DateTimeOffset CreatedAt => createdAt;

    public string Arn { get; } = $"arn:aws:autoscaling:{region}:{ResourceWork.Account}:autoScalingGroup:{Guid.NewGuid()}:autoScalingGroupName/{name}";

    public SemaphoreSlim Turn { get; } = new(1);

    public GroupSettings Settings { get; set; } = settings;

    public ImmutableList<GroupTag> Tags { get; set; } = [];

    public ImmutableList<GroupInstance> Instances { get; private set; } = [];

    public ImmutableSortedDictionary<string, LifecycleHook> Hooks { get; set; } = ImmutableSortedDictionary<string, LifecycleHook>.Empty;

    /// <summary>Newest first.</summary>
    public ImmutableList<ScalingActivity> Activities { get; private set; } = [];

    /// <summary>Names of processes that do nothing now.</summary>
    public ImmutableSortedSet<string> Suspended { get; set; } = [];

    public ImmutableSortedSet<string> Metrics { get; set; } = [];

    public ImmutableList<NotificationConfiguration> Notifications { get; set; } = [];

    /// <summary>Newest first.</summary>
    public ImmutableList<InstanceRefresh> Refreshes { get; set; } = [];

    /// <summary>What a user asked for last, as the causes of activities begin.</summary>
    public string Request { get; set; } = "";

    /// <summary>A failed launch is not tried again before.</summary>
    public DateTimeOffset? RetryAt { get; set; }

    public int FailedLaunches { get; set; }

    public bool IsDeleted { get; set; }

    /// <summary>When it was looked after last: what became due since then is still to be done.</summary>
    public DateTimeOffset SeenAt { get; set; }

    public int Capacity => Instances.Count(instance => instance.Counts);

    public InstanceRefresh? ActiveRefresh => Refreshes.Find(refresh => !refresh.HasEnded);

    public bool Runs(string process) => !Suspended.Contains(process);

    public GroupInstance? Find(string instanceId) => Instances.Find(instance => instance.Id == instanceId);

    public void Add(GroupInstance instance) => Instances = Instances.Add(instance);

    public void Remove(string instanceId) => Instances = Instances.RemoveAll(instance => instance.Id == instanceId);

    public void Replace(GroupInstance instance) => Instances = Instances.Replace(Instances.Find(old => old.Id == instance.Id)!, instance);

    public ScalingActivity Begin(ScalingActivity activity)
    {
        Activities = Activities.Insert(0, activity);
        if (Activities.Count > MostActivities)
            Activities = Activities.RemoveAt(MostActivities);
        return activity;
    }

    /// <summary>Changes an activity that may be forgotten already.</summary>
    public void Update(string? activityId, Func<ScalingActivity, ScalingActivity> change)
    {
        if (Activities.Find(activity => activity.Id == activityId) is { } found)
            Activities = Activities.Replace(found, change(found));
    }

    public void Update(InstanceRefresh refresh) => Refreshes = Refreshes.Replace(Refreshes.Find(old => old.Id == refresh.Id)!, refresh);

    public void Dispose() => Turn.Dispose();
}

/// <param name="Propagates">New instances get it.</param>
internal sealed record GroupTag(string Key, string Value, bool Propagates);

/// <summary>Kept and shown; nothing is sent for it.</summary>
internal sealed record NotificationConfiguration(string TopicArn, ImmutableList<string> Types);
