using System.Collections.Concurrent;
using System.Globalization;
using Cumulus.Engine;
using Cumulus.LocalCloud.CloudFormation.Resources;
using Cumulus.LocalCloud.Fleet;
using Cumulus.LocalCloud.Moto;

namespace Cumulus.LocalCloud.LoadBalancing;

/// <summary>
/// Knows the targets of all load balancers and asks each host how it is. Hosts live in real time, so checks do too, and more often than groups say; what is
/// told by durations (the deregistration delay) goes by the cloud's clock.
/// </summary>
internal sealed class TargetMonitor : IAsyncDisposable
{
    /// <summary>Of the classic load balancers, which tell their own instances: their keys begin with this.</summary>
    private const string Classic = "classic:";

    private static readonly TimeSpan Round = TimeSpan.FromMilliseconds(200);

    /// <summary>A healthy target is asked each this many rounds.</summary>
    private const int HealthyRounds = 5;

    private readonly ConcurrentDictionary<TargetKey, Target> _targets = new();
    private readonly ConcurrentDictionary<string, bool> _classicRegions = new();
    private readonly CancellationTokenSource _end = new();
    private readonly SemaphoreSlim _wake = new(0);
    private readonly MotoClient _moto;
    private readonly HostFleet _fleet;
    private readonly HealthProbe _probe;
    private readonly TimeProvider _time;
    private readonly CloudLog _log;
    private readonly Task _loop;

    public TargetMonitor(MotoClient moto, HostFleet fleet, IHostFaults faults, TimeProvider time, CloudLog log)
    {
        (_moto, _fleet, _time, _log) = (moto, fleet, time, log);
        Groups = new TargetGroups(moto);
        _probe = new HealthProbe(faults);
        _loop = LoopAsync();
    }

    public TargetGroups Groups { get; }

    /// <summary>Called when the health of a target has changed.</summary>
    public Action? Changed { get; set; }

    /// <summary>Targets of one group, those that are draining too.</summary>
    public IReadOnlyList<Target> Of(string region, string arn)
    {
        foreach (var (key, target) in _targets)
        {
            if (target.DrainedAt <= _time.GetUtcNow())
                _targets.TryRemove(key, out _);
        }
        return [.. _targets.Values.Where(target => target.Key.Region == region && target.Key.Group == arn).OrderBy(target => target.Key.Id, StringComparer.Ordinal).ThenBy(target => target.Key.Port)];
    }

    public IReadOnlyList<Target> OfClassic(string region, string name) => Of(region, Classic + name);

    /// <summary>Registers an instance with all these.</summary>
    /// <exception cref="MotoException">One of them does not exist.</exception>
    public async Task RegisterAsync(string region, IEnumerable<string> groups, IEnumerable<string> balancers, string instanceId, CancellationToken cancellationToken)
    {
        foreach (var arn in groups)
        {
            await _moto.CallAsync("elasticloadbalancing", region, "RegisterTargets", [("TargetGroupArn", arn), ("Targets.member.1.Id", instanceId)], cancellationToken);
            Add(region, arn, instanceId, 0);
        }
        foreach (var name in balancers)
        {
            await _moto.CallAsync("elb", region, "RegisterInstancesWithLoadBalancer", [("LoadBalancerName", name), ("Instances.member.1.InstanceId", instanceId)], cancellationToken);
            WatchClassic(region);
        }
    }

    /// <summary>Takes an instance out of all these; where it is not, or what is gone, is passed over.</summary>
    public async Task DeregisterAsync(string region, IEnumerable<string> groups, IEnumerable<string> balancers, string instanceId, CancellationToken cancellationToken)
    {
        foreach (var arn in groups)
        {
            await PassOverAsync(_moto.CallAsync("elasticloadbalancing", region, "DeregisterTargets", [("TargetGroupArn", arn), ("Targets.member.1.Id", instanceId)], cancellationToken));
            await DrainAsync(region, arn, instanceId, null, cancellationToken);
        }
        foreach (var name in balancers)
        {
            await PassOverAsync(_moto.CallAsync("elb", region, "DeregisterInstancesFromLoadBalancer", [("LoadBalancerName", name), ("Instances.member.1.InstanceId", instanceId)], cancellationToken));
            _targets.TryRemove(new TargetKey(region, Classic + name, instanceId, 0), out _);
        }
    }

    /// <summary>A target that is known already is registered anew only when it was draining.</summary>
    public void Add(string region, string arn, string id, int port)
    {
        var key = new TargetKey(region, arn, id, port);
        _targets.AddOrUpdate(key, _ => new Target(key, _time.GetUtcNow()), (_, old) => old.DrainedAt is null ? old : new Target(key, _time.GetUtcNow()));
        _wake.Release();
    }

    /// <param name="port">Null: at all ports.</param>
    public async Task DrainAsync(string region, string arn, string id, int? port, CancellationToken cancellationToken)
    {
        var mine = Of(region, arn).Where(target => target.Key.Id == id && (port is null || target.Key.Port == port) && target.DrainedAt is null).ToList();
        if (mine.Count == 0)
            return;
        TimeSpan delay;
        try
        {
            delay = await Groups.DrainTimeAsync(region, arn, cancellationToken);
        }
        catch (MotoException e) when (e.IsNotFound)
        {
            delay = TimeSpan.Zero;
        }
        foreach (var target in mine)
            _targets[target.Key] = target with { DrainedAt = _time.GetUtcNow() + delay };
    }

    public void WatchClassic(string region)
    {
        _classicRegions[region] = true;
        _wake.Release();
    }

    /// <summary>Whether one of these finds that the instance is not well; one that is unused finds nothing.</summary>
    public bool IsUnhealthy(string region, IReadOnlyList<string> groups, IReadOnlyList<string> balancers, string instanceId) => _targets.Values.Any(target =>
        target.Key.Region == region && target.Key.Id == instanceId && target.State == "unhealthy" && target.DrainedAt is null &&
        (groups.Contains(target.Key.Group) || balancers.Any(name => target.Key.Group == Classic + name)));

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _loop;
        _probe.Dispose();
        _wake.Dispose();
        _end.Dispose();
    }

    private async Task LoopAsync()
    {
        for (var round = 0; !_end.IsCancellationRequested; round++)
        {
            try
            {
                var isIdle = _targets.IsEmpty && _classicRegions.IsEmpty;
                await _wake.WaitAsync(isIdle ? Timeout.InfiniteTimeSpan : Round, _end.Token);
                await FollowClassicAsync();
                await CheckAsync(round);
            }
            catch (OperationCanceledException) when (_end.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (e is CumulusException or HttpRequestException)
            {
                // moto is busy or gone; the next round may do better.
                _log.Write($"health checks: {e.Message}");
            }
        }
    }

    /// <summary>Classic load balancers have their instances in moto alone.</summary>
    private async Task FollowClassicAsync()
    {
        foreach (var region in _classicRegions.Keys)
        {
            var keys = new HashSet<TargetKey>();
            foreach (var (name, (_, instances)) in await Groups.ReadClassicAsync(region, _end.Token))
                keys.UnionWith(instances.Select(id => new TargetKey(region, Classic + name, id, 0)));
            foreach (var key in keys.Where(key => !_targets.ContainsKey(key)))
                _targets[key] = new Target(key, _time.GetUtcNow());
            foreach (var key in _targets.Keys.Where(key => key.Region == region && key.Group.StartsWith(Classic, StringComparison.Ordinal) && !keys.Contains(key)))
                _targets.TryRemove(key, out _);
            if (keys.Count == 0)
                _classicRegions.TryRemove(region, out _);
        }
    }

    private async Task CheckAsync(int round)
    {
        var due = _targets.Values.Where(target => target.DrainedAt is null && (target.State != "healthy" || round % HealthyRounds == 0)).ToList();
        foreach (var region in due.GroupBy(target => target.Key.Region))
        {
            var groups = await Groups.ReadAsync(region.Key, _end.Token);
            var classic = _classicRegions.ContainsKey(region.Key) ? await Groups.ReadClassicAsync(region.Key, _end.Token) : null;
            await Parallel.ForEachAsync(region, _end.Token, async (target, stop) =>
            {
                var group = target.Key.Group.StartsWith(Classic, StringComparison.Ordinal)
                    ? classic?.GetValueOrDefault(target.Key.Group[Classic.Length..]).Group
                    : groups.GetValueOrDefault(target.Key.Group);
                if (group is null)
                    _targets.TryRemove(target.Key, out _);
                else if (group is { Check: { } check, IsInUse: true })
                    await CheckAsync(target, group, check, stop);
            });
        }
    }

    private async Task CheckAsync(Target target, TargetGroup group, HealthCheck check, CancellationToken cancellationToken)
    {
        if (FindHost(target.Key.Id) is not { } host)
            return;
        var name = target.Key.Group.StartsWith(Classic, StringComparison.Ordinal) ? target.Key.Group[Classic.Length..] : target.Key.Group;
        var result = await _probe.RunAsync(host, target.Key.Port == 0 ? group.Port : target.Key.Port, check, name, cancellationToken);
        var hasTime = host.State == LocalCloudHostState.Booting && _time.GetUtcNow() < target.RegisteredAt + (check.Interval * check.UnhealthyThreshold);
        var after = target.After(result, check, hasTime);
        // It may have been deregistered meanwhile.
        if (_targets.TryUpdate(target.Key, after, target) && after.State != target.State)
        {
            _log.Write(string.Create(CultureInfo.InvariantCulture, $"{target.Key.Id} is {after.State} in {group.Name}{(after.Description is null ? "" : $": {after.Description}")}"));
            Changed?.Invoke();
        }
    }

    /// <summary>Targets are instances, or addresses of hosts.</summary>
    private Host? FindHost(string id) => _fleet.Find(id) ?? _fleet.Hosts.FirstOrDefault(host => host.Address == id);

    private static async Task PassOverAsync(Task call)
    {
        try
        {
            await call;
        }
        catch (MotoException)
        {
            // Not registered (any more), or the group is gone: that is what was wanted.
        }
    }
}
