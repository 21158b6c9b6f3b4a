using Cumulus.Engine.Aws;
using Cumulus.Engine.State;

namespace Cumulus.Engine.Ghost;

/// <summary>Finds what refers to images, and takes them away in steps: deprecated, disabled, deleted.</summary>
/// <param name="images">Images of a region.</param>
public sealed class ImageRemover(IStateStore state, Func<string, IImageService> images, TimeProvider clock)
{
    private readonly ImageRecords _records = new(state);

    /// <summary>What refers to each image or one of its copies.</summary>
    public async Task<IReadOnlyDictionary<string, IReadOnlyList<string>>> UsesAsync(IReadOnlyList<BakedImage> baked, CancellationToken cancellationToken)
    {
        var uses = new Dictionary<string, IReadOnlyList<string>>();
        foreach (BakedImage image in baked)
        {
            var found = new List<string>();
            foreach ((string region, string id) in All(image)) found.AddRange(await images(region).UsesAsync(id, cancellationToken));
            if (found.Count > 0) uses[image.ImageId] = found;
        }

        return uses;
    }

    /// <summary>Copies first; the record last, so that an interrupted removal can be done again.</summary>
    public async Task RemoveAsync(ApplicationKey key, BakedImage image, ImageAction action, CancellationToken cancellationToken)
    {
        foreach ((string region, string id) in All(image).Reverse())
        {
            IImageService there = images(region);
            if (await there.StateAsync(id, cancellationToken) is not { } now) continue;
            if (now.DeprecatedAt is null) await there.DeprecateAsync(id, clock.GetUtcNow() + TimeSpan.FromMinutes(1), cancellationToken);
            if (action == ImageAction.Deprecate) continue;
            if (now.State == "available") await there.DisableAsync(id, cancellationToken);
            if (action == ImageAction.Delete) await there.DeleteAsync(now, cancellationToken);
        }

        if (action == ImageAction.Delete) await _records.RemoveAsync(key, image.ImageId, cancellationToken);
    }

    private static IEnumerable<KeyValuePair<string, string>> All(BakedImage image) => image.Copies.Prepend(KeyValuePair.Create(image.AwsRegion, image.ImageId));
}
