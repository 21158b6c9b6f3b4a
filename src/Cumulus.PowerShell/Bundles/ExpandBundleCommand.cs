using System.Management.Automation;
using Cumulus.Engine;
using Cumulus.Engine.Bundles;

namespace Cumulus.PowerShell;

/// <summary>Unpacks bundles, every digest compared, each into a folder that gets all of it or stays as it was.</summary>
[Cmdlet(VerbsData.Expand, "Bundle", DefaultParameterSetName = "Path", SupportsShouldProcess = true)]
[OutputType(typeof(ExpandedBundle))]
public sealed class ExpandBundleCommand : CumulusCmdlet
{
    private readonly HashSet<string> _destinations = [];

    /// <summary>The archive. Objects of New-Bundle and Save-Bundle bind by their property Path.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "Path", ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    public string[] Path { get; set; } = [];

    /// <summary>As -Path, with no character of it read as a wildcard.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "LiteralPath", ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath", "FullName")]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>Folder that gets the content. Default: one in the current folder, named as the archive without its ending.</summary>
    [Parameter(Position = 1)]
    public string? DestinationPath { get; set; }

    /// <summary>Replace everything that the folder holds.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Bytes that all files together may have.</summary>
    [Parameter]
    [ValidateRange(1, long.MaxValue)]
    public long MaxSize { get; set; } = ArchiveLimits.Default.TotalBytes;

    /// <summary>Entries that the archive may have.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int MaxEntries { get; set; } = ArchiveLimits.Default.Entries;

    /// <summary>How many times its own size an archive may unfold to, from 100 MiB on.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int MaxRatio { get; set; } = (int)ArchiveLimits.Default.Ratio;

    /// <summary>Run in the background as a PowerShell job, which Receive-Job, Wait-Job and Stop-Job take. In PowerShell only.</summary>
    [Parameter]
    public SwitchParameter AsJob { get; set; }

    protected override async Task ProcessAsync(CancellationToken stop)
    {
        IEnumerable<string> archives = LiteralPath.Length > 0 ? LiteralPath.Select(ResolvePath) : Path.SelectMany(p => PathWildcards.Archives(p, ResolvePath));
        foreach (string archive in archives)
        {
            try
            {
                await ExpandAsync(archive, stop);
            }
            catch (Exception e) when (e is CumulusException or IOException or UnauthorizedAccessException)
            {
                WriteFailure(e, archive);
            }
        }
    }

    private async Task ExpandAsync(string archive, CancellationToken stop)
    {
        string destination = ResolvePath(DestinationPath ?? BundleFormats.WithoutEnding(System.IO.Path.GetFileName(archive)));
        if (!_destinations.Add(destination))
        {
            throw new CumulusException(ErrorIds.DestinationNotEmpty, FailureKind.Conflict, $"The folder {destination} has got another archive's content just now.")
            {
                Target = archive,
                Advice = "Give each archive its own -DestinationPath, or none.",
            };
        }

        if (!ShouldProcess(archive, $"Unpack into {destination}")) return;
        WriteProgress(new CmdletProgress(1, $"Unpacking {System.IO.Path.GetFileName(archive)}", destination));
        try
        {
            var request = new ExpandRequest
            {
                Archive = archive,
                Destination = destination,
                Replace = IsSet(Force),
                Limits = new ArchiveLimits { TotalBytes = MaxSize, Entries = MaxEntries, Ratio = MaxRatio },
                Log = WriteVerbose,
            };
            WriteObject(await BundleUnpacker.ExpandAsync(request, stop));
        }
        finally
        {
            WriteProgress(new CmdletProgress(1, "Unpacking", "done", Completed: true));
        }
    }
}
