using System.Collections.Concurrent;
using System.Threading.Channels;
using Cumulus.Engine;
using Cumulus.LocalCloud.Moto;

namespace Cumulus.LocalCloud.Fleet;

/// <summary>
/// Keeps the hosts equal to the instances: what moto says is running lives here, what it says is gone dies here. It looks after
/// every call that may have changed instances, and now and then by itself.
/// </summary>
internal sealed class HostFleet : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, Host> _hosts = new();
    private readonly ConcurrentDictionary<string, bool> _regions = new();
    private readonly ConcurrentDictionary<Task, bool> _running = new();
    private readonly Channel<bool> _signals = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    private readonly SemaphoreSlim _turn = new(1);
    private readonly CancellationTokenSource _end = new();
    private readonly MotoInventory _moto;
    private readonly SandboxFactory _sandboxes;
    private readonly CloudFolder _folder;
    private readonly CloudLog _log;
    private readonly TimeProvider _time;
    private readonly IHostFaults _faults;
    private readonly ConcurrentDictionary<string, bool> _dying = new();
    private readonly LoopbackAddresses _addresses = new(OperatingSystem.IsLinux(), Environment.ProcessId);
    private readonly ImageFolders _images;
    private readonly MetadataService? _metadata;
    private readonly Task _loop;

    /// <param name="metadata">Null where hosts have no addresses of their own.</param>
    public HostFleet(MotoInventory moto, SandboxFactory sandboxes, CloudFolder folder, ImageFolders images, MetadataService? metadata, IHostFaults faults, LocalCloudOptions options, CloudLog log, TimeProvider time)
    {
        (_moto, _sandboxes, _folder, _log, _time) = (moto, sandboxes, folder, log, time);
        (_images, _metadata, _faults) = (images, metadata, faults);
        _regions[options.Region] = true;
        _loop = LoopAsync(options.ReconcileInterval);
    }

    /// <summary>Called when a host has been made or has ended.</summary>
    public Action? Changed { get; set; }

    public IReadOnlyList<Host> Hosts => [.. _hosts.Values];

    public Host? Find(string instanceId) => _hosts.GetValueOrDefault(instanceId);

    /// <summary>Instances of this region may have changed.</summary>
    public void Signal(string region)
    {
        _regions[region] = true;
        _signals.Writer.TryWrite(true);
    }

    /// <summary>Makes the hosts equal to the instances now.</summary>
    public async Task ReconcileAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            foreach (var region in _regions.Keys)
                await ReconcileAsync(region, cancellationToken);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Ends the processes of hosts and boots them again, at the same address with the same files.</summary>
    public async Task RebootAsync(IEnumerable<string> instanceIds, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            foreach (var host in instanceIds.Select(Find).OfType<Host>().Where(host => host.State is LocalCloudHostState.Booting or LocalCloudHostState.Running))
            {
                await host.EndAsync(LocalCloudHostState.Stopped);
                await BootAsync(host.Instance with { Tags = host.Tags }, host, cancellationToken);
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _loop;
        await _turn.WaitAsync();
        Changed = null;
        await Task.WhenAll(_hosts.Values.Select(host => host.EndAsync(LocalCloudHostState.Terminated)));
        await Task.WhenAll(_running.Keys);
        if (_metadata is not null)
            await _metadata.DisposeAsync();
        foreach (var host in _hosts.Values)
            host.Dispose();
        _end.Dispose();
    }

    private async Task LoopAsync(TimeSpan interval)
    {
        while (!_end.IsCancellationRequested)
        {
            try
            {
                await ReconcileAsync(_end.Token);
                await WaitAsync(interval);
            }
            catch (OperationCanceledException) when (_end.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (e is CumulusException or HttpRequestException or IOException)
            {
                // The next round may do better; a moto that has ended stops the whole cloud elsewhere.
                _log.Write($"fleet: {e.Message}");
                await Task.WhenAny(Task.Delay(interval, _end.Token));
            }
        }
    }

    private async Task WaitAsync(TimeSpan interval)
    {
        using var both = CancellationTokenSource.CreateLinkedTokenSource(_end.Token);
        // Instances come and go in real time, whatever the cloud's clock says.
        var delay = Task.Delay(interval, both.Token);
        await Task.WhenAny(delay, _signals.Reader.WaitToReadAsync(both.Token).AsTask());
        await both.CancelAsync();
        _end.Token.ThrowIfCancellationRequested();
        _signals.Reader.TryRead(out _);
    }

    private async Task ReconcileAsync(string region, CancellationToken cancellationToken)
    {
        var instances = await _moto.InstancesAsync(region, cancellationToken);
        foreach (var instance in instances)
            await FollowAsync(instance, cancellationToken);
        // What moto no longer knows at all (it was reset) is gone too.
        var known = instances.Select(instance => instance.Id).ToHashSet();
        foreach (var host in _hosts.Values.Where(host => host.Region == region && !known.Contains(host.Id)))
            await EndAsync(host, LocalCloudHostState.Terminated);
    }

    private async Task FollowAsync(Instance instance, CancellationToken cancellationToken)
    {
        var host = Find(instance.Id);
        if (host is not null)
            host.Tags = instance.Tags;
        switch (instance.State)
        {
            case "running":
                if (host is null or { State: LocalCloudHostState.Stopped })
                    await BootAsync(instance, host, cancellationToken);
                MeetDeath(instance);
                break;
            case "stopping" or "stopped" when host is not null:
                await EndAsync(host, LocalCloudHostState.Stopped);
                break;
            case "shutting-down" or "terminated" when host is not null:
                await EndAsync(host, LocalCloudHostState.Terminated);
                break;
        }
    }

    /// <param name="before">The host that the instance was until it was stopped.</param>
    private async Task BootAsync(Instance instance, Host? before, CancellationToken cancellationToken)
    {
        var userData = UserData.Parse(await _moto.UserDataAsync(instance, cancellationToken));
        var folder = new HostFolder(Path.Combine(_folder.Hosts, instance.Id));
        var address = before?.Address ?? _addresses.Next();
        var refused = _sandboxes.Isolation == HostIsolation.Refused;
        var sandbox = refused ? null : _sandboxes.Create(instance.Id, instance.Region, address, _metadata?.EndpointAt(address), folder);
        var host = new Host(instance, folder, address, sandbox, refused ? _sandboxes.Note : null, _faults, _time.GetUtcNow());
        _hosts[instance.Id] = host;
        before?.Dispose();
        _metadata?.Serve(host);
        Changed?.Invoke();
        if (_faults.NeverBoots(host))
        {
            _log.Write($"{instance.Id} never boots: a fault");
            return;
        }
        _log.Write($"{instance.Id} boots at {address}");
        _ = Track(Task.Run(() => host.BootAsync(userData, isFirst: before is null, before is null ? _images.Find(instance.ImageId) : null), CancellationToken.None)).ContinueWith(done =>
        {
            var seen = host.Describe();
            _log.Write($"{host.Id} {(done.Exception is { } e ? $"failed: {e.InnerException}" : $"is {seen.State}, user data ended with {seen.BootExitCode?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "nothing"}")}");
        }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    /// <summary>Has a host die at its time when it is to.</summary>
    private void MeetDeath(Instance instance)
    {
        if (Find(instance.Id) is { } host && _faults.DiesAfter(host) is { } delay && _dying.TryAdd(host.Id, true))
            Track(Task.Run(() => DieAsync(instance, delay), CancellationToken.None));
    }

    private async Task DieAsync(Instance instance, TimeSpan delay)
    {
        try
        {
            await Task.Delay(delay, _time, _end.Token);
            _log.Write($"{instance.Id} dies: a fault");
            await _moto.StopAsync(instance, _end.Token);
            Signal(instance.Region);
        }
        catch (OperationCanceledException) when (_end.IsCancellationRequested)
        {
        }
        catch (Exception e) when (e is CumulusException or HttpRequestException)
        {
            // It was terminated meanwhile.
            _log.Write($"{instance.Id} could not be stopped: {e.Message}");
        }
    }

    private Task Track(Task task)
    {
        _running[task] = true;
        _ = task.ContinueWith(done => _running.TryRemove(done, out _), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        return task;
    }

    private async Task EndAsync(Host host, LocalCloudHostState state)
    {
        if (host.State == state)
            return;
        await host.EndAsync(state);
        _log.Write($"{host.Id} is {state}");
        Changed?.Invoke();
    }
}
