using Cumulus.Engine.State;

namespace Cumulus.Engine.Ghost;

/// <summary>The images of applications in the state.</summary>
/// <exception cref="CumulusException"><see cref="ErrorIds.StateInvalid"/>, <see cref="ErrorIds.NameInvalid"/>, and what the home of the state names; so with all methods here.</exception>
public sealed class ImageRecords(IStateStore state)
{
    /// <summary>The newest first.</summary>
    public async Task<IReadOnlyList<BakedImage>> ReadAsync(ApplicationKey key, CancellationToken cancellationToken)
    {
        var images = new List<BakedImage>();
        await foreach (string name in state.ListAsync(FolderOf(key), cancellationToken))
        {
            if (await state.GetAsync(name, cancellationToken) is { } document) images.Add(BakedImage.Read(document, name));
        }

        return [.. images.OrderByDescending(i => i.BakedAt)];
    }

    public async Task WriteAsync(ApplicationKey key, BakedImage image, CancellationToken cancellationToken)
    {
        string name = FolderOf(key) + image.ImageId;
        string? written = null;
        while (written is null)
        {
            written = await state.GetAsync(name, cancellationToken) is { } there
                ? await state.PutIfMatchAsync(name, image.ToBytes(), there.Version, cancellationToken)
                : await state.PutIfAbsentAsync(name, image.ToBytes(), cancellationToken);
        }
    }

    public Task RemoveAsync(ApplicationKey key, string imageId, CancellationToken cancellationToken) => state.DeleteAsync(FolderOf(key) + imageId, cancellationToken);

    private static string FolderOf(ApplicationKey key) => ApplicationStore.FolderOf(key) + "/images/";
}
