using Cumulus.Engine.Bundles;
using Cumulus.Engine.State;

namespace Cumulus.Engine.Hosts.Service;

/// <summary>One run of the handler on a host: waits for its turn, installs, reports and signals (D-40).</summary>
/// <param name="redaction">For what leaves the host.</param>
/// <param name="warn">Gets what did not go well beside the install.</param>
public sealed class BundleHandler(BundleInstaller installer, HandlerOptions options, HandlerSurroundings host, SecretRedaction redaction, Action<string> warn, TimeProvider? clock = null, Random? random = null)
{
    private const int LongestMessage = 2000;

    /// <summary>A host that died holds up others no longer than this.</summary>
    private static readonly TimeSpan TurnDuration = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan ReportLimit = TimeSpan.FromSeconds(20);

    private readonly TimeProvider _clock = clock ?? TimeProvider.System;
    private readonly Random _random = random ?? Random.Shared;

    /// <returns>As <see cref="BundleInstaller.InstallAsync"/>. That a report or a signal could not be sent is a warning.</returns>
    /// <exception cref="CumulusException">As <see cref="BundleInstaller.InstallAsync"/>; <see cref="ErrorIds.LeaseUnavailable"/>.</exception>
    public async Task<IReadOnlyList<InstalledBundle>> RunAsync(InstallRequest request, CancellationToken cancellationToken)
    {
        DateTimeOffset startedAt = _clock.GetUtcNow();
        long started = _clock.GetTimestamp();
        IReadOnlyDictionary<string, string> before = new Dictionary<string, string>();
        IReadOnlyList<InstalledBundle> installed;
        try
        {
            before = await InstalledState.ReadVersionsAsync(HostPaths.For(request.RootPath, OperatingSystem.IsWindows()), cancellationToken);
            installed = await InTurnAsync(request, before, cancellationToken);
        }
        catch (Exception e) when (e is CumulusException or IOException or UnauthorizedAccessException or OperationCanceledException)
        {
            await TellAsync(request, Run(e) with { Bundles = [.. request.Bundles.Select(b => new HostRunBundle(NameOf(b), before.GetValueOrDefault(NameOf(b)), b.Version))] });
            throw;
        }

        bool changed = installed.Any(b => b.State != InstallState.Unchanged);
        await TellAsync(request, Run(null) with
        {
            Outcome = changed ? HostRunOutcome.Committed : HostRunOutcome.Unchanged,
            Bundles = [.. installed.Select(b => new HostRunBundle(b.Name, b.From, b.Version))],
        });
        return installed;

        HostRun Run(Exception? failure) => new()
        {
            Version = request.Version,
            Outcome = failure is CumulusException { WasUndone: true } ? HostRunOutcome.Undone : HostRunOutcome.Failed,
            StartedAt = startedAt,
            EndedAt = _clock.GetUtcNow(),
            Seconds = Math.Round(_clock.GetElapsedTime(started).TotalSeconds, 3),
            Bundles = [],
            ErrorId = failure is null ? null : (failure as CumulusException)?.ErrorId ?? (failure is OperationCanceledException ? "Stopped" : ErrorIds.InstallFailed),
            Message = failure is null ? null : Shown(failure is OperationCanceledException ? "The run was stopped; what it had begun was taken back." : failure.Message),
            Tool = BundleBuilder.Tool,
        };
    }

    private async Task<IReadOnlyList<InstalledBundle>> InTurnAsync(InstallRequest request, IReadOnlyDictionary<string, string> versions, CancellationToken cancellationToken)
    {
        bool changes = request.Version is null || versions.Values.Any(v => v != request.Version) || request.Bundles.Any(b => !versions.ContainsKey(NameOf(b)));

        // The first install of a host takes no service away from anybody.
        if (changes && versions.Count > 0 && options.Spread > TimeSpan.Zero)
        {
            TimeSpan pause = options.Spread * _random.NextDouble();
            request.Log?.Invoke($"Version {request.Version} is installed in {pause.TotalSeconds:0} s.");
            await Task.Delay(pause, _clock, cancellationToken);
        }

        if (options.MaximumConcurrent is not { } maximum || host.State is null) return await installer.InstallAsync(request, cancellationToken);
        var slots = new LeaseSlots(new LeaseStore(host.State, _clock), $"installs/{request.Environment}", maximum, _clock, _random);
        string holder = $"{host.Name}, process {Environment.ProcessId}";
        await using Lease turn = await slots.TakeAsync(
            holder, TurnDuration, options.TurnLimit, who => request.Log?.Invoke($"Waiting for a turn: {maximum} at once may install, and {who} do."), warn, cancellationToken);

        // A turn that is lost meanwhile ends no install: half of one would do more harm than one too many.
        return await installer.InstallAsync(request, cancellationToken);
    }

    // Not the caller's token: after Ctrl+C the word has to get out all the same, in a short time.
    private async Task TellAsync(InstallRequest request, HostRun run)
    {
        request.Log?.Invoke($"{run.Outcome}: {string.Join(", ", run.Bundles.Select(b => $"{b.Name} {b.From ?? "none"} -> {b.To}"))} in {run.Seconds:0.0} s{(run.Message is null ? "" : $" ({run.ErrorId}: {run.Message})")}");
        using var limit = new CancellationTokenSource(ReportLimit, _clock);
        string? instanceId = await host.InstanceId(limit.Token);
        if (options.Report && host.State is not null && request.Environment is not null)
        {
            var report = new HostReport { Host = host.Name, InstanceId = instanceId, Environment = request.Environment, Last = run };
            await TryAsync("report the run", () => new HostReportStore(host.State).AddAsync(report, limit.Token));
        }

        bool success = run.Outcome is HostRunOutcome.Committed or HostRunOutcome.Unchanged;
        HostSignals signals = options.Signals;
        if (signals.IsNone || host.Signals is null) return;
        if (instanceId is null)
        {
            warn("Nobody was signalled: this is no EC2 instance, and a signal needs the instance's id.");
            return;
        }

        if (signals.Stack is not null)
        {
            await TryAsync($"signal {signals.Resource} of stack {signals.Stack}", () => host.Signals.SignalAsync(signals.Stack, signals.Resource!, instanceId, success, limit.Token));
        }

        if (signals.Group is not null)
        {
            await TryAsync($"complete the lifecycle hook {signals.LifecycleHook}", () => host.Signals.CompleteLifecycleAsync(signals.Group, signals.LifecycleHook!, instanceId, success, limit.Token));
        }
    }

    private async Task TryAsync(string what, Func<Task> tell)
    {
        try
        {
            await tell();
        }
        catch (Exception e) when (e is CumulusException or IOException or UnauthorizedAccessException or OperationCanceledException)
        {
            warn($"The host could not {what}: {(e is OperationCanceledException ? "there was no answer in time." : e.Message)}");
        }
    }

    private string Shown(string message)
    {
        string clean = redaction.Clean(message);
        return clean.Length > LongestMessage ? clean[..LongestMessage] + "..." : clean;
    }

    private static string NameOf(InstallSource source) => source.Name ?? BundleFormats.WithoutEnding(Path.GetFileName(source.ArchivePath ?? source.Key!));
}
