using System.Globalization;
using Cumulus.Engine.Aws;
using Cumulus.Engine.Processes;

namespace Cumulus.Engine.Hosts;

/// <summary>
/// Installs bundles on the machine it runs on, as one transaction: all of them or none (D-19, D-20). Everything is fetched,
/// compared and unfolded before the first service stops; each file is swapped by rename with the old one kept; whatever
/// fails, everything goes back and the old services start again. A run that was killed is undone by the next one, whatever that is.
/// </summary>
/// <param name="store">Null: only local archives can be installed.</param>
public sealed class BundleInstaller(IObjectStore? store, ProcessRunner? runner = null, TimeProvider? clock = null)
{
    private readonly ProcessRunner _runner = runner ?? new ProcessRunner(clock);
    private readonly TimeProvider _clock = clock ?? TimeProvider.System;

    /// <summary>Called after each step with its name; tests make it fail there, or look at what a killed process would leave.</summary>
    internal Action<string>? OnStep { get; init; }

    internal Func<string, long?> FreeBytes { get; init; } = HostSpace.FreeBytes;

    internal HttpMessageHandler? HealthHandler { get; init; }

    internal string BootId { get; init; } = HostBoot.Id;

    /// <summary>What <see cref="InstallAsync"/> would do. Archives without a manifest are fetched for it; the host stays as it is.</summary>
    /// <exception cref="CumulusException">As <see cref="InstallAsync"/>.</exception>
    public async Task<InstallPlan> PlanAsync(InstallRequest request, CancellationToken cancellationToken)
    {
        HostPaths paths = PathsOf(request);
        string folder = Directory.CreateTempSubdirectory("cumulus-").FullName;
        try
        {
            InstalledState state = await InstalledState.ReadAsync(paths, cancellationToken);
            var fetcher = new BundleFetcher(store, paths, folder, BundleTrust.Of(request, paths), request.Log);
            InstallGoal goal = await GoalAsync(request, state, fetcher, cancellationToken);
            return Preview(paths, request, state, goal, cancellationToken);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>What <see cref="UninstallAsync"/> would do.</summary>
    /// <exception cref="CumulusException"><see cref="ErrorIds.BundleNotInstalled"/></exception>
    public static async Task<InstallPlan> PlanAsync(UninstallRequest request, CancellationToken cancellationToken)
    {
        HostPaths paths = PathsOf(request);
        InstalledState state = await InstalledState.ReadAsync(paths, cancellationToken);
        return Preview(paths, request, state, GoalOf(state, HostInventory.Of(paths, state).Find(request.Names)), cancellationToken);
    }

    /// <summary>
    /// Removes bundles as one transaction with scripts: what was there before them comes back, and the other bundles stay as they are.
    /// </summary>
    /// <returns>One for each bundle that went; none when no name matched.</returns>
    /// <exception cref="CumulusException"><see cref="ErrorIds.BundleNotInstalled"/>: a name without wildcards is not there, and nothing was done; else as <see cref="InstallAsync"/>.</exception>
    public Task<IReadOnlyList<UninstalledBundle>> UninstallAsync(UninstallRequest request, CancellationToken cancellationToken) =>
        LockedAsync<IReadOnlyList<UninstalledBundle>>(request, async host =>
        {
            await RevertOrWarnAsync(host, cancellationToken);
            HostInventory inventory = HostInventory.Of(host.Paths, host.State);
            IReadOnlyList<InstalledRecord> going = inventory.Find(request.Names);
            if (going.Count == 0) return [];
            InstallGoal goal = GoalOf(host.State, going);
            var nothingNew = new KeptContent(KeptVersions.Of(host.Paths, host.State), host.State.Sequence, request.Warn);
            HostChanges changes = await ChangeAsync(host, request, goal, nothingNew, cancellationToken);
            foreach (string path in inventory.Unhidden(going, goal.Staying)) (request.Warn ?? request.Log)?.Invoke($"{path} is still that of a bundle that went. Another bundle has one of that name, which is not on this host: install that bundle again.");
            TimeSpan took = _clock.GetElapsedTime(host.Started);
            return [.. going.Select(r => InstallResults.Of(r, changes, host.Paths, took))];
        }, cancellationToken);

    /// <returns>One for each bundle, in the order of the request.</returns>
    /// <exception cref="CumulusException">
    /// Before anything changed: <see cref="ErrorIds.InstallInProgress"/>, <see cref="ErrorIds.BundleNotFound"/>,
    /// <see cref="ErrorIds.BundleDigestMismatch"/>, <see cref="ErrorIds.BundleInvalid"/>, <see cref="ErrorIds.BundleUnsafe"/>,
    /// <see cref="ErrorIds.BundleNameConflict"/>, <see cref="ErrorIds.MetadataInvalid"/>, <see cref="ErrorIds.HostDiskFull"/>,
    /// <see cref="ErrorIds.VersionTakenBack"/>, and what <see cref="IObjectStore"/> names.
    /// With everything put back: <see cref="ErrorIds.InitScriptFailed"/>, <see cref="ErrorIds.HealthCheckFailed"/>, <see cref="ErrorIds.HostDiskFull"/>,
    /// <see cref="ErrorIds.InstallFailed"/>.
    /// </exception>
    public Task<IReadOnlyList<InstalledBundle>> InstallAsync(InstallRequest request, CancellationToken cancellationToken) =>
        LockedAsync(request, async host =>
        {
            await RevertOrWarnAsync(host, cancellationToken);
            InstalledState state = host.State;
            string fetchFolder = Path.Combine(host.Paths.StateFolder, InstallStore.Work, "fetch");
            HostDisk.MakePrivateFolder(fetchFolder);
            try
            {
                var fetcher = new BundleFetcher(store, host.Paths, fetchFolder, BundleTrust.Of(request, host.Paths), request.Log);
                InstallGoal goal = await GoalAsync(request, state, fetcher, cancellationToken);
                RefuseTakenBack(state, goal);
                return await RunAsync(host, request, goal, fetcher, cancellationToken);
            }
            finally
            {
                if (Directory.Exists(fetchFolder)) Directory.Delete(fetchFolder, recursive: true);
            }
        }, cancellationToken);

    /// <summary>
    /// Goes back to an earlier version from what this host keeps, as one transaction with scripts. When a run was interrupted, that one is undone
    /// or finished, and unless the request names a version that is all.
    /// </summary>
    /// <returns>One for each bundle that is installed then.</returns>
    /// <exception cref="CumulusException"><see cref="ErrorIds.VersionNotKept"/>, and as <see cref="InstallAsync"/>.</exception>
    public Task<IReadOnlyList<InstalledBundle>> RestoreAsync(RestoreRequest request, CancellationToken cancellationToken) =>
        LockedAsync(request, async host =>
        {
            if (host.WasInterrupted && request.Version is null) return [.. host.State.Bundles.Select(b => InstallResults.Of(b, host.Paths, _clock.GetElapsedTime(host.Started)))];
            InstalledState target = await KeptVersions.Of(host.Paths, host.State).FindAsync(request.Version, host.State, cancellationToken);
            return await RestoreAsync(host, target, request.Names, takesBack: false, cancellationToken);
        }, cancellationToken);

    /// <summary>Takes back an install that nobody has confirmed in its time. Cheap when there is none; for timers and loops.</summary>
    /// <returns>The bundles that are installed then; null: there was nothing to take back.</returns>
    /// <exception cref="CumulusException">As <see cref="RestoreAsync(RestoreRequest, CancellationToken)"/>.</exception>
    public Task<IReadOnlyList<InstalledBundle>?> RevertUnconfirmedAsync(RestoreRequest request, CancellationToken cancellationToken) =>
        LockedAsync(request, host => RevertAsync(host, cancellationToken), cancellationToken);

    /// <summary>Makes the installed version one that stays.</summary>
    /// <returns>The installed bundles; empty when no install waits to be confirmed.</returns>
    /// <exception cref="CumulusException"><see cref="ErrorIds.InstallInProgress"/>; <see cref="ErrorIds.InstallFailed"/></exception>
    public Task<IReadOnlyList<InstalledRecord>> ConfirmAsync(HostRequest request, CancellationToken cancellationToken) =>
        LockedAsync<IReadOnlyList<InstalledRecord>>(request, async host =>
        {
            if (host.State.Unconfirmed is null) return [];
            await (host.State with { Unconfirmed = null }).WriteAsync(host.Paths, cancellationToken);
            return host.State.Bundles;
        }, cancellationToken);

    private async Task<T> LockedAsync<T>(HostRequest request, Func<Host, Task<T>> work, CancellationToken cancellationToken)
    {
        HostPaths paths = PathsOf(request);
        long started = _clock.GetTimestamp();
        try
        {
            HostDisk.MakePrivateFolder(paths.StateFolder);
            using InstallLock held = InstallLock.Take(paths);
            var scripts = new InitScriptRunner(paths, _runner, request.ScriptTimeLimit, request.Log);
            bool interrupted = await new InstallUndo(paths, scripts, request, _clock).RecoverAsync(cancellationToken);
            var host = new Host(paths, request, scripts, interrupted, started) { State = await InstalledState.ReadAsync(paths, cancellationToken) };
            return await work(host);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw InstallTransaction.Failed(e, "Nothing was changed.");
        }
    }

    private async Task RevertOrWarnAsync(Host host, CancellationToken cancellationToken)
    {
        try
        {
            await RevertAsync(host, cancellationToken);
        }
        catch (CumulusException e)
        {
            // What is to be installed now may be what helps.
            (host.Request.Warn ?? host.Request.Log)?.Invoke($"The install that nobody confirmed could not be taken back: {e.Message}");
        }
    }

    private async Task<IReadOnlyList<InstalledBundle>?> RevertAsync(Host host, CancellationToken cancellationToken)
    {
        if (host.State.Unconfirmed is not { } waiting) return null;
        if (waiting.BootId != BootId)
        {
            host.Request.Log?.Invoke("The system came up with the installed version since, which confirms it.");
            host.State = host.State with { Unconfirmed = null };
            await host.State.WriteAsync(host.Paths, cancellationToken);
            return null;
        }

        if (_clock.GetUtcNow() < waiting.Until) return null;
        (host.Request.Warn ?? host.Request.Log)?.Invoke(string.Create(CultureInfo.InvariantCulture, $"Nobody confirmed the install until {waiting.Until:u}; it is taken back."));
        InstalledState target = await KeptVersions.Of(host.Paths, host.State).ReadAsync(waiting.Previous, cancellationToken);
        IReadOnlyList<InstalledBundle> reverted = await RestoreAsync(host, target, [], takesBack: true, cancellationToken);
        host.State = await InstalledState.ReadAsync(host.Paths, cancellationToken);
        return reverted;
    }

    private async Task<IReadOnlyList<InstalledBundle>> RestoreAsync(Host host, InstalledState target, IReadOnlyList<string> names, bool takesBack, CancellationToken cancellationToken)
    {
        foreach (string name in names.Where(n => target.Bundles.All(b => b.Name != n)))
        {
            throw new CumulusException(ErrorIds.VersionNotKept, FailureKind.NotFound, $"The version to go back to has no bundle '{name}'.") { Target = name };
        }

        BundleOffer[] offers = [.. target.Bundles.Where(b => names.Count == 0 || names.Contains(b.Name)).Select(BundleOffer.Of)];
        var goal = new InstallGoal
        {
            Offers = offers,
            Staying = names.Count == 0 ? [] : [.. host.State.Bundles.Where(b => !names.Contains(b.Name))],
            Context = InstallGoal.ContextOf([.. target.Bundles.Where(b => offers.Any(o => o.Name == b.Name))]),
            TakesBack = takesBack,
        };
        HostRequest request = takesBack ? host.Request with { HealthCheck = null, ConfirmTimeLimit = null } : host.Request;
        KeptVersions kept = KeptVersions.Of(host.Paths, host.State);
        IReadOnlyList<InstalledBundle> results = await RunAsync(host, request, goal, new KeptContent(kept, target.Sequence, host.Request.Warn ?? host.Request.Log), cancellationToken);
        if (names.Count == 0) kept.Forget(target.Sequence);
        return results;
    }

    private static InstallPlan Preview(HostPaths paths, HostRequest request, InstalledState state, InstallGoal goal, CancellationToken cancellationToken)
    {
        RecoveredView host = RecoveredView.Of(paths, state, cancellationToken);
        if (host.IsInterrupted) (request.Warn ?? request.Log)?.Invoke("An earlier install was interrupted. This is what follows once that is undone, which comes first.");
        HostChanges changes = InstallTransaction.Plan(paths, state, goal, InstalledStamps.Read(paths, state), host);
        var scripts = new ScriptForecast(paths, host);
        bool nothing = changes.IsEmpty && !goal.Force;
        return new InstallPlan
        {
            Bundles = [.. goal.Offers.Select(o => InstallResults.Plan(o, state, changes, paths))],
            Changes = [.. changes.Files().OrderBy(f => f.Path, Bundles.ArchiveName.Order).Select(f => new FileChange(f.Kind, paths.Full(f.Path), f.Bundle))],
            StopScripts = nothing ? [] : scripts.Before(state),
            StartScripts = nothing ? [] : scripts.After(changes, goal),
        };
    }

    private async Task<IReadOnlyList<InstalledBundle>> RunAsync(Host host, HostRequest request, InstallGoal goal, IBundleContent content, CancellationToken cancellationToken)
    {
        HostChanges changes = await ChangeAsync(host, request, goal, content, cancellationToken);
        TimeSpan took = _clock.GetElapsedTime(host.Started);
        return [.. goal.Offers.Select(o => InstallResults.Of(InstallResults.Plan(o, host.State, changes, host.Paths), o, host.State, host.Paths, goal.Force, took))];
    }

    private Task<HostChanges> ChangeAsync(Host host, HostRequest request, InstallGoal goal, IBundleContent content, CancellationToken cancellationToken)
    {
        var probe = new HealthProbe(host.Paths, _runner, _clock, HealthHandler);
        var transaction = new InstallTransaction(host.Paths, request, host.Scripts, probe, _clock) { OnStep = OnStep, FreeBytes = FreeBytes, BootId = BootId };
        return transaction.RunAsync(host.State, goal, content, cancellationToken);
    }

    private static InstallGoal GoalOf(InstalledState state, IReadOnlyList<InstalledRecord> going) => new()
    {
        Offers = [],
        Staying = [.. state.Bundles.Except(going)],
        Context = InstallGoal.ContextOf(going),
    };

    private static void RefuseTakenBack(InstalledState state, InstallGoal goal)
    {
        if (goal.Force || state.TakenBack is not { } taken || !goal.Offers.Select(o => o.Digest).SequenceEqual(taken.Digests)) return;
        string what = string.Join(", ", goal.Offers.Select(o => $"{o.Name} {o.Version}"));
        throw new CumulusException(ErrorIds.VersionTakenBack, FailureKind.Conflict, string.Create(CultureInfo.InvariantCulture, $"{what} was taken back on {taken.When:u}, since nobody confirmed it."))
        {
            Target = what,
            Advice = "Install another version; or this one again with -Force.",
        };
    }

    private static async Task<InstallGoal> GoalAsync(InstallRequest request, InstalledState state, BundleFetcher fetcher, CancellationToken cancellationToken)
    {
        var offers = new List<BundleOffer>(request.Bundles.Count);
        foreach (InstallSource source in request.Bundles)
        {
            BundleOffer offer = await fetcher.OfferAsync(source, cancellationToken);
            if (offers.Exists(o => o.Name == offer.Name))
            {
                throw new CumulusException(ErrorIds.MetadataInvalid, FailureKind.InvalidInput, $"Bundle '{offer.Name}' is named twice.") { Target = offer.Name };
            }

            offers.Add(offer);
        }

        return new InstallGoal
        {
            Offers = offers,
            Staying = request.RemoveUnlisted ? [] : [.. state.Bundles.Where(b => offers.All(o => o.Name != b.Name))],
            Context = new InitScriptRunner.Context(
                request.Environment ?? offers.Select(o => o.Environment).LastOrDefault(e => e is not null),
                request.Version ?? offers.Select(o => o.Version).LastOrDefault(),
                [.. offers.Select(o => o.Name)]),
            KeepOldFiles = request.KeepOldFiles,
            Force = request.Force,
        };
    }

    private static HostPaths PathsOf(HostRequest request) => HostPaths.For(request.RootPath, OperatingSystem.IsWindows());

    /// <summary>The host that is locked for a transaction.</summary>
    private sealed record Host(HostPaths Paths, HostRequest Request, InitScriptRunner Scripts, bool WasInterrupted, long Started)
    {
        public required InstalledState State { get; set; }
    }
}
