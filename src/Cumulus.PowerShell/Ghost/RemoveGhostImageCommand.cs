using System.Management.Automation;
using Cumulus.Engine;
using Cumulus.Engine.Aws;
using Cumulus.Engine.Ghost;
using Cumulus.Engine.State;

namespace Cumulus.PowerShell;

/// <summary>Takes old images away with their copies and snapshots, after it has named them and asked. One that anything refers to stays.</summary>
[Cmdlet(VerbsCommon.Remove, "GhostImage", SupportsShouldProcess = true)]
[OutputType(typeof(ImageRemoval))]
public sealed class RemoveGhostImageCommand : ApplicationCmdlet
{
    /// <summary>Ids of images. Default: all that no rule keeps.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string[] ImageId { get; set; } = [];

    /// <summary>Keep the newest of each application. Images that are named by their ids go all the same.</summary>
    [Parameter]
    [ValidateRange(0, 100000)]
    public int KeepLast { get; set; } = 5;

    /// <summary>Remove only what is older: 30d, 12h, a time span, or a date.</summary>
    [Parameter]
    public Engine.Bundles.BundleAge? OlderThan { get; set; }

    /// <summary>How far to go: Deprecate (hidden), Disable (not to be launched, can be enabled again), or Delete (deregistered, snapshots deleted).</summary>
    [Parameter]
    [ValidateSet("Deprecate", "Disable", "Delete")]
    public string Stage { get; set; } = "Delete";

    /// <summary>Do not ask.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    protected override async Task ProcessAsync(CancellationToken stop)
    {
        foreach (StoredApplication application in await FindAsync(stop)) await RemoveAsync(application, stop);
    }

    private async Task RemoveAsync(StoredApplication application, CancellationToken stop)
    {
        ApplicationKey key = application.Definition.Key;
        IStateStore state = await StateAsync(application.Env, stop);
        IReadOnlyList<BakedImage> images = await new ImageRecords(state).ReadAsync(key, stop);
        BakedImage[] meant = [.. images.Where(i => ImageId.Length == 0 || ImageId.Contains(i.ImageId))];
        if (meant.Length == 0) return;
        using AwsGateways aws = await OpenAwsAsync(application.Definition, stop);
        var remover = new ImageRemover(state, aws.ImagesIn, TimeProvider.System);
        IReadOnlyList<ImageRemoval> plan = await PlanAsync(remover, application, meant, stop);
        foreach (ImageRemoval kept in plan.Where(p => p.Action == ImageAction.Keep)) Tell(kept);
        ImageRemoval[] going = [.. plan.Where(p => p.Action != ImageAction.Keep && ShouldProcess($"{p.ImageId} ({p.ImageName})", $"{p.Action} the image"))];
        if (going.Length == 0) return;
        if (!IsSet(Force) && !ShouldContinue($"{Stage} {(going.Length == 1 ? "the image" : $"these {going.Length} images")} of {key}: {string.Join(", ", going.Select(g => g.ImageId))}?", "Remove images")) return;

        // The answer may have taken long: what refers to an image since then keeps it.
        foreach (ImageRemoval removal in (await PlanAsync(remover, application, meant, stop)).Where(p => going.Any(g => g.ImageId == p.ImageId)))
        {
            if (removal.Action == ImageAction.Keep)
            {
                Tell(removal);
                continue;
            }

            await remover.RemoveAsync(key, images.First(i => i.ImageId == removal.ImageId), removal.Action, stop);
            WriteObject(removal);
        }
    }

    private async Task<IReadOnlyList<ImageRemoval>> PlanAsync(ImageRemover remover, StoredApplication application, BakedImage[] meant, CancellationToken stop) => ImageRetention.Plan(
        meant, await remover.UsesAsync(meant, stop), application.Ami, ImageId.Length > 0 ? 0 : KeepLast, OlderThan?.Before(TimeProvider.System.GetUtcNow()), Enum.Parse<ImageAction>(Stage));

    // A rule keeps in silence; what was asked for by its id and stays is an error.
    private void Tell(ImageRemoval kept)
    {
        if (ImageId.Length > 0 && kept.InUse)
        {
            WriteFailure(new CumulusException(ErrorIds.ImageInUse, FailureKind.Conflict, $"Image {kept.ImageId} stays: {kept.Reason}.") { Target = kept.ImageId });
        }
        else
        {
            WriteVerbose($"{kept.ImageId} stays: {kept.Reason}");
        }
    }
}
