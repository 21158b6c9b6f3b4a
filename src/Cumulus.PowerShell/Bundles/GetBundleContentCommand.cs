using System.Management.Automation;
using Cumulus.Engine;
using Cumulus.Engine.Bundles;
using Cumulus.Engine.Configuration;

namespace Cumulus.PowerShell;

/// <summary>Lists what bundles hold, without unfolding them. Of published ones only the manifest is fetched.</summary>
[Cmdlet(VerbsCommon.Get, "BundleContent", DefaultParameterSetName = "Path")]
[OutputType(typeof(BundleContent))]
public sealed class GetBundleContentCommand : BundleReadingCmdlet
{
    private readonly List<object> _inputs = [];

    /// <summary>Archives or manifest files; wildcards are fine.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "Path")]
    public string[] Path { get; set; } = [];

    /// <summary>Bundles from New-Bundle, Publish-Bundle, Get-Bundle or Save-Bundle, files, or paths.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Object", ValueFromPipeline = true)]
    public object? InputObject { get; set; }

    /// <summary>Environment that the bundles are published for.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Environment")]
    [ArgumentCompleter(typeof(EnvironmentCompleter))]
    public string Environment { get; set; } = "";

    /// <summary>Version. Default: the environment's.</summary>
    [Parameter(ParameterSetName = "Environment")]
    [ArgumentCompleter(typeof(VersionCompleter))]
    public string? Version { get; set; }

    /// <summary>Which bundles; wildcards are fine. Default: all of the environment.</summary>
    [Parameter(ParameterSetName = "Environment")]
    [ArgumentCompleter(typeof(BundleCompleter))]
    public string[]? Name { get; set; }

    /// <summary>Bucket. Default: the environment's.</summary>
    [Parameter(ParameterSetName = "Environment")]
    public string? Bucket { get; set; }

    /// <summary>Only entries with these names; wildcards are fine, and * matches / too.</summary>
    [Parameter]
    public string[] EntryName { get; set; } = ["*"];

    protected override Task ProcessAsync(CancellationToken stop)
    {
        if (InputObject is { } input) _inputs.Add(input);
        return Task.CompletedTask;
    }

    private protected override async Task ReadBundlesAsync(CancellationToken stop)
    {
        IEnumerable<NamedBundle> bundles = Environment.Length > 0 ? Published(Environment, Version, Name, Bucket)
            : Path.Length > 0 ? Path.SelectMany(Matching).Select(Named)
            : _inputs.Select(Named);
        foreach (NamedBundle bundle in bundles)
        {
            try
            {
                BundleManifest manifest = await ReadAsync(bundle, stop);
                WriteObjects(manifest.Entries.Where(e => EntryName.Any(p => NamePattern.Matches(p, e.Name))).Select(e => BundleContent.Of(manifest, e)));
            }
            catch (CumulusException e)
            {
                WriteFailure(e, bundle.Reference.ToString());
            }
        }
    }

    // Of an archive and the manifest beside it, the archive: it says the same.
    private string[] Matching(string pattern)
    {
        HashSet<string> found = [.. PathWildcards.Resolve(pattern, ResolvePath)];
        string[] bundles = [.. found.Where(f => found.Count == 1 || BundleFormats.Of(f) is not null || IsLoneManifest(f))];
        return bundles.Length > 0 ? bundles : [ResolvePath(pattern)];

        bool IsLoneManifest(string file) => file.EndsWith(BundleManifest.Suffix, StringComparison.Ordinal) && !found.Contains(file[..^BundleManifest.Suffix.Length]);
    }
}
