using System.Globalization;
using Cumulus.Engine.Processes;

namespace Cumulus.Engine.Bundles;

/// <summary>Builds bundles: hooks, walk, archive, manifest. Either both files are there in the end, or what was there before.</summary>
public sealed class BundleBuilder(HookRunner? hooks = null)
{
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
        string name = BundleFormats.WithoutEnding(BundleNames.FileName(request.Name, request.Environment, request.Version));
        DateTimeOffset time = request.EntryTime ?? SourceDate();
        await RunHookAsync("pre-bundle-hook", request.PreBundleHook, request, cancellationToken);
        // Only now: the hook may be what makes the pre-built archive.
        string archive = Path.Combine(request.OutputFolder, name + FormatOf(request).Ending());
        string manifest = archive + BundleManifest.Suffix;

        Directory.CreateDirectory(request.OutputFolder);
        string unique = $".{Guid.NewGuid():N}.tmp";
        Bundle bundle;
        try
        {
            IReadOnlyList<BundleEntry> entries = request.PreBuiltBundle is { } ready
                ? await BundleFile.TakeAsync(ready, archive + unique, request.Log, cancellationToken)
                : await WriteAsync(request, [archive, manifest], archive + unique, time, cancellationToken);
            BundleManifest content = await DescribeAsync(request, archive, archive + unique, entries, cancellationToken);
            await content.WriteAsync(manifest + unique, cancellationToken);
            File.Move(archive + unique, archive, overwrite: true);
            File.Move(manifest + unique, manifest, overwrite: true);
            bundle = BundleFile.Describe(archive, content);
        }
        finally
        {
            File.Delete(archive + unique);
            File.Delete(manifest + unique);
        }

        await RunHookAsync("post-bundle-hook", request.PostBundleHook, request, cancellationToken);
        return bundle;
    }

    private static async Task<IReadOnlyList<BundleEntry>> WriteAsync(BundleRequest request, HashSet<string> leaveOut, string path, DateTimeOffset time, CancellationToken cancellationToken)
    {
        IReadOnlyList<BundleSource> sources = new BundleWalk(request, leaveOut).Run(cancellationToken);
        if (sources.Count == 0)
        {
            throw new CumulusException(ErrorIds.BundleInvalid, FailureKind.InvalidInput, $"Bundle '{request.Name}' would be empty.")
            {
                Target = request.Name,
                Advice = "Name at least one path that holds files for this environment.",
            };
        }

        request.Log?.Invoke($"Bundle '{request.Name}': {sources.Count} entries from {request.Paths.Count} paths.");
        try
        {
            await using var stream = new FileStream(path, FileMode.CreateNew, FileAccess.ReadWrite);
            return await ZipBundleWriter.WriteAsync(sources, stream, time, cancellationToken);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new CumulusException(ErrorIds.AccessDenied, FailureKind.AccessDenied, $"Bundle '{request.Name}' cannot be built: {e.Message}", e) { Target = request.Name };
        }
    }

    /// <summary>A pre-built archive keeps its own.</summary>
    private static BundleFormat FormatOf(BundleRequest request)
    {
        if (request.PreBuiltBundle is not { } ready) return BundleFormat.Zip;
        if (File.Exists(ready)) return SafeArchive.FormatOf(ready);
        throw new CumulusException(ErrorIds.BundlePathNotFound, FailureKind.NotFound, $"There is no archive {ready}, which bundle '{request.Name}' names as its pre-built one.") { Target = ready };
    }

    private static async Task<BundleManifest> DescribeAsync(BundleRequest request, string archive, string written, IReadOnlyList<BundleEntry> entries, CancellationToken cancellationToken) => new()
    {
        Schema = BundleManifest.CurrentSchema,
        Tool = Tool,
        Name = request.Name,
        Environment = request.Environment,
        Version = request.Version,
        Archive = Path.GetFileName(archive),
        Size = new FileInfo(written).Length,
        Sha256 = await Hex.Sha256OfFileAsync(written, cancellationToken),
        Digest = ContentDigest.Of(entries),
        Entries = entries,
    };

    private async Task RunHookAsync(string name, string? command, BundleRequest request, CancellationToken cancellationToken)
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
            TimeLimit = request.HookTimeLimit,
            OnLine = request.Log is { } log ? line => log($"{name}: {line}") : null,
        };
        await _hooks.RunAsync(hook, cancellationToken);
    }

    /// <summary>The moment that <c>SOURCE_DATE_EPOCH</c> names (reproducible-builds.org), in seconds since 1970.</summary>
    private static DateTimeOffset SourceDate()
    {
        string? text = Environment.GetEnvironmentVariable("SOURCE_DATE_EPOCH");
        if (string.IsNullOrEmpty(text)) return ZipBundleWriter.FirstTime;
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long seconds) && seconds <= uint.MaxValue)
        {
            return DateTimeOffset.FromUnixTimeSeconds(seconds);
        }

        throw new CumulusException(ErrorIds.ConfigurationInvalid, FailureKind.InvalidInput, $"SOURCE_DATE_EPOCH is '{text}', not a number of seconds since 1970.") { Target = text };
    }
}
