using System.Collections.Concurrent;
using Cumulus.Engine;
using Cumulus.LocalCloud.Fleet;

namespace Cumulus.LocalCloud.Ec2;

/// <summary>What moto does not keep of an image.</summary>
/// <param name="State">pending, available, disabled or failed.</param>
/// <param name="Reason">Why it failed.</param>
/// <param name="DeprecatedAt">As it was given; null: it is not to be deprecated.</param>
internal sealed record ImageState(string State, string? Reason = null, string? DeprecatedAt = null);

/// <summary>States of images that are made here (https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ami-lifecycle.html): pending until their files are copied.</summary>
internal sealed class ImageStates(ImageFolders folders, CloudLog log) : IAsyncDisposable
{
    private static readonly ImageState Usual = new("available");

    private readonly ConcurrentDictionary<string, ImageState> _states = new();
    private readonly ConcurrentDictionary<Task, bool> _copies = new();
    private readonly CancellationTokenSource _end = new();

    public ImageState Of(string imageId) => _states.GetValueOrDefault(imageId, Usual);

    public void Change(string imageId, Func<ImageState, ImageState> change) => _states.AddOrUpdate(imageId, _ => change(Usual), (_, old) => change(old));

    public void Forget(string imageId)
    {
        _states.TryRemove(imageId, out _);
        folders.Remove(imageId);
    }

    /// <summary>The image's files are copied in the background.</summary>
    /// <param name="files">Null: there are none.</param>
    public void Begin(string imageId, string? files)
    {
        if (files is null)
            return;
        _states[imageId] = new ImageState("pending");
        var copy = Task.Run(() => CopyAsync(imageId, files));
        _copies[copy] = true;
        _ = copy.ContinueWith(done => _copies.TryRemove(done, out _), TaskScheduler.Default);
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await Task.WhenAll(_copies.Keys);
        _end.Dispose();
    }

    private async Task CopyAsync(string imageId, string files)
    {
        try
        {
            await folders.CopyAsync(files, imageId, _end.Token);
            Change(imageId, state => state with { State = "available" });
        }
        catch (Exception e) when (e is CumulusException or IOException or OperationCanceledException)
        {
            log.Write($"{imageId}: {e.Message}");
            Change(imageId, state => state with { State = "failed", Reason = e.Message });
        }
    }
}
