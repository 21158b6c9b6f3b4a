using System.Diagnostics;
using System.Runtime.InteropServices;
using Cumulus.Engine;
using Cumulus.LocalCloud.AutoScaling;
using Cumulus.LocalCloud.AutoScaling.Api;
using Cumulus.LocalCloud.Calls;
using Cumulus.LocalCloud.CloudFormation.Api;
using Cumulus.LocalCloud.CloudFormation.Stacks;
using Cumulus.LocalCloud.Ec2;
using Cumulus.LocalCloud.Faults;
using Cumulus.LocalCloud.Fleet;
using Cumulus.LocalCloud.LoadBalancing;
using Cumulus.LocalCloud.Messaging;
using Cumulus.LocalCloud.Moto;
using Cumulus.LocalCloud.Proxy;
using Cumulus.LocalCloud.Signing;
using Cumulus.LocalCloud.Ssm;

namespace Cumulus.LocalCloud;

/// <summary>
/// A local AWS to try out, to rehearse and to test against: moto behind a proxy that adds what moto lacks, and a fleet of hosts on
/// which user data and Run Command are really executed. It lives in this process until it is disposed, listens on
/// 127.0.0.1 only, and takes only the credentials that it hands out.
/// </summary>
public sealed class LocalCloudServer : IAsyncDisposable
{
    private readonly LocalCloudOptions _options;
    private readonly CloudFolder _folder;
    private readonly TaskCompletionSource _stop = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<PosixSignalRegistration> _signals = [];
    // Disposed from the last to the first.
    private readonly Stack<object> _parts = new();
    private readonly FaultSchedule _faults = new();
    private readonly long _start = Stopwatch.GetTimestamp();
    private ProxyServer? _proxy;
    private bool _keep;
    private bool _failed;
    private MotoProcess? _moto;
    private HostFleet? _fleet;
    private StackEngine? _stacks;
    private CallJournal? _journal;
    private AutoScalingEngine? _autoScaling;

    private LocalCloudServer(LocalCloudOptions options)
    {
        _options = options;
        _keep = options.Keep;
        _folder = new CloudFolder(options.Path);
        Info = new LocalCloudInfo
        {
            Endpoint = "",
            Region = options.Region,
            AccessKeyId = "",
            SecretAccessKey = "",
            Path = _folder.Path,
            ProcessId = Environment.ProcessId,
            StartedAt = StateFile.ProcessStart(Environment.ProcessId) ?? throw new InvalidOperationException("This process has no start time."),
            Isolation = HostIsolation.Refused,
            Keep = options.Keep,
        };
    }

    public LocalCloudInfo Info { get; private set; }

    /// <summary>Starts everything; when this returns, calls are answered.</summary>
    /// <exception cref="CumulusException">
    /// <c>LocalCloudUnavailable</c> (moto is missing or does not start), <c>LocalCloudAlreadyRunning</c>, <c>LocalCloudPathNotEmpty</c>,
    /// <c>AwsRequestFailed</c> (a bucket's name is none), or kind Timeout after <see cref="LocalCloudOptions.StartLimit"/>. The logs stay
    /// in the folder.
    /// </exception>
    public static async Task<LocalCloudServer> StartAsync(LocalCloudOptions options, CancellationToken cancellationToken)
    {
        // Before anything is written.
        MotoProcess.Locate(options.MotoServer);
        var server = new LocalCloudServer(options);
        server._folder.Prepare();
        server.Keep(server._folder.Take());
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(options.StartLimit);
        try
        {
            await server.StartPartsAsync(limit.Token);
            return server;
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            var late = new CumulusException(ErrorIds.LocalCloudUnavailable, FailureKind.Timeout,
                $"The local cloud was not ready within {options.StartLimit.TotalSeconds} s.", e)
            {
                Target = options.Path,
                Advice = $"See {server._folder.Log}.",
            };
            await server.GiveUpAsync(late);
            throw late;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            await server.GiveUpAsync(e);
            throw;
        }
        catch (OperationCanceledException)
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits until somebody asks the cloud to stop (<see cref="LocalCloudLauncher.StopAsync"/>, SIGTERM, SIGHUP).</summary>
    /// <exception cref="CumulusException"><c>LocalCloudUnavailable</c>: moto has ended by itself. The logs stay in the folder.</exception>
    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        var first = await Task.WhenAny(_stop.Task, _moto!.Ended).WaitAsync(cancellationToken);
        if (first == _stop.Task)
            return;
        var end = new CumulusException(ErrorIds.LocalCloudUnavailable, FailureKind.Unavailable, $"moto_server has ended: {_moto.LastLine}")
        {
            Target = "moto_server",
            Advice = $"See {_folder.MotoLog}; start the local cloud again.",
        };
        _failed = true;
        using (var log = new CloudLog(_folder.Log, _options.Clock))
            log.WriteEnd(end);
        throw end;
    }

    /// <summary>The hosts as they are now.</summary>
    public async Task<IReadOnlyList<LocalCloudHost>> GetHostsAsync(CancellationToken cancellationToken)
    {
        await _fleet!.ReconcileAsync(cancellationToken);
        return [.. _fleet.Hosts.Select(host => host.Describe()).OrderBy(host => host.InstanceId, StringComparer.Ordinal)];
    }

    /// <summary>How the cloud stands; without its credentials.</summary>
    public async Task<LocalCloudStatus> GetStatusAsync(CancellationToken cancellationToken)
    {
        var hosts = await GetHostsAsync(cancellationToken);
        var (counts, stacks) = (_journal!.Counts, _stacks!.All);
        using var process = Process.GetCurrentProcess();
        return new LocalCloudStatus
        {
            Endpoint = Info.Endpoint,
            Region = Info.Region,
            Path = Info.Path,
            ProcessId = Info.ProcessId,
            StartedAt = Info.StartedAt,
            Uptime = Stopwatch.GetElapsedTime(_start),
            Now = _options.Clock.GetUtcNow(),
            ClockAhead = (_options.Clock as LocalCloudClock)?.Ahead ?? TimeSpan.Zero,
            Stacks = stacks.Count(stack => !stack.IsDeleted),
            BusyStacks = stacks.Count(stack => stack.IsBusy),
            BusyGroups = _autoScaling!.BusyGroups,
            Hosts = hosts.Count(host => host.IsAlive),
            Calls = counts.Sum(count => count.Count),
            Errors = counts.Sum(count => count.Errors),
            Faults = _faults.All.Count,
            FaultsFired = _faults.Fired,
            MemoryBytes = process.WorkingSet64,
            Operations = counts,
        };
    }

    /// <summary>Calls that clients made, oldest first; of the very many only the newest.</summary>
    public IReadOnlyList<LocalCloudCall> GetCalls(LocalCloudCallQuery? query = null) => _journal!.Find(query ?? new LocalCloudCallQuery());

    /// <summary>Makes calls, resources or instances fail from now on.</summary>
    /// <returns>The fault with its id.</returns>
    /// <exception cref="CumulusException"><c>LocalCloudFaultInvalid</c></exception>
    public LocalCloudFault SetFault(LocalCloudFault fault)
    {
        var set = _faults.Set(fault);
        // Hosts that live meet it now.
        _fleet!.Signal(_options.Region);
        return set;
    }

    /// <summary>The faults that are set, with how often each has happened.</summary>
    public IReadOnlyList<LocalCloudFault> GetFaults() => _faults.All;

    /// <param name="id">Wildcards are fine.</param>
    /// <returns>Those that are no longer set.</returns>
    public IReadOnlyList<LocalCloudFault> RemoveFaults(string id = "*") => _faults.Remove(id);

    /// <summary>Makes time pass for everything in the cloud, so that who waits by its clock wakes.</summary>
    /// <exception cref="CumulusException"><c>LocalCloudClockInvalid</c>: the time is negative, or the options gave another clock.</exception>
    public Task StepClockAsync(TimeSpan time, CancellationToken cancellationToken) => (_options.Clock, time >= TimeSpan.Zero) switch
    {
        (LocalCloudClock clock, true) => clock.StepAsync(time, cancellationToken),
        (_, false) => throw ClockInvalid("A clock is stepped forward only."),
        _ => throw ClockInvalid("This cloud was started with a clock of its own."),
    };

    /// <summary>Ends hosts, proxy and moto, and removes the folder (or, when it is to be kept, the credentials in it).</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var signal in _signals)
            signal.Dispose();
        _signals.Clear();
        if (_proxy is not null)
            await _proxy.DisposeAsync();
        _proxy = null;
        while (_parts.TryPop(out var part))
        {
            if (part is IAsyncDisposable asynchronous)
                await asynchronous.DisposeAsync();
            else
                ((IDisposable)part).Dispose();
        }
        if (_keep)
            _folder.RemoveCredentials();
        else if (_failed)
            _folder.RemoveAllButLogs();
        else
            _folder.Remove();
    }

    /// <summary>Ends what was started, and leaves the logs with the cause.</summary>
    private async Task GiveUpAsync(Exception cause)
    {
        _failed = true;
        try
        {
            using var log = new CloudLog(_folder.Log, TimeProvider.System);
            log.WriteCause(cause);
        }
        finally
        {
            await DisposeAsync();
        }
    }

    private async Task StartPartsAsync(CancellationToken cancellationToken)
    {
        var time = _options.Clock;
        var log = Keep(new CloudLog(_folder.Log, time));
        var journal = _journal = Keep(new CallJournal(_folder.Calls, _folder.FormerCalls, _options.KeptCalls));
        var credentials = Credentials.MakeUp();
        var proxy = _proxy = ProxyServer.Listen();
        Info = Info with { Endpoint = proxy.Endpoint, AccessKeyId = credentials.AccessKeyId, SecretAccessKey = credentials.SecretAccessKey };
        PrivateFiles.CreateFolder(_folder.Hosts);
        HostCommand.Write(_folder, _options.CumulusCommand);

        // moto takes most of the time; find out about isolation meanwhile.
        var starting = MotoProcess.StartAsync(_options.MotoServer, _folder.MotoLog, cancellationToken);
        var sandboxes = await SandboxFactory.CreateAsync(_options, _folder, SandboxFactory.BaseEnvironment(_folder, Info), cancellationToken);
        _moto = Keep(await starting);
        Info = Info with { Isolation = sandboxes.Isolation, IsolationNote = sandboxes.Note };

        var http = Keep(new HttpClient(new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            ActivityHeadersPropagator = null,
            // moto closes connections as it likes; a fresh one costs nothing here.
            PooledConnectionLifetime = TimeSpan.Zero,
        })
        { Timeout = Timeout.InfiniteTimeSpan });
        var client = new MotoClient(http, _moto.Address);
        foreach (var bucket in _options.Buckets)
            await client.CreateBucketAsync(bucket, _options.Region, cancellationToken);
        var faults = new HostFaults(_faults, time);
        var (inventory, folders) = (new MotoInventory(client), new ImageFolders(_folder));
        var facts = new InstanceFacts(inventory, credentials, time);
        // Elsewhere all hosts have one address, and nobody could tell who asks.
        var metadata = OperatingSystem.IsLinux() ? new MetadataService(ProxyServer.FreePort(), facts, faults, time, log) : null;
        _fleet = Keep(new HostFleet(inventory, sandboxes, _folder, folders, metadata, faults, _options, log, time));
        var targets = Keep(new TargetMonitor(client, _fleet, faults, time, log));
        var autoScaling = _autoScaling = Keep(new AutoScalingEngine(client, _fleet, targets, time, log));
        facts.TargetState = autoScaling.TargetState;
        var images = Keep(new ImageStates(folders, log));
        var played = new PlayedServices(
            new AutoScalingApi(autoScaling), new LoadBalancingApi(client, targets, _fleet), new Ec2Api(client, _fleet, folders, images),
            new MessagingApi(client, new Mailbox(_folder, time), time));
        var whole = new MotoClient(http, _moto.Address, played);
        var runCommand = Keep(new RunCommandService(_fleet, client, faults, log, time));
        _stacks = Keep(new StackEngine(whole, proxy.Endpoint, time, _options.StackPace, _faults, _fleet.Signal, log));
        var accepted = new CredentialStore(credentials);
        var router = new CallRouter(new Forwarder(http, _moto.Address), _fleet, new RunCommandApi(runCommand), played, new CloudFormationApi(_stacks, whole), accepted);
        var control = new ControlRequests(credentials, this, Stop);
        proxy.Serve(new RequestHandler(accepted, router, _faults, journal, new WaitHandles(_stacks), control, time, log));

        StopOnSignals();
        log.Write($"ready at {proxy.Endpoint}; hosts: {sandboxes.Isolation}{(sandboxes.Note is null ? "" : $" ({sandboxes.Note})")}");
        // Last: whoever waits for the cloud acts on this file at once, and may even kill the process.
        StateFile.Write(Info);
    }

    private void Stop(bool keep)
    {
        _keep |= keep;
        _stop.TrySetResult();
    }

    private static CumulusException ClockInvalid(string reason) => new(ErrorIds.LocalCloudClockInvalid, FailureKind.InvalidInput, reason);

    private void StopOnSignals()
    {
        foreach (var signal in new[] { PosixSignal.SIGTERM, PosixSignal.SIGHUP })
        {
            _signals.Add(PosixSignalRegistration.Create(signal, context =>
            {
                context.Cancel = true;
                _stop.TrySetResult();
            }));
        }
    }

    private T Keep<T>(T part)
        where T : notnull
    {
        _parts.Push(part);
        return part;
    }
}
