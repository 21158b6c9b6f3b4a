using System.Management.Automation;
using Cumulus.Engine;
using Cumulus.Engine.Bundles;

namespace Cumulus.PowerShell;

/// <summary>Says what two versions of a bundle do not have in common, from their manifests.</summary>
[Cmdlet(VerbsData.Compare, "Bundle", DefaultParameterSetName = "Pair")]
[OutputType(typeof(BundleDifference))]
public sealed class CompareBundleCommand : BundleReadingCmdlet
{
    private readonly List<object> _inputs = [];

    /// <summary>The older bundle: a path, a file, or what New-Bundle, Publish-Bundle, Get-Bundle and Save-Bundle write.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "Pair")]
    public object? ReferenceBundle { get; set; }

    /// <summary>The newer bundle.</summary>
    [Parameter(Mandatory = true, Position = 1, ParameterSetName = "Pair")]
    public object? DifferenceBundle { get; set; }

    /// <summary>Bundles, two of each name, the older one first.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Object", ValueFromPipeline = true)]
    public object? InputObject { get; set; }

    /// <summary>Environment that the bundles are published for.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Environment")]
    [ArgumentCompleter(typeof(EnvironmentCompleter))]
    public string Environment { get; set; } = "";

    /// <summary>Two versions, the older one first.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Environment")]
    [ValidateCount(2, 2)]
    [ArgumentCompleter(typeof(VersionCompleter))]
    public string[] Version { get; set; } = [];

    /// <summary>Which bundles; wildcards are fine. Default: all of the environment.</summary>
    [Parameter(ParameterSetName = "Environment")]
    [ArgumentCompleter(typeof(BundleCompleter))]
    public string[]? Name { get; set; }

    /// <summary>Bucket. Default: the environment's.</summary>
    [Parameter(ParameterSetName = "Environment")]
    public string? Bucket { get; set; }

    /// <summary>Also write what is equal.</summary>
    [Parameter]
    public SwitchParameter IncludeEqual { get; set; }

    protected override Task ProcessAsync(CancellationToken stop)
    {
        if (InputObject is { } input) _inputs.Add(input);
        return Task.CompletedTask;
    }

    private protected override async Task ReadBundlesAsync(CancellationToken stop)
    {
        if (_inputs.Count > 0)
        {
            await ComparePipelineAsync(stop);
            return;
        }

        IEnumerable<(NamedBundle Old, NamedBundle New)> pairs = Environment.Length > 0
            ? Published(Environment, Version[0], Name, Bucket).Zip(Published(Environment, Version[1], Name, Bucket))
            : [(Named(ReferenceBundle!), Named(DifferenceBundle!))];
        foreach ((NamedBundle old, NamedBundle now) in pairs)
        {
            try
            {
                Write(await ReadAsync(old, stop), await ReadAsync(now, stop));
            }
            catch (CumulusException e)
            {
                WriteFailure(e, now.Reference.ToString());
            }
        }
    }

    private async Task ComparePipelineAsync(CancellationToken stop)
    {
        var manifests = new List<BundleManifest>();
        foreach (object input in _inputs) manifests.Add(await ReadAsync(Named(input), stop));
        foreach (IGrouping<string, BundleManifest> group in manifests.GroupBy(m => m.Name))
        {
            if (group.ToArray() is [var old, var now])
            {
                Write(old, now);
                continue;
            }

            WriteFailure(new CumulusException(ErrorIds.InputNotBound, FailureKind.InvalidInput, $"Two versions of a bundle are compared; of '{group.Key}' there came {group.Count()}.")
            {
                Target = group.Key,
                Advice = "Choose two, such as with Select-Object -Last 2, or name them with -ReferenceBundle and -DifferenceBundle.",
            });
        }
    }

    private void Write(BundleManifest old, BundleManifest now)
    {
        IReadOnlyList<BundleDifference> differences = BundleComparison.Compare(old, now);
        WriteVerbose($"{now.Name}, {old.Version ?? old.Archive} to {now.Version ?? now.Archive}: {BundleComparison.Summary(differences)}");
        WriteObjects(differences.Where(d => d.Kind != DifferenceKind.Equal || IsSet(IncludeEqual)));
    }
}
