using Cumulus.Engine.Aws;

namespace Cumulus.Engine.Ghost;

public enum ImageAction
{
    Keep,

    /// <summary>Nobody finds it by chance any more.</summary>
    Deprecate,

    /// <summary>Nobody can launch it any more; it can be enabled again.</summary>
    Disable,

    /// <summary>Deregistered, with its snapshots.</summary>
    Delete,
}

/// <summary>What becomes of an image, and why.</summary>
public sealed record ImageRemoval(string Application, string ImageId, string ImageName, string AwsRegion, ImageAction Action, string Reason)
{
    /// <summary>Something refers to it.</summary>
    public bool InUse { get; init; }
}

/// <summary>Which images go. Pure (G-01: Ghost's rule never found any).</summary>
public static class ImageRetention
{
    /// <param name="images">Of one application, the newest first.</param>
    /// <param name="uses">What refers to each, by its id; absent: nothing.</param>
    /// <param name="keepLast">The newest, which stay.</param>
    /// <param name="before">Only images that were baked before it go; null: all.</param>
    /// <param name="action">What becomes of those that go.</param>
    public static IReadOnlyList<ImageRemoval> Plan(
        IReadOnlyList<BakedImage> images, IReadOnlyDictionary<string, IReadOnlyList<string>> uses, string? current, int keepLast, DateTimeOffset? before, ImageAction action) =>
        [.. images.OrderByDescending(i => i.BakedAt).Select((image, i) =>
        {
            IReadOnlyList<string> by = uses.GetValueOrDefault(image.ImageId, []);
            if (by.Count > 0) return Removal(image, ImageAction.Keep, $"in use by {string.Join(", ", by.Take(3))}{(by.Count > 3 ? $" and {by.Count - 3} more" : "")}") with { InUse = true };
            if (image.ImageId == current) return Removal(image, ImageAction.Keep, "the application's current image") with { InUse = true };
            if (i < keepLast) return Removal(image, ImageAction.Keep, $"one of the newest {keepLast}");
            return before is not null && image.BakedAt >= before ? Removal(image, ImageAction.Keep, "young enough") : Removal(image, action, "nothing refers to it");
        })];

    private static ImageRemoval Removal(BakedImage image, ImageAction action, string reason) => new(image.Application, image.ImageId, image.ImageName, image.AwsRegion, action, reason);
}
