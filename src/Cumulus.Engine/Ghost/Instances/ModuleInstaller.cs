using Cumulus.Engine.Aws;
using Cumulus.Engine.Configuration;
using Cumulus.Engine.Ghost.Modules;
using Cumulus.Engine.Hosts;
using Cumulus.Engine.Processes;

namespace Cumulus.Engine.Ghost.Instances;

/// <summary>
/// Installs a module on the machine it runs on: fetched, verified and unfolded beside the releases that are there, <c>pre_deploy</c> in the new one, then one rename switches the link,
/// <c>post_deploy</c>, health check. Whatever fails, the link leads to the old release again (G-11). A run that was killed is undone by the next one.
/// </summary>
/// <param name="store">Null: nothing can be installed, only taken back.</param>
public sealed class ModuleInstaller(IObjectStore? store, ProcessRunner? runner = null, TimeProvider? clock = null)
{
    /// <summary>Earlier releases that stay on a host, unless somebody says otherwise.</summary>
    public const int DefaultKept = 3;

    private static readonly TimeSpan LockPause = TimeSpan.FromSeconds(1);

    // Section 2.1 of the old behaviour, and what else no module can be.
    private static readonly string[] Forbidden = ["", "tmp", "var", "etc", "ghost", "root", "home", "home/admin", "opt", "usr", "bin", "sbin", "lib", "dev", "proc", "sys", "boot", "opt/cumulus", "var/lib", "var/lib/cumulus"];

    private readonly ProcessRunner _runner = runner ?? new ProcessRunner(clock);
    private readonly TimeProvider _clock = clock ?? TimeProvider.System;

    /// <summary>Called after each step with its name; tests make it fail there.</summary>
    internal Action<string>? OnStep { get; init; }

    /// <exception cref="CumulusException">
    /// Before anything changed: <see cref="ErrorIds.InstallInProgress"/>, <see cref="ErrorIds.BundleNotFound"/>, <see cref="ErrorIds.BundleDigestMismatch"/>, <see cref="ErrorIds.BundleInvalid"/>,
    /// <see cref="ErrorIds.SignatureMissing"/>, <see cref="ErrorIds.SignatureInvalid"/>; with everything put back: <see cref="ErrorIds.ModuleScriptFailed"/>, <see cref="ErrorIds.HealthCheckFailed"/>,
    /// <see cref="ErrorIds.InstallFailed"/>.
    /// </exception>
    public Task<InstalledModule> InstallAsync(ModuleInstallRequest request, CancellationToken cancellationToken) =>
        LockedAsync(request, request.Module, request.LockTimeLimit, (home, started) => InstallAsync(home, request, started, cancellationToken), cancellationToken);

    /// <summary>Goes back to the release before the installed one; or, where that was the first, to what lay at the module's path before (G-10). Needs no network.</summary>
    /// <exception cref="CumulusException"><see cref="ErrorIds.InstallInProgress"/>; with the installed release left as it is: <see cref="ErrorIds.ModuleScriptFailed"/>, <see cref="ErrorIds.HealthCheckFailed"/>,
    /// <see cref="ErrorIds.InstallFailed"/>.</exception>
    public Task<InstalledModule> RestoreAsync(ModuleRestoreRequest request, CancellationToken cancellationToken) =>
        LockedAsync(request, request.Module, request.LockTimeLimit, (home, started) => RestoreAsync(home, request, started, cancellationToken), cancellationToken);

    private async Task<InstalledModule> InstallAsync(ModuleHome home, ModuleInstallRequest request, long started, CancellationToken cancellationToken)
    {
        ModuleState state = await ModuleState.ReadAsync(home, cancellationToken);
        string fetchFolder = Path.Combine(home.StateFolder, "fetch");
        WorkTrees.Remove(fetchFolder);
        HostDisk.MakePrivateFolder(fetchFolder);
        try
        {
            var source = new InstallSource { Name = request.Module, Bucket = request.Bucket, Key = request.Key };
            var trust = BundleTrust.Of(new InstallRequest { Bundles = [source], TrustedKeys = request.TrustedKeys }, home.Paths);
            var fetcher = new BundleFetcher(store, home.Paths, fetchFolder, trust, request.Log)
            {
                Installed = Known(home, state),
                Partials = Path.Combine(home.Paths.StateFolder, InstallStore.Partial),
            };
            BundleOffer offer = await fetcher.OfferAsync(source, cancellationToken);
            if (request.Digest is { } digest && offer.Digest != digest)
            {
                throw new CumulusException(ErrorIds.BundleDigestMismatch, FailureKind.SecurityViolation, $"s3://{request.Bucket}/{request.Key} holds {offer.Digest}, and {digest} was to be deployed.")
                {
                    Target = request.Key,
                    Advice = "Find out who replaced it; deploy again.",
                };
            }

            if (!request.Force && state.Current is { } there && there.Digest == offer.Digest && ModuleLink.LeadsTo(home.Paths.Full(there.Path), home.Release(there.Folder)))
            {
                // Another deployment may take this content back as its own.
                if (request.Deployment is not null && there.Deployment is null) await (state with { Releases = [.. state.Releases.SkipLast(1), there with { Deployment = request.Deployment }] }).WriteAsync(home, cancellationToken);
                return Result(home, there, there.Version, ModuleInstallState.Unchanged, started);
            }

            InstalledModule result = await InstallAsync(home, state, request, offer, fetcher, started, cancellationToken);
            return result with { BytesFetched = fetcher.SizeOf(offer).Fetched };
        }
        finally
        {
            WorkTrees.Remove(fetchFolder);
        }
    }

    private async Task<InstalledModule> InstallAsync(ModuleHome home, ModuleState state, ModuleInstallRequest request, BundleOffer offer, BundleFetcher fetcher, long started, CancellationToken cancellationToken)
    {
        string folder = home.NewFolder(offer.Version);
        var transaction = new ModuleTransaction(home, request, _runner, _clock) { OnStep = OnStep };
        ModuleJournal journal = new() { Transaction = Guid.NewGuid().ToString("N"), Release = folder, Previous = state.Current?.Folder };
        await transaction.EnterAsync(journal, cancellationToken);
        ModuleRelease release;
        try
        {
            ModuleInfo info = await ModuleStage.UnfoldAsync(home, folder, offer, fetcher, cancellationToken);
            RequireName(info, request.Module);
            release = new ModuleRelease
            {
                Folder = folder,
                Version = offer.Version,
                Digest = offer.Digest,
                Path = PathOf(home, info),
                Installed = _clock.GetUtcNow(),
                Deployment = request.Deployment,
                User = request.User,
                SignedBy = offer.SignedBy,
                Entries = offer.Entries,
            };
            OnStep?.Invoke("staged");
        }
        catch
        {
            await transaction.UndoAsync(journal, state);
            throw;
        }

        ModuleRelease[] releases = [.. state.Releases.TakeLast(request.KeepVersions ?? DefaultKept), release];
        await transaction.RunAsync(journal, state, state with { Releases = releases }, cancellationToken);
        return Result(home, release, state.Current?.Version, ModuleInstallState.Committed, started);
    }

    private async Task<InstalledModule> RestoreAsync(ModuleHome home, ModuleRestoreRequest request, long started, CancellationToken cancellationToken)
    {
        ModuleState state = await ModuleState.ReadAsync(home, cancellationToken);
        if (state.Current is not { } current || (request.Deployment is not null && current.Deployment != request.Deployment))
        {
            request.Log?.Invoke($"{home.Module}: there is nothing to take back.");
            return state.Current is { } there ? Result(home, there, there.Version, ModuleInstallState.Unchanged, started) : new InstalledModule { Name = home.Module, State = ModuleInstallState.Unchanged, Took = _clock.GetElapsedTime(started) };
        }

        ModuleState next = state with { Releases = [.. state.Releases.SkipLast(1)] };
        var journal = new ModuleJournal { Transaction = Guid.NewGuid().ToString("N"), Release = next.Current?.Folder, WasThere = true, Previous = current.Folder };
        await new ModuleTransaction(home, request, _runner, _clock) { OnStep = OnStep }.RunAsync(journal, state, next, cancellationToken);
        if (next.Current is { } release) return Result(home, release, current.Version, ModuleInstallState.Restored, started);
        return new InstalledModule { Name = home.Module, From = current.Version, State = ModuleInstallState.Removed, Path = home.Paths.Full(current.Path), Took = _clock.GetElapsedTime(started) };
    }

    private async Task<InstalledModule> LockedAsync(HostRequest request, string module, TimeSpan limit, Func<ModuleHome, long, Task<InstalledModule>> work, CancellationToken cancellationToken)
    {
        NameRules.Require("name of the module", module);
        var home = new ModuleHome(HostPaths.For(request.RootPath, OperatingSystem.IsWindows()), module);
        long started = _clock.GetTimestamp();
        try
        {
            HostDisk.MakePrivateFolder(home.StateFolder);
            using InstallLock held = await TakeAsync(home.Paths, limit, cancellationToken);
            await new ModuleTransaction(home, request, _runner, _clock).RecoverAsync(cancellationToken);
            return await work(home, started);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw InstallTransaction.Failed(e, "Nothing was changed.");
        }
    }

    private async Task<InstallLock> TakeAsync(HostPaths paths, TimeSpan limit, CancellationToken cancellationToken)
    {
        long started = _clock.GetTimestamp();
        while (true)
        {
            try
            {
                return InstallLock.Take(paths);
            }
            catch (CumulusException e) when (e.ErrorId == ErrorIds.InstallInProgress && _clock.GetElapsedTime(started) < limit)
            {
                await Task.Delay(LockPause, _clock, cancellationToken);
            }
        }
    }

    private static InstalledState Known(ModuleHome home, ModuleState state) => new()
    {
        Bundles = [.. state.Releases.Reverse().Select(r => new InstalledRecord { Name = home.Module, Version = r.Version, Digest = r.Digest, Path = $"{home.ReleasesPath}/{r.Folder}", Installed = r.Installed, Entries = r.Entries })],
    };

    private static void RequireName(ModuleInfo info, string module)
    {
        if (info.Name == module) return;
        throw new CumulusException(ErrorIds.BundleInvalid, FailureKind.InvalidInput, $"The package is of module '{info.Name}', and '{module}' was to be installed.") { Target = module };
    }

    private static string PathOf(ModuleHome home, ModuleInfo info)
    {
        string path = home.Paths.HostPath(info.Path);
        bool inside = path == home.ReleasesPath || path.StartsWith(home.ReleasesPath + "/", home.Paths.Windows ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal);
        if (!Forbidden.Contains(path, home.Paths.Comparer) && !inside && !path.EndsWith(':')) return path;
        throw new CumulusException(ErrorIds.ModuleSourceInvalid, FailureKind.InvalidInput, $"{info.Path} cannot be the path of a module.") { Target = info.Path };
    }

    private InstalledModule Result(ModuleHome home, ModuleRelease release, string? from, ModuleInstallState state, long started) => new()
    {
        Name = home.Module,
        Version = release.Version,
        From = from,
        State = state,
        Path = home.Paths.Full(release.Path),
        Release = home.Release(release.Folder),
        Digest = release.Digest,
        Deployment = release.Deployment,
        Took = _clock.GetElapsedTime(started),
    };
}
