using System.Management.Automation;
using Cumulus.Engine;
using Cumulus.Engine.Ghost;

namespace Cumulus.PowerShell;

/// <summary>How two images of an application differ: source, features, revision, age.</summary>
[Cmdlet(VerbsData.Compare, "GhostImage")]
[OutputType(typeof(ImageDifference))]
public sealed class CompareGhostImageCommand : ApplicationCmdlet
{
    /// <summary>Id of one image. Default: the newest but one.</summary>
    [Parameter]
    public string? ImageId { get; set; }

    /// <summary>Id of the other. Default: the newest.</summary>
    [Parameter]
    public string? DifferenceImageId { get; set; }

    protected override async Task ProcessAsync(CancellationToken stop)
    {
        StoredApplication application = await SingleAsync(stop);
        IReadOnlyList<BakedImage> images = await new ImageRecords(await StateAsync(Pattern.Env, stop)).ReadAsync(application.Definition.Key, stop);
        WriteObjects(ImageComparison.Of(Find(application, images, ImageId, 1), Find(application, images, DifferenceImageId, 0)));
    }

    private static BakedImage Find(StoredApplication application, IReadOnlyList<BakedImage> images, string? id, int fallback) =>
        (id is null ? images.ElementAtOrDefault(fallback) : images.FirstOrDefault(i => i.ImageId == id))
        ?? throw new CumulusException(ErrorIds.ImageNotFound, FailureKind.NotFound, id is null ? $"{application.Definition.Key} has {images.Count} image{(images.Count == 1 ? "" : "s")}, and two are compared." : $"{application.Definition.Key} has no image {id}.")
        {
            Target = application.Definition.Key.Path,
            Advice = "See Get-GhostImage for those that there are.",
        };
}
