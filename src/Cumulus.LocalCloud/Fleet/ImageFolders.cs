namespace Cumulus.LocalCloud.Fleet;

/// <summary>Where the files of images are. An image that was not made here has none: its instances begin with what the machine has.</summary>
internal sealed class ImageFolders(CloudFolder folder)
{
    public string? Find(string imageId) => Directory.Exists(PathOf(imageId)) ? PathOf(imageId) : null;

    /// <summary>The image begins with a copy of these files; when it fails, nothing of it stays.</summary>
    /// <exception cref="Engine.CumulusException"><c>LocalCloudUnavailable</c>: they could not be copied.</exception>
    public async Task CopyAsync(string files, string imageId, CancellationToken cancellationToken)
    {
        PrivateFiles.CreateFolder(folder.Images);
        var draft = PathOf(imageId) + ".new";
        try
        {
            await FileTree.CopyAsync(files, draft, cancellationToken);
            Directory.Move(draft, PathOf(imageId));
        }
        finally
        {
            if (Directory.Exists(draft))
                CloudFolder.RemoveTree(draft);
        }
    }

    public void Remove(string imageId)
    {
        if (Find(imageId) is { } path)
            CloudFolder.RemoveTree(path);
    }

    private string PathOf(string imageId) => Path.Combine(folder.Images, Path.GetFileName(imageId));
}
