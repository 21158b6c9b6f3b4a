using Cumulus.Engine.Aws;

namespace Cumulus.Engine.Tests.Support;

/// <summary>S3 in memory, with conditional writes.</summary>
public sealed class FakeObjectStore : IObjectStore
{
    private readonly Dictionary<string, (byte[] Bytes, IReadOnlyDictionary<string, string> Metadata)> _objects = [];

    /// <summary>Called with the key before each upload: another publisher may come between.</summary>
    public Action<string>? BeforeUpload { get; set; }

    /// <summary>Thrown by each download, to stand for a service that fails.</summary>
    public Exception? DownloadFailure { get; set; }

    /// <summary>Keys in the order of their last upload and download.</summary>
    public List<string> Uploads { get; } = [];

    public List<string> Downloads { get; } = [];

    public IReadOnlyCollection<string> Keys => _objects.Keys;

    public byte[] this[string key]
    {
        get => _objects[key].Bytes;
        set => _objects[key] = (value, _objects.GetValueOrDefault(key).Metadata ?? new Dictionary<string, string>());
    }

    public void Remove(string key) => _objects.Remove(key);

    public Task<StoredObject?> FindAsync(string bucket, string key, CancellationToken cancellationToken) =>
        Task.FromResult(_objects.TryGetValue(key, out var there)
            ? new StoredObject(bucket, key, there.Bytes.Length, DateTimeOffset.UnixEpoch, there.Metadata)
            : null);

    public async Task<bool> UploadAsync(string bucket, string key, string path, IReadOnlyDictionary<string, string> metadata, bool onlyIfAbsent, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        BeforeUpload?.Invoke(key);
        if (onlyIfAbsent && _objects.ContainsKey(key)) return false;
        _objects[key] = (await File.ReadAllBytesAsync(path, cancellationToken), metadata);
        Uploads.Add(key);
        return true;
    }

    public async Task<bool> DownloadAsync(string bucket, string key, string path, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        Downloads.Add(key);
        if (DownloadFailure is not null) throw DownloadFailure;
        if (!_objects.TryGetValue(key, out var there)) return false;
        await File.WriteAllBytesAsync(path, there.Bytes, cancellationToken);
        return true;
    }
}
