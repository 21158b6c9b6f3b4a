using System.Management.Automation;
using Cumulus.Engine;
using Cumulus.Engine.Aws;
using Cumulus.Engine.Configuration;
using Cumulus.Engine.Hosts;
using Cumulus.Engine.Hosts.Service;
using Cumulus.Engine.State;

namespace Cumulus.PowerShell;

/// <summary>What the handler of a host does around an install: follows, takes turns, logs, reports, signals.</summary>
public abstract class HandlerCmdlet : AwsCmdlet
{
    private HandlerLog? _log;
    private SecretRedaction _redaction = SecretRedaction.For(null);

    /// <summary>Install the version that the environment was deployed with last, if that was after metadata.conf was written; the version is then saved there.</summary>
    [Parameter(ParameterSetName = "Bucket")]
    public SwitchParameter Follow { get; set; }

    /// <summary>Follow, and go on looking until stopped; errors are written, and the next look comes later.</summary>
    [Parameter(ParameterSetName = "Bucket")]
    public SwitchParameter Watch { get; set; }

    /// <summary>Seconds between two looks of -Watch; each pause is up to a quarter shorter or longer.</summary>
    [Parameter(ParameterSetName = "Bucket")]
    [ValidateRange(5, 86400)]
    public int IntervalSec { get; set; } = 60;

    /// <summary>Seconds after which -Watch begins no other look. Default: 0, it goes on until it is stopped.</summary>
    [Parameter(ParameterSetName = "Bucket")]
    [ValidateRange(0, 31536000)]
    public int WatchTimeoutSec { get; set; }

    /// <summary>A change of version waits for a random time up to so many seconds, so that a fleet does not move at once.</summary>
    [Parameter(ParameterSetName = "Bucket")]
    [ValidateRange(0, 86400)]
    public int Spread { get; set; }

    /// <summary>How many hosts of the environment install at the same time. Default: 0, any number.</summary>
    [Parameter(ParameterSetName = "Bucket")]
    [ValidateRange(0, 1000)]
    public int MaxConcurrent { get; set; }

    /// <summary>Limit of the wait for a turn of -MaxConcurrent, in seconds.</summary>
    [Parameter(ParameterSetName = "Bucket")]
    [ValidateRange(1, 86400)]
    public int TurnTimeoutSec { get; set; } = 3600;

    /// <summary>Leave no report in the bucket.</summary>
    [Parameter(ParameterSetName = "Bucket")]
    public SwitchParameter NoReport { get; set; }

    /// <summary>Stack, by name or id, whose resource -SignalResource gets SUCCESS or FAILURE.</summary>
    [Parameter(ParameterSetName = "Bucket")]
    public string? SignalStack { get; set; }

    /// <summary>Logical id of the resource that waits for the signal.</summary>
    [Parameter(ParameterSetName = "Bucket")]
    public string? SignalResource { get; set; }

    /// <summary>Auto scaling group whose -LifecycleHook gets CONTINUE or ABANDON.</summary>
    [Parameter(ParameterSetName = "Bucket")]
    public string? LifecycleGroup { get; set; }

    /// <summary>Lifecycle hook that waits.</summary>
    [Parameter(ParameterSetName = "Bucket")]
    public string? LifecycleHook { get; set; }

    /// <summary>Log file. Default: the handler's own, if it can be written; none where the output goes to systemd's journal.</summary>
    [Parameter]
    public string? LogPath { get; set; }

    private HostSignals Signals => new() { Stack = SignalStack, Resource = SignalResource, Group = LifecycleGroup, LifecycleHook = LifecycleHook };

    /// <exception cref="CumulusException"><see cref="ErrorIds.SignalIncomplete"/></exception>
    protected override Task BeginAsync(CancellationToken stop)
    {
        Signals.Require();
        return Task.CompletedTask;
    }

    /// <summary>To the verbose stream and to the log. Both may be read by others, the first as systemd's journal.</summary>
    protected void Tell(string line)
    {
        WriteVerbose(_redaction.Clean(line));
        _log?.Write(line);
    }

    /// <summary>To the warning stream and to the log.</summary>
    protected void Warn(string line)
    {
        WriteWarning(_redaction.Clean(line));
        _log?.Write($"Warning: {line}");
    }

    /// <summary>Begins the log; not under -WhatIf.</summary>
    private protected void OpenLog(HostPaths paths)
    {
        if (Host.IsSwitchOn("WhatIf")) return;
        if (LogPath is null && Journal.HasThisProcess)
        {
            WriteVerbose("The output goes to the journal; no log file is written.");
            return;
        }

        Action<string> unwritable = LogPath is null ? WriteVerbose : WriteWarning;
        _log = new HandlerLog(LogPath is null ? paths.LogFile : ResolvePath(LogPath), TimeProvider.System, unwritable);
    }

    /// <summary>One run: in turn, with report and signals.</summary>
    private protected Task<IReadOnlyList<InstalledBundle>> RunAsync(AwsGateways aws, InstanceMetadata instance, string bucket, StaticKeys? keys, InstallRequest request, CancellationToken stop)
    {
        var options = new HandlerOptions
        {
            Spread = TimeSpan.FromSeconds(Spread),
            MaximumConcurrent = MaxConcurrent == 0 ? null : MaxConcurrent,
            TurnLimit = TimeSpan.FromSeconds(TurnTimeoutSec),
            Report = !IsSet(NoReport),
            Signals = Signals,
        };
        var host = new HandlerSurroundings(System.Environment.MachineName, instance.InstanceIdAsync, new BucketStateStore(aws.Objects, bucket), aws.Signals);
        _redaction = SecretRedaction.For(keys);
        if (_log is not null) _log.Redaction = _redaction;
        return new BundleHandler(new BundleInstaller(aws.Objects), options, host, _redaction, Warn).RunAsync(request, stop);
    }

    /// <summary>Installs what the finder finds: once, or until stopped.</summary>
    /// <param name="install">False: it was not to be.</param>
    private protected async Task FollowAsync(Func<CancellationToken, Task<HandlerTarget?>> find, Func<HandlerTarget, CancellationToken, Task<bool>> install, CancellationToken stop)
    {
        using var declined = CancellationTokenSource.CreateLinkedTokenSource(stop);
        async Task<HandlerTarget?> LookAsync(CancellationToken cancellationToken)
        {
            HandlerTarget? target = await find(cancellationToken);
            if (target is null) Tell("No version of the environment has been deployed yet.");
            return target;
        }

        async Task InstallAsync(HandlerTarget target, CancellationToken cancellationToken)
        {
            if (!await install(target, cancellationToken)) await declined.CancelAsync();
        }

        if (!IsSet(Watch))
        {
            if (await LookAsync(stop) is { } target) await InstallAsync(target, stop);
            return;
        }

        var pace = new FollowPace(TimeSpan.FromSeconds(IntervalSec), WatchTimeoutSec == 0 ? null : TimeSpan.FromSeconds(WatchTimeoutSec));
        try
        {
            await new VersionFollower(pace, TimeProvider.System, Random.Shared).RunAsync(LookAsync, InstallAsync, Failed, declined.Token);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested && declined.IsCancellationRequested)
        {
            // -WhatIf, or No to -Confirm: there is nothing to go on with.
        }
    }

    private void Failed(Exception failure, TimeSpan pause)
    {
        WriteFailure(failure);
        Tell($"Error: {failure.Message} The next look is in {pause.TotalSeconds:0} s.");
    }
}
