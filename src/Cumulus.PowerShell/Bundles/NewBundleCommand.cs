using System.IO.Compression;
using System.Management.Automation;
using Cumulus.Engine;
using Cumulus.Engine.Bundles;
using Cumulus.Engine.Configuration;

namespace Cumulus.PowerShell;

/// <summary>Builds bundles: those of an environment, or one from any file or folder.</summary>
[Cmdlet(VerbsCommon.New, "Bundle", DefaultParameterSetName = "Environment", SupportsShouldProcess = true)]
[OutputType(typeof(Bundle))]
public sealed class NewBundleCommand : CumulusCmdlet
{
    private CumulusConfiguration? _configuration;

    /// <summary>Environment of the configuration; all its bundles are built unless -Name says which.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "Environment", ValueFromPipelineByPropertyName = true)]
    public string Environment { get; set; } = "";

    /// <summary>A file or a folder; the folder's content is at the root of the bundle.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "Path")]
    public string Path { get; set; } = "";

    /// <summary>With -Environment: which of its bundles, wildcards are fine. With -Path: the bundle's name; default: the folder's.</summary>
    [Parameter(Position = 1)]
    public string[]? Name { get; set; }

    /// <summary>Version of the bundle. Default: the environment's.</summary>
    [Parameter]
    public string? Version { get; set; }

    /// <summary>Folder for archive and manifest, made when absent. Default: the current folder.</summary>
    [Parameter]
    public string DestinationPath { get; set; } = ".";

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

    protected override async Task ProcessAsync(CancellationToken stop)
    {
        string folder = ResolvePath(DestinationPath);
        var builder = new BundleBuilder();
        var built = new List<Bundle>();
        foreach (BundleRequest request in Requests(folder))
        {
            if (!ShouldProcess(request.Name, $"Build into {folder}")) continue;
            WriteProgress(new CmdletProgress(1, $"Bundling {request.Name}", folder));
            built.Add(await builder.BuildAsync(request with { Log = WriteVerbose, CompressionLevel = CompressionLevel, Cache = IsSet(NoCache) ? null : BuildCacheFolder.Default }, stop));
        }

        WriteProgress(new CmdletProgress(1, "Bundling", "done", Completed: true));
        // All or none: what comes next in the pipeline must not publish half a version.
        WriteObjects(built);
    }

    private IEnumerable<BundleRequest> Requests(string folder)
    {
        if (Environment.Length == 0) return [FromPath(folder)];

        _configuration ??= ConfigurationReading.Read(ConfigurationPath, Host);
        var selection = EnvironmentSelection.Of(_configuration, Environment, Version);
        string version = selection.RequireVersion();
        IReadOnlyList<BundleDefinition> bundles = selection.Bundles(Name);
        if (bundles.Count == 0) WriteWarning($"The environment '{Environment}' has no bundles.");
        return bundles.Select(bundle => BundleRequest.From(bundle, selection.Name, version, folder));
    }

    private BundleRequest FromPath(string folder)
    {
        if (Name is { Length: > 1 })
        {
            throw new CumulusException(ErrorIds.NameInvalid, FailureKind.InvalidInput, "A bundle that is built from -Path has one name.") { Target = Name[1] };
        }

        string path = ResolvePath(Path);
        string name = Name?[0] ?? System.IO.Path.GetFileNameWithoutExtension(System.IO.Path.TrimEndingDirectorySeparator(path));
        return BundleRequest.FromPath(name, path, folder) with { Version = Version };
    }
}
