using System.IO.Compression;
using System.Management.Automation;
using Cumulus.Engine;
using Cumulus.Engine.Bundles;
using Cumulus.Engine.Configuration;

namespace Cumulus.PowerShell;

/// <summary>Builds bundles: those of an environment, or one from any files and folders.</summary>
[Cmdlet(VerbsCommon.New, "Bundle", DefaultParameterSetName = "Environment", SupportsShouldProcess = true)]
[OutputType(typeof(Bundle))]
public sealed class NewBundleCommand : CumulusCmdlet
{
    private readonly List<BundlePath> _paths = [];
    private CumulusConfiguration? _configuration;
    private bool _pathsAreGiven;
    private bool _pathsAreWrong;

    /// <summary>Environment of the configuration; all its bundles are built unless -Name says which.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "Environment", ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(EnvironmentCompleter))]
    public string Environment { get; set; } = "";

    /// <summary>Files and folders, with wildcards. The content of one folder is at the root of the bundle; several, and what wildcards find, are there under their own names.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "Path", ValueFromPipeline = true)]
    [SupportsWildcards]
    public string[] Path { get; set; } = [];

    /// <summary>As -Path, with names that are taken as they are.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "LiteralPath", ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath", "FullName")]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>With -Environment: which of its bundles, wildcards are fine. With a path: the bundle's name; default: that of the one file or folder.</summary>
    [Parameter(Position = 1)]
    [ArgumentCompleter(typeof(BundleCompleter))]
    public string[]? Name { get; set; }

    /// <summary>Version of the bundle. Default: the environment's.</summary>
    [Parameter]
    public string? Version { get; set; }

    /// <summary>Folder for archive and manifest, made when absent. Default: the current folder.</summary>
    [Parameter]
    public string DestinationPath { get; set; } = ".";

    /// <summary>zip, tar.gz or tar.bz2. Default: the configuration's, else zip.</summary>
    [Parameter]
    [ValidateSet("zip", "tar.gz", "tar.bz2")]
    public string? Format { get; set; }

    /// <summary>Patterns of what to leave out, with the rules of .gitignore, besides what the configuration and .cumulusignore files leave out.</summary>
    [Parameter]
    public string[] Exclude { get; set; } = [];

    /// <summary>Whole leading components of names that become others: 'target -> destination'. They come after those of the configuration.</summary>
    [Parameter]
    public string[] PathRewrite { get; set; } = [];

    /// <summary>Put in what links point to. Default: what the configuration says; else links are kept as links.</summary>
    [Parameter]
    public SwitchParameter FollowSymlink { get; set; }

    /// <summary>Configuration files; a later one overrides an earlier one option by option. Default: the usual places.</summary>
    [Parameter(ParameterSetName = "Environment")]
    [Alias("Config")]
    public string[]? ConfigurationPath { get; set; }

    /// <summary>Effort of compression: Optimal (the default), Fastest, SmallestSize or NoCompression.</summary>
    [Parameter]
    public CompressionLevel CompressionLevel { get; set; } = CompressionLevel.Optimal;

    /// <summary>Read and compress everything anew, and remember nothing.</summary>
    [Parameter]
    public SwitchParameter NoCache { get; set; }

    /// <summary>Run in the background as a PowerShell job, which Receive-Job, Wait-Job and Stop-Job take. In PowerShell only.</summary>
    [Parameter]
    public SwitchParameter AsJob { get; set; }

    /// <summary>Say nothing to the build service that runs this: no groups, annotations, summary or outputs.</summary>
    [Parameter]
    public SwitchParameter NoCi { get; set; }

    protected override Task BeginAsync(CancellationToken stop)
    {
        _pathsAreGiven = IsBound(nameof(Path)) || IsBound(nameof(LiteralPath));
        return Task.CompletedTask;
    }

    protected override async Task ProcessAsync(CancellationToken stop)
    {
        if (Environment.Length > 0)
        {
            await BuildAsync(OfEnvironment(ResolvePath(DestinationPath)), stop);
            return;
        }

        try
        {
            foreach (string path in Path) _paths.AddRange(Find(path));
            _paths.AddRange(LiteralPath.Select(p => new BundlePath(ResolvePath(p), "")));
        }
        catch (CumulusException)
        {
            // Not a bundle of the rest.
            _pathsAreWrong = true;
            throw;
        }
    }

    protected override async Task EndAsync(CancellationToken stop)
    {
        if (_paths.Count > 0 && !_pathsAreWrong) await BuildAsync([OfPaths(ResolvePath(DestinationPath))], stop);
    }

    private IEnumerable<BundlePath> Find(string path) =>
        PathWildcards.Resolve(path, ResolvePath) is [var one] && (!PathWildcards.HasWildcard(path) || one == ResolvePath(path))
            ? [new BundlePath(one, "")]
            : PathWildcards.Resolve(path, ResolvePath).Select(p => new BundlePath(p, "") { IsFromWildcard = true });

    private async Task BuildAsync(IEnumerable<BundleRequest> requests, CancellationToken stop)
    {
        var builder = new BundleBuilder();
        var built = new List<Bundle>();
        foreach (BundleRequest request in requests.Select(WithParameters))
        {
            if (!ShouldProcess(request.Name, $"Build into {request.OutputFolder}")) continue;
            WriteProgress(new CmdletProgress(1, $"Bundling {request.Name}", request.OutputFolder));
            built.Add(await builder.BuildAsync(request, stop));
        }

        WriteProgress(new CmdletProgress(1, "Bundling", "done", Completed: true));
        // All or none: what comes next in the pipeline must not publish half a version.
        WriteObjects(built);
    }

    private BundleRequest WithParameters(BundleRequest request)
    {
        if (Format is not null && request.PreBuiltBundle is not null) WriteWarning($"Bundle '{request.Name}' is pre-built, so that -Format does not change it: {request.PreBuiltBundle}.");
        return request with
        {
            Format = Format is null ? request.Format : BundleFormats.Parse(Format)!.Value,
            Exclude = [.. request.Exclude, .. Exclude],
            PathRewrites = [.. request.PathRewrites, .. PathRewrite.Select(Engine.Configuration.PathRewrite.Parse)],
            FollowSymlinks = IsBound(nameof(FollowSymlink)) ? IsSet(FollowSymlink) : request.FollowSymlinks,
            CompressionLevel = CompressionLevel,
            Cache = IsSet(NoCache) ? null : BuildCacheFolder.Default,
            Log = WriteVerbose,
            Warn = WriteWarning,
        };
    }

    private IEnumerable<BundleRequest> OfEnvironment(string folder)
    {
        _configuration ??= ConfigurationReading.Read(ConfigurationPath, Host);
        var selection = EnvironmentSelection.Of(_configuration, Environment, Version);
        string version = selection.RequireVersion();
        IReadOnlyList<BundleDefinition> bundles = selection.Bundles(Name);
        if (bundles.Count == 0) WriteWarning($"The environment '{Environment}' has no bundles.");
        return bundles.Select(bundle => BundleRequest.From(bundle, selection.Name, version, folder));
    }

    private BundleRequest OfPaths(string folder)
    {
        if (Name is { Length: > 1 })
        {
            throw new CumulusException(ErrorIds.NameInvalid, FailureKind.InvalidInput, "A bundle that is built from paths has one name.") { Target = Name[1] };
        }

        string? name = Name?[0] ?? (_pathsAreGiven && _paths is [{ IsFromWildcard: false } only] ? NameOf(only.FullPath) : null);
        if (name is null)
        {
            throw new CumulusException(ErrorIds.NameInvalid, FailureKind.InvalidInput, "A bundle of several paths, of wildcards or of piped paths has no name by itself.")
            {
                Target = _paths[0].FullPath,
                Advice = "Name it with -Name.",
            };
        }

        return BundleRequest.FromPaths(name, _paths, contentAtRoot: _pathsAreGiven, folder) with { Version = Version };
    }

    private static string NameOf(string path)
    {
        string name = System.IO.Path.TrimEndingDirectorySeparator(path);
        return Directory.Exists(name) ? System.IO.Path.GetFileName(name) : System.IO.Path.GetFileNameWithoutExtension(name);
    }
}
