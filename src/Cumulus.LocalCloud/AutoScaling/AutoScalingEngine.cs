using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Cumulus.Engine;
using Cumulus.LocalCloud.Fleet;
using Cumulus.LocalCloud.LoadBalancing;
using Cumulus.LocalCloud.Moto;

namespace Cumulus.LocalCloud.AutoScaling;

/// <summary>
/// All Auto Scaling groups. A call changes its group and does at once what can be done; deadlines, health and refreshes are followed in the background. moto's own
/// groups are not used: they know neither hooks nor health, and their instances are always in service.
/// </summary>
internal sealed class AutoScalingEngine : IAsyncDisposable
{
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<(string Region, string Name), Group> _groups = new();
    private readonly SemaphoreSlim _wake = new(0, 1);
    private readonly CancellationTokenSource _end = new();
    private readonly CloudLog _log;
    private readonly Task _loop;

    public AutoScalingEngine(MotoClient moto, HostFleet fleet, TargetMonitor targets, TimeProvider time, CloudLog log)
    {
        (Time, Targets, Fleet, _log) = (time, targets, fleet, log);
        Launcher = new InstanceLauncher(moto, time);
        Notifier = new LifecycleNotifier(moto, time, log);
        Worker = new GroupWorker(Launcher, targets, fleet, Notifier, time);
        Refresher = new RefreshWorker(Worker, Launcher, moto, time);
        targets.Changed = Wake;
        fleet.Changed = Wake;
        _loop = LoopAsync();
    }

    public TimeProvider Time { get; }

    public TargetMonitor Targets { get; }

    public HostFleet Fleet { get; }

    public InstanceLauncher Launcher { get; }

    public LifecycleNotifier Notifier { get; }

    public GroupWorker Worker { get; }

    public RefreshWorker Refresher { get; }

    /// <summary>How many groups have fewer instances than they are to have, and may launch some.</summary>
    public int BusyGroups => _groups.Values.Count(group => group.Settings.Desired > group.Capacity && group.Runs("Launch"));

    public IReadOnlyList<Group> In(string region) => [.. _groups.Values.Where(group => group.Region == region).OrderBy(group => group.Name, StringComparer.Ordinal)];

    public Group? Find(string region, string name) => _groups.GetValueOrDefault((region, name));

    public Group? FindByInstance(string region, string instanceId) => In(region).FirstOrDefault(group => group.Find(instanceId) is not null);

    /// <summary>
    /// What an instance is told that it is to become; null: no group has it
    /// (https://docs.aws.amazon.com/autoscaling/ec2/userguide/retrieving-target-lifecycle-state-through-imds.html).
    /// </summary>
    public string? TargetState(string region, string instanceId) => FindByInstance(region, instanceId)?.Find(instanceId) switch
    {
        null => null,
        { IsTerminating: true } => "Terminated",
        { State: LifecycleStates.EnteringStandby or LifecycleStates.Standby } => LifecycleStates.Standby,
        { State: LifecycleStates.Detaching } => "Detached",
        _ => LifecycleStates.InService,
    };

    /// <exception cref="Proxy.AwsError">AlreadyExists.</exception>
    public async Task CreateAsync(string region, string name, JsonObject request, IEnumerable<GroupTag> tags, IEnumerable<LifecycleHook> hooks, CancellationToken cancellationToken)
    {
        var group = new Group(name, region, Time.GetUtcNow(), GroupSettings.Create(request))
        {
            Tags = [.. tags],
            Hooks = System.Collections.Immutable.ImmutableSortedDictionary.CreateRange(hooks.Select(hook => KeyValuePair.Create(hook.Name, hook))),
        };
        group.Request = $"At {Worker.Now()} a user request created an AutoScalingGroup changing the desired capacity from 0 to {group.Settings.Desired}.  ";
        if (!_groups.TryAdd((region, name), group))
            throw AutoScalingError.Exists("AutoScalingGroup by this name already exists - A group with the name " + name + " already exists");
        await ChangeAsync(region, name, _ => Task.CompletedTask, cancellationToken);
    }

    /// <summary>Changes a group in its turn, and has it do what follows from that.</summary>
    /// <exception cref="Proxy.AwsError">There is no such group; or what the change throws.</exception>
    public Task ChangeAsync(string region, string name, Action<Group> change, CancellationToken cancellationToken) => ChangeAsync(region, name, group =>
    {
        change(group);
        return Task.CompletedTask;
    }, cancellationToken);

    /// <inheritdoc cref="ChangeAsync(string, string, Action{Group}, CancellationToken)"/>
    public async Task ChangeAsync(string region, string name, Func<Group, Task> change, CancellationToken cancellationToken)
    {
        var group = Find(region, name) ?? throw AutoScalingError.NoGroup(name);
        await group.Turn.WaitAsync(cancellationToken);
        try
        {
            if (group.IsDeleted)
                throw AutoScalingError.NoGroup(name);
            await change(group);
            if (group.IsDeleted)
                _groups.TryRemove((region, name), out _);
            else
                await WorkAsync(group, cancellationToken);
        }
        finally
        {
            group.Turn.Release();
        }
        Wake();
    }

    public async ValueTask DisposeAsync()
    {
        // Hosts end after this.
        Targets.Changed = Fleet.Changed = null;
        await _end.CancelAsync();
        await _loop;
        foreach (var group in _groups.Values)
            group.Dispose();
        _wake.Dispose();
        _end.Dispose();
    }

    private async Task WorkAsync(Group group, CancellationToken cancellationToken)
    {
        group.SeenAt = Time.GetUtcNow();
        bool moved;
        do
        {
            moved = await Refresher.StepAsync(group, cancellationToken);
            await Worker.PassAsync(group, cancellationToken);
        }
        while (moved);
    }

    private void Wake()
    {
        try
        {
            _wake.Release();
        }
        catch (SemaphoreFullException)
        {
            // It is to wake already.
        }
    }

    private async Task LoopAsync()
    {
        while (!_end.IsCancellationRequested)
        {
            try
            {
                await WaitAsync();
                foreach (var group in _groups.Values)
                    await FollowAsync(group);
            }
            catch (OperationCanceledException) when (_end.IsCancellationRequested)
            {
                return;
            }
        }
    }

    private async Task FollowAsync(Group group)
    {
        await group.Turn.WaitAsync(_end.Token);
        try
        {
            if (!group.IsDeleted)
                await WorkAsync(group, _end.Token);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // moto is busy or gone, or there is a defect: other groups must go on.
            _log.Write($"group {group.Name}: {(e is CumulusException or HttpRequestException ? e.Message : e)}");
            group.RetryAt ??= Time.GetUtcNow() + RetryPause;
        }
        finally
        {
            group.Turn.Release();
        }
    }

    private async Task WaitAsync()
    {
        var due = _groups.Values.SelectMany(group => new[] { GroupWorker.NextDue(group), RefreshWorker.NextDue(group) }).Min();
        if (due is null)
        {
            await _wake.WaitAsync(_end.Token);
            return;
        }
        using var both = CancellationTokenSource.CreateLinkedTokenSource(_end.Token);
        var wait = due.Value - Time.GetUtcNow();
        var delay = Task.Delay(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, Time, both.Token);
        // The clock may have been stepped between the two.
        if (due <= Time.GetUtcNow())
            return;
        var woken = _wake.WaitAsync(both.Token);
        await Task.WhenAny(delay, woken);
        await both.CancelAsync();
        await Task.WhenAny(woken);
        _end.Token.ThrowIfCancellationRequested();
    }
}
