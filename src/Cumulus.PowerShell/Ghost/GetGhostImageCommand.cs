using System.Management.Automation;
using Cumulus.Engine.Ghost;

namespace Cumulus.PowerShell;

/// <summary>The images that were baked for applications, the newest first.</summary>
[Cmdlet(VerbsCommon.Get, "GhostImage")]
[OutputType(typeof(BakedImage))]
public sealed class GetGhostImageCommand : ApplicationCmdlet
{
    /// <summary>Only so many of each application, the newest.</summary>
    [Parameter]
    [ValidateRange(1, 100000)]
    public int Last { get; set; }

    protected override async Task ProcessAsync(CancellationToken stop)
    {
        IReadOnlyList<StoredApplication> applications = await FindAsync(stop);
        var records = new ImageRecords(await StateAsync(Pattern.Env, stop));
        foreach (StoredApplication application in applications)
        {
            IReadOnlyList<BakedImage> images = await records.ReadAsync(application.Definition.Key, stop);
            WriteObjects(IsBound(nameof(Last)) ? images.Take(Last) : images);
        }
    }
}
