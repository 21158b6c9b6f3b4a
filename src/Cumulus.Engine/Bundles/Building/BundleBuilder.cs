using System.Globalization;
using Cumulus.Engine.Processes;

namespace Cumulus.Engine.Bundles;

/// <summary>Builds bundles: hooks, walk, archive, manifest. Either both files are there in the end, or what was there before.</summary>
public sealed class BundleBuilder(HookRunner? hooks = null, TimeProvider? clock = null)
{
    private readonly TimeProvider _clock = clock ?? TimeProvider.System;
    private readonly GitOrigin _git = new();
    private readonly HookRunner _hooks = hooks ?? new HookRunner();

    /// <summary>The program's name and version as manifests tell it.</summary>
    internal static string Tool { get; } = $"Cumulus {typeof(BundleBuilder).Assembly.GetName().Version?.ToString(3)}";

    /// <exception cref="CumulusException">
    /// <see cref="ErrorIds.VersionMissing"/>, <see cref="ErrorIds.NameInvalid"/>, <see cref="ErrorIds.BundlePathNotFound"/>,
    /// <see cref="ErrorIds.BundleNameConflict"/>, <see cref="ErrorIds.BundleInvalid"/>, <see cref="ErrorIds.HookFailed"/>; of a
    /// pre-built archive also what <see cref="SafeArchive.OpenAsync"/> refuses.
    /// </exception>
    public async Task<Bundle> BuildAsync(BundleRequest request, CancellationToken cancellationToken)
    {
        string plan = Path.Combine(request.OutputFolder, BundleNames.FileName(request.Name, request.Environment, request.Version, request.Format));
        DateTimeOffset time = request.EntryTime ?? SourceDate();
        await RunHookAsync("pre-bundle-hook", request.PreBundleHook, request, request.PreBuiltBundle is null ? HookVariables(plan, request.Format, null) : [], cancellationToken);

        // Only now: the hook may be what makes the pre-built archive.
        BundleFormat format = FormatOf(request);
        string archive = BundleFormats.WithoutEnding(plan) + format.Ending();
        Directory.CreateDirectory(request.OutputFolder);
        EarlierBuilds.Sweep(request.OutputFolder, _clock.GetUtcNow(), request.Log);
        Bundle bundle = request.PreBuiltBundle is { } ready
            ? await TakeAsync(request, ready, archive, cancellationToken)
            : await MakeAsync(request, archive, new ArchiveSettings(ZipHeaders.Nearest(time), request.CompressionLevel), cancellationToken);
        await RunHookAsync("post-bundle-hook", request.PostBundleHook, request, HookVariables(archive, format, bundle), cancellationToken);
        return bundle;
    }

    private async Task<Bundle> MakeAsync(BundleRequest request, string archive, ArchiveSettings settings, CancellationToken cancellationToken)
    {
        DateTimeOffset lookedAt = _clock.GetUtcNow();
        string[] paths = [.. request.Paths.Select(p => Path.TrimEndingDirectorySeparator(p.FullPath))];
        Task<IReadOnlyList<BundleSource>> walk = Task.Run(() => Walk(request, archive, cancellationToken), CancellationToken.None);
        Task<GitWorkTree?> git = _git.ReadAsync(paths, cancellationToken);
        await Task.WhenAll(walk, git);
        IReadOnlyList<BundleSource> sources = await walk;
        BundleOrigin? origin = (await git)?.Origin(sources.Select(s => s.FullPath));
        using BuildCache? cache = request.Cache is { } folder ? BuildCache.Open(folder, BuildIdentity.Of(request, archive, settings, origin), _clock, request.Log) : null;
        BuildOutcome? there = null;
        RecordedEntry?[] known = cache?.Compare(sources, out there) ?? new RecordedEntry?[sources.Count];
        if (there is not null)
        {
            request.Log?.Invoke($"Bundle '{request.Name}': nothing changed since {archive} was built.");
            return Describe(request, archive, there);
        }

        using PreviousArchive? previous = cache?.OpenPrevious();
        WrittenArchive? written = null;
        Bundle bundle = await PlaceAsync(
            archive,
            async path =>
            {
                written = await BundleArchive.WriteAsync(path, request.Format, settings, sources, known, previous, cache?.Pieces, cancellationToken);
                return Manifest(request, archive, written) with { Source = origin };
            },
            cancellationToken);
        cache?.Commit(BuildOutcome.Of(bundle), sources, written!, lookedAt, request.Log);
        return bundle;
    }

    private static IReadOnlyList<BundleSource> Walk(BundleRequest request, string archive, CancellationToken cancellationToken)
    {
        IReadOnlyList<BundleSource> sources = new BundleWalk(request, new HashSet<string> { archive, archive + BundleManifest.Suffix }).Run(cancellationToken);
        request.Log?.Invoke($"Bundle '{request.Name}': {sources.Count} entries from {request.Paths.Count} paths.");
        if (sources.Count > 0) return sources;
        throw new CumulusException(ErrorIds.BundleInvalid, FailureKind.InvalidInput, $"Bundle '{request.Name}' would be empty.")
        {
            Target = request.Name,
            Advice = "Name at least one path that holds files for this environment.",
        };
    }

    // Archive and manifest are written beside their places, and moved there when both are whole.
    private static async Task<Bundle> PlaceAsync(string archive, Func<string, Task<BundleManifest>> write, CancellationToken cancellationToken)
    {
        string manifest = archive + BundleManifest.Suffix;
        string unique = EarlierBuilds.NewEnding();
        try
        {
            BundleManifest content;
            await using (var file = new FileStream(manifest + unique, FileMode.CreateNew, FileAccess.Write, FileShare.None))
            {
                content = await write(archive + unique);
                await content.WriteAsync(file, cancellationToken);
            }

            File.Move(archive + unique, archive, overwrite: true);
            File.Move(manifest + unique, manifest, overwrite: true);
            return BundleFile.Describe(archive, content);
        }
        finally
        {
            File.Delete(archive + unique);
            File.Delete(manifest + unique);
        }
    }

    private static Task<Bundle> TakeAsync(BundleRequest request, string ready, string archive, CancellationToken cancellationToken) =>
        PlaceAsync(
            archive,
            async path =>
            {
                IReadOnlyList<BundleEntry> entries = await BundleFile.TakeAsync(ready, path, request.Log, cancellationToken);
                return Manifest(request, archive, new WrittenArchive(entries, new FileInfo(path).Length, await Hex.Sha256OfFileAsync(path, cancellationToken), ContentDigest.Of(entries)));
            },
            cancellationToken);

    /// <summary>A pre-built archive keeps its own.</summary>
    private static BundleFormat FormatOf(BundleRequest request)
    {
        if (request.PreBuiltBundle is not { } ready) return request.Format;
        if (File.Exists(ready)) return SafeArchive.FormatOf(ready);
        throw new CumulusException(ErrorIds.BundlePathNotFound, FailureKind.NotFound, $"There is no archive {ready}, which bundle '{request.Name}' names as its pre-built one.") { Target = ready };
    }

    private static BundleManifest Manifest(BundleRequest request, string archive, WrittenArchive written) => new()
    {
        Schema = BundleManifest.CurrentSchema,
        Tool = Tool,
        Name = request.Name,
        Environment = request.Environment,
        Version = request.Version,
        Archive = Path.GetFileName(archive),
        Size = written.Size,
        Sha256 = written.Sha256,
        Digest = written.Digest,
        Entries = written.Entries,
    };

    private static Bundle Describe(BundleRequest request, string archive, BuildOutcome outcome) => new()
    {
        Name = request.Name,
        Environment = request.Environment,
        Version = request.Version,
        Path = archive,
        ManifestPath = archive + BundleManifest.Suffix,
        Files = outcome.Files,
        Size = outcome.Size,
        Digest = outcome.Digest,
        Sha256 = outcome.Sha256,
    };

    /// <param name="bundle">Null before it is built.</param>
    private static Dictionary<string, string?> HookVariables(string archive, BundleFormat format, Bundle? bundle) => new()
    {
        ["CUMULUS_BUNDLE_PATH"] = archive,
        ["CUMULUS_BUNDLE_FORMAT"] = format.Ending()[1..],
        ["CUMULUS_BUNDLE_DIGEST"] = bundle?.Digest,
        ["CUMULUS_BUNDLE_SHA256"] = bundle?.Sha256,
    };

    private async Task RunHookAsync(string name, string? command, BundleRequest request, Dictionary<string, string?> variables, CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(command)) return;
        var hook = new HookRequest
        {
            Name = name,
            Command = command,
            WorkingDirectory = request.HookFolder ?? Environment.CurrentDirectory,
            Environment = request.Environment,
            Version = request.Version,
            Bundle = request.Name,
            Variables = variables,
            TimeLimit = request.HookTimeLimit,
            OnLine = request.Log is { } log ? line => log($"{name}: {line}") : null,
        };
        await _hooks.RunAsync(hook, cancellationToken);
    }

    /// <summary>The moment that <c>SOURCE_DATE_EPOCH</c> names (reproducible-builds.org), in seconds since 1970.</summary>
    private static DateTimeOffset SourceDate()
    {
        string? text = Environment.GetEnvironmentVariable("SOURCE_DATE_EPOCH");
        if (string.IsNullOrEmpty(text)) return ZipHeaders.FirstTime;
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long seconds) && seconds <= uint.MaxValue)
        {
            return DateTimeOffset.FromUnixTimeSeconds(seconds);
        }

        throw new CumulusException(ErrorIds.ConfigurationInvalid, FailureKind.InvalidInput, $"SOURCE_DATE_EPOCH is '{text}', not a number of seconds since 1970.") { Target = text };
    }
}
