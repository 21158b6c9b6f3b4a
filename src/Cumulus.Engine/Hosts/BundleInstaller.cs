using Cumulus.Engine.Aws;
using Cumulus.Engine.Processes;

namespace Cumulus.Engine.Hosts;

/// <summary>
/// Installs bundles on the machine it runs on, as one transaction: all of them or none (D-19, D-20). Everything is fetched,
/// compared and unfolded before the first service stops; each file is swapped by rename with the old one kept; whatever
/// fails, everything goes back and the old services start again. A run that was killed is undone by the next one.
/// </summary>
/// <param name="store">Null: only local archives can be installed.</param>
public sealed class BundleInstaller(IObjectStore? store, ProcessRunner? runner = null, TimeProvider? clock = null)
{
    private readonly ProcessRunner _runner = runner ?? new ProcessRunner(clock);
    private readonly TimeProvider _clock = clock ?? TimeProvider.System;

    /// <summary>Called after each step with its name; tests make it fail there, or look at what a killed process would leave.</summary>
    internal Action<string>? OnStep { get; init; }

    /// <summary>What <see cref="InstallAsync"/> would do. Archives without a manifest are fetched for it; the host stays as it is.</summary>
    /// <exception cref="CumulusException">As <see cref="InstallAsync"/>.</exception>
    public async Task<InstallPlan> PlanAsync(InstallRequest request, CancellationToken cancellationToken)
    {
        HostPaths paths = HostPaths.For(request.RootPath, OperatingSystem.IsWindows());
        string folder = Directory.CreateTempSubdirectory("cumulus-").FullName;
        try
        {
            InstalledState state = await InstalledState.ReadAsync(paths, cancellationToken);
            var fetcher = new BundleFetcher(store, paths, folder, BundleTrust.Of(request, paths), request.Log);
            IReadOnlyList<BundleOffer> offers = await OffersAsync(request, fetcher, cancellationToken);
            HostChanges changes = Plan(request, paths, state, offers, cancellationToken);
            var scripts = new InitScriptRunner(paths, _runner, request.ScriptTimeLimit, request.Log);
            return new InstallPlan
            {
                Bundles = [.. offers.Select(o => Describe(o, state, changes, paths))],
                Changes = [.. changes.Files().Select(f => new FileChange(f.Kind, paths.Full(f.Path), f.Bundle))],
                StopScripts = changes.IsEmpty ? [] : [.. scripts.List(ScriptPhase.Stop).Scripts.Select(s => s.Name)],
                StartScripts = changes.IsEmpty ? [] : [.. scripts.List(ScriptPhase.Start).Scripts.Select(s => s.Name)],
            };
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <returns>One for each bundle, in the order of the request.</returns>
    /// <exception cref="CumulusException">
    /// Before anything changed: <see cref="ErrorIds.InstallInProgress"/>, <see cref="ErrorIds.BundleNotFound"/>,
    /// <see cref="ErrorIds.BundleDigestMismatch"/>, <see cref="ErrorIds.BundleInvalid"/>, <see cref="ErrorIds.BundleUnsafe"/>,
    /// <see cref="ErrorIds.BundleNameConflict"/>, <see cref="ErrorIds.MetadataInvalid"/>, and what <see cref="IObjectStore"/> names.
    /// With everything put back: <see cref="ErrorIds.InitScriptFailed"/>, <see cref="ErrorIds.InstallFailed"/>.
    /// </exception>
    public async Task<IReadOnlyList<InstalledBundle>> InstallAsync(InstallRequest request, CancellationToken cancellationToken)
    {
        HostPaths paths = HostPaths.For(request.RootPath, OperatingSystem.IsWindows());
        try
        {
            HostDisk.MakePrivateFolder(paths.StateFolder);
            using InstallLock held = InstallLock.Take(paths);
            return await InstallLockedAsync(request, paths, cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Failed(e, "Nothing was changed.");
        }
    }

    private async Task<IReadOnlyList<InstalledBundle>> InstallLockedAsync(InstallRequest request, HostPaths paths, CancellationToken cancellationToken)
    {
        long started = _clock.GetTimestamp();
        var scripts = new InitScriptRunner(paths, _runner, request.ScriptTimeLimit, request.Log);
        await RecoverAsync(request, paths, scripts, cancellationToken);

        InstalledState state = await InstalledState.ReadAsync(paths, cancellationToken);
        string transaction = Guid.NewGuid().ToString("N");
        string fetchFolder = Path.Combine(paths.StateFolder, InstallStore.Work, "fetch");
        HostDisk.MakePrivateFolder(fetchFolder);
        var stage = new InstallStage(paths, FileSystems.Of(paths), transaction);
        InstalledState now = state;
        try
        {
            var fetcher = new BundleFetcher(store, paths, fetchFolder, BundleTrust.Of(request, paths), request.Log);
            IReadOnlyList<BundleOffer> offers = await OffersAsync(request, fetcher, cancellationToken);
            HostChanges changes = Plan(request, paths, state, offers, cancellationToken);
            foreach (string note in changes.Notes) request.Log?.Invoke(note);
            IReadOnlyList<SwapStep> steps = await stage.PrepareAsync(changes, fetcher, cancellationToken);
            Step("staged");

            InstalledState Next() => NextState(state, request, offers, changes, stage, transaction, paths);
            if (changes.IsEmpty)
            {
                now = await CommitUnchangedAsync(state, Next(), paths, cancellationToken);
            }
            else
            {
                var journal = new InstallJournal
                {
                    Transaction = transaction,
                    New = Context(request, offers.Select(o => (o.Name, o.Version, o.Environment))),
                    Old = Context(null, state.Bundles.Select(b => (b.Name, b.Version, b.Environment))),
                    WorkFolders = [.. stage.WorkFolders],
                    Steps = steps,
                };
                now = await SwapAsync(journal, paths, scripts, Next, request.Log, cancellationToken);
            }

            TimeSpan took = _clock.GetElapsedTime(started);
            return [.. offers.Select(o => Result(Describe(o, state, changes, paths), o, state, took))];
        }
        finally
        {
            await new InstallStore(paths).SweepAsync(now, stage.WorkFolders, request.Log);
        }
    }

    /// <summary>From the first script to the commit, which is the state document's taking its name.</summary>
    private async Task<InstalledState> SwapAsync(InstallJournal journal, HostPaths paths, InitScriptRunner scripts, Func<InstalledState> next, Action<string>? log, CancellationToken cancellationToken)
    {
        await journal.WriteAsync(paths, cancellationToken);
        try
        {
            Step("journal");
            await scripts.RunAsync(ScriptPhase.Stop, journal.New, null, cancellationToken);
            Step("stopped");
            var swap = new FileSwap(paths);
            foreach (SwapStep step in journal.Steps)
            {
                cancellationToken.ThrowIfCancellationRequested();
                swap.Apply(step);
                Step($"{step.Do} {step.Path}");
            }

            await scripts.RunAsync(ScriptPhase.Start, journal.New, null, cancellationToken);
            Step("started");
            InstalledState committed = next();
            await committed.WriteAsync(paths, cancellationToken);
            return committed;
        }
        catch (Exception failure)
        {
            string outcome = await UndoAsync(journal, paths, scripts, failure, log);
            if (failure is OperationCanceledException) throw;
            CumulusException undone = Failed(failure, outcome);
            undone.WasUndone = true;
            throw undone;
        }
    }

    /// <summary>Undoes what a killed run left, or finishes the tidying of one that had committed.</summary>
    private static async Task RecoverAsync(InstallRequest request, HostPaths paths, InitScriptRunner scripts, CancellationToken cancellationToken)
    {
        InstalledState state = await InstalledState.ReadAsync(paths, cancellationToken);
        InstallJournal? journal = await InstallJournal.ReadAsync(paths, cancellationToken);
        if (journal is not null && state.Transaction != journal.Transaction)
        {
            request.Log?.Invoke("An earlier install was interrupted; it is undone first.");
            request.Log?.Invoke(await UndoAsync(journal, paths, scripts, null, request.Log));
        }

        await new InstallStore(paths).SweepAsync(state, journal?.WorkFolders ?? [], request.Log);
    }

    /// <returns>What the host is like now, as a sentence.</returns>
    private static async Task<string> UndoAsync(InstallJournal journal, HostPaths paths, InitScriptRunner scripts, Exception? failure, Action<string>? log)
    {
        try
        {
            new FileSwap(paths).Undo(journal.Steps);
        }
        catch (CumulusException undone) when (failure is not null)
        {
            throw new CumulusException(undone.ErrorId, undone.Kind, $"{failure.Message} {undone.Message}", new AggregateException(failure, undone)) { Advice = undone.Advice };
        }

        log?.Invoke("All files are back; the old version's services are started again.");
        string outcome = "The host is as it was before.";
        try
        {
            // Not the caller's token: after Ctrl+C the services have to come back all the same. Each script has its limit.
            await scripts.RunAsync(ScriptPhase.Start, journal.Old, s => s.Name[0] == 'S', CancellationToken.None);
        }
        catch (CumulusException e)
        {
            outcome = $"The files are as they were before, but the old version did not start again: {e.Message}";
        }

        InstallJournal.Delete(paths);
        return outcome;
    }

    private static InitScriptRunner.Context Context(InstallRequest? request, IEnumerable<(string Name, string Version, string? Environment)> bundles)
    {
        var all = bundles.ToList();
        return new InitScriptRunner.Context(
            request?.Environment ?? all.Select(b => b.Environment).LastOrDefault(e => e is not null),
            request?.Version ?? all.Select(b => b.Version).LastOrDefault(),
            [.. all.Select(b => b.Name)]);
    }

    private static async Task<InstalledState> CommitUnchangedAsync(InstalledState state, InstalledState next, HostPaths paths, CancellationToken cancellationToken)
    {
        static IEnumerable<(string, string, string?, string, string)> Labels(InstalledState s) =>
            s.Bundles.Select(b => (b.Name, b.Version, b.Environment, b.Digest, b.Path));
        if (Labels(state).SequenceEqual(Labels(next)) && state.Leftovers.SequenceEqual(next.Leftovers)) return state;
        await next.WriteAsync(paths, cancellationToken);
        return next;
    }

    private static async Task<IReadOnlyList<BundleOffer>> OffersAsync(InstallRequest request, BundleFetcher fetcher, CancellationToken cancellationToken)
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

        return offers;
    }

    private static HostChanges Plan(InstallRequest request, HostPaths paths, InstalledState state, IReadOnlyList<BundleOffer> offers, CancellationToken cancellationToken) =>
        new InstallPlanner(paths, state, offers, new DiskView(paths, cancellationToken)).Compute(Staying(request, state, offers), request.KeepOldFiles);

    private static IReadOnlyList<InstalledRecord> Staying(InstallRequest request, InstalledState state, IReadOnlyList<BundleOffer> offers) =>
        request.RemoveUnlisted ? [] : [.. state.Bundles.Where(b => offers.All(o => o.Name != b.Name))];

    private InstalledState NextState(InstalledState state, InstallRequest request, IReadOnlyList<BundleOffer> offers, HostChanges changes, InstallStage stage, string transaction, HostPaths paths)
    {
        DateTimeOffset now = _clock.GetUtcNow();
        var originals = new Dictionary<string, string>(state.Originals);
        foreach (FileRestore restore in changes.Restores) originals.Remove(restore.Path);
        foreach ((string path, string kept) in stage.NewOriginals) originals[path] = kept;
        return new InstalledState
        {
            Transaction = transaction,
            Bundles = [.. Staying(request, state, offers), .. offers.Select(o => o.Record(now))],
            Leftovers = changes.Leftovers,
            Folders = [.. state.Folders.Union(changes.NewFolders.Select(f => f.Path)).Where(f => Directory.Exists(paths.Full(f)))],
            Originals = originals,
        };
    }

    private static PlannedBundle Describe(BundleOffer offer, InstalledState state, HostChanges changes, HostPaths paths) => new(
        offer.Name,
        offer.Version,
        state.Bundles.FirstOrDefault(b => b.Name == offer.Name)?.Version,
        offer.Digest,
        paths.Full(offer.Path),
        offer.Entries.Count(e => e.Type != Bundles.BundleEntryType.Folder),
        changes.Files().Count(f => f.Bundle == offer.Name));

    private static InstalledBundle Result(PlannedBundle plan, BundleOffer offer, InstalledState state, TimeSpan took) => new()
    {
        Name = plan.Name,
        Version = plan.Version,
        From = plan.From,
        State = plan.Changed == 0 && state.Bundles.Any(b => b.Name == offer.Name && b.Digest == offer.Digest) ? InstallState.Unchanged : InstallState.Committed,
        Files = plan.Files,
        Changed = plan.Changed,
        Took = took,
        RootPath = plan.RootPath,
        Digest = plan.Digest,
    };

    private static CumulusException Failed(Exception failure, string outcome)
    {
        if (failure is not CumulusException known)
        {
            return new CumulusException(ErrorIds.InstallFailed, FailureKind.OperationFailed, $"The install failed: {failure.Message} {outcome}", failure);
        }

        return new CumulusException(known.ErrorId, known.Kind, $"{known.Message.TrimEnd('.')}. {outcome}", known) { Target = known.Target, Advice = known.Advice };
    }

    private void Step(string name) => OnStep?.Invoke(name);
}
