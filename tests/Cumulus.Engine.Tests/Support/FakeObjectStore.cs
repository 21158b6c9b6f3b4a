using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Cumulus.Engine.Aws;

namespace Cumulus.Engine.Tests.Support;

/// <summary>S3 in memory, one bucket, with conditional writes that are as atomic as S3's.</summary>
public sealed class FakeObjectStore : IObjectStore
{
    private readonly object _gate = new();
    private readonly SortedDictionary<string, Held> _objects = new(StringComparer.Ordinal);

    /// <summary>Called with the key before each write: another publisher may come between.</summary>
    public Action<string>? BeforeUpload { get; set; }

    /// <summary>Called with operation and key (or prefix) before each call; may throw, to stand for a service that fails.</summary>
    public Action<string, string>? BeforeCall { get; set; }

    /// <summary>Thrown by each download, to stand for a service that fails.</summary>
    public Exception? DownloadFailure { get; set; }

    /// <summary>When objects are written.</summary>
    public DateTimeOffset Now { get; set; } = DateTimeOffset.UnixEpoch;

    /// <summary>Keys in the order of their last upload (files and small objects, without Cumulus' own notes) and download.</summary>
    public List<string> Uploads { get; } = [];

    public List<string> Downloads { get; } = [];

    /// <summary>All calls, as <c>OPERATION KEY</c>.</summary>
    public List<string> Calls { get; } = [];

    /// <summary>Keys, without Cumulus' own notes.</summary>
    public IReadOnlyCollection<string> Keys
    {
        get { lock (_gate) return [.. _objects.Keys.Where(k => !IsNote(k))]; }
    }

    /// <summary>Those notes too.</summary>
    public IReadOnlyCollection<string> AllKeys
    {
        get { lock (_gate) return [.. _objects.Keys]; }
    }

    public byte[] this[string key]
    {
        get { lock (_gate) return _objects[key].Bytes; }
        set { lock (_gate) _objects[key] = new Held(value, _objects.GetValueOrDefault(key)?.Write ?? ObjectWrite.Plain, Now); }
    }

    public bool Holds(string key)
    {
        lock (_gate) return _objects.ContainsKey(key);
    }

    /// <summary>How the object was written.</summary>
    public ObjectWrite WriteOf(string key)
    {
        lock (_gate) return _objects[key].Write;
    }

    public void Remove(string key)
    {
        lock (_gate) _objects.Remove(key);
    }

    public Task<StoredObject?> FindAsync(string bucket, string key, CancellationToken cancellationToken)
    {
        Called("Find", key);
        lock (_gate) return Task.FromResult(_objects.TryGetValue(key, out Held? there) ? there.Describe(bucket, key) : null);
    }

    public async Task<bool> UploadAsync(string bucket, string key, string path, ObjectWrite write, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        Called("Upload", key);
        byte[] bytes = await File.ReadAllBytesAsync(path, cancellationToken);
        if (write.ExpectedSha256 is { } expected && !Convert.ToHexString(SHA256.HashData(bytes)).Equals(expected, StringComparison.OrdinalIgnoreCase))
        {
            throw new CumulusException(ErrorIds.FileChanged, FailureKind.Conflict, $"{path} has changed") { Target = path };
        }

        if (Write(key, bytes, write) is null) return false;
        progress?.Report(bytes.Length);
        return true;
    }

    public async Task<bool> DownloadAsync(string bucket, string key, string path, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        Called("Download", key);
        Downloads.Add(key);
        if (DownloadFailure is not null) throw DownloadFailure;
        if (!Holds(key)) return false;
        await File.WriteAllBytesAsync(path, this[key], cancellationToken);
        return true;
    }

    /// <summary>Earlier versions, by key and id.</summary>
    public Dictionary<(string Key, string Id), byte[]> Versions { get; } = [];

    public async Task<bool> DownloadVersionAsync(string bucket, string key, string versionId, string path, CancellationToken cancellationToken)
    {
        Called("DownloadVersion", key);
        if (!Versions.TryGetValue((key, versionId), out byte[]? bytes)) return false;
        await File.WriteAllBytesAsync(path, bytes, cancellationToken);
        return true;
    }

    public async Task<bool> ContinueDownloadAsync(string bucket, string key, string path, string etag, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        Called("Continue", key);
        if (DownloadFailure is not null) throw DownloadFailure;
        if (await FindAsync(bucket, key, cancellationToken) is not { } there || there.ETag != etag) return false;
        await using var file = new FileStream(path, FileMode.Append);
        byte[] rest = this[key][(int)file.Position..];
        await file.WriteAsync(rest, cancellationToken);
        progress?.Report(file.Position);
        return true;
    }

    /// <summary>Called with key and offset before a stretch is read: may wait, throw, change the object, or tell what reading comes to.</summary>
    public Func<string, long, Task<ReadOutcome?>>? BeforeRange { get; set; }

    /// <summary>Stretches that were read: offset and length.</summary>
    public List<(long Offset, int Length)> Ranges { get; } = [];

    public async Task<ReadOutcome> ReadAsync(StoredObject source, long offset, Memory<byte> target, CancellationToken cancellationToken)
    {
        Called("Read", source.Key);
        if (DownloadFailure is not null) throw DownloadFailure;
        if (BeforeRange is not null && await BeforeRange(source.Key, offset) is { } fault) return fault;
        lock (_gate)
        {
            if (!_objects.TryGetValue(source.Key, out Held? there) || there.ETag != source.ETag) return ReadOutcome.Gone;
            if (!Downloads.Contains(source.Key)) Downloads.Add(source.Key);
            there.Bytes.AsMemory((int)offset, target.Length).CopyTo(target);
            Ranges.Add((offset, target.Length));
            return ReadOutcome.Read;
        }
    }

    public Task<ObjectContent?> GetAsync(string bucket, string key, CancellationToken cancellationToken)
    {
        Called("Get", key);
        lock (_gate) return Task.FromResult(_objects.TryGetValue(key, out Held? there) ? new ObjectContent(there.Bytes, there.ETag, there.Write.Metadata) : null);
    }

    public async Task<ObjectLook> LookAsync(string bucket, string key, string etag, CancellationToken cancellationToken) =>
        await GetAsync(bucket, key, cancellationToken) is var found && found?.ETag == etag ? new ObjectLook(false, null) : new ObjectLook(true, found);

    public Task<string?> PutAsync(string bucket, string key, ReadOnlyMemory<byte> content, ObjectWrite write, CancellationToken cancellationToken)
    {
        Called("Put", key);
        return Task.FromResult(Write(key, content.ToArray(), write));
    }

    public async IAsyncEnumerable<ListedObject> ListAsync(string bucket, string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Called("List", prefix);
        await Task.CompletedTask;
        KeyValuePair<string, Held>[] found;
        lock (_gate) found = [.. _objects.Where(o => o.Key.StartsWith(prefix, StringComparison.Ordinal))];
        foreach ((string key, Held item) in found) yield return new ListedObject(key, item.Bytes.Length, item.Written, item.ETag);
    }

    public Task<CopyResult> CopyAsync(StoredObject source, string key, ObjectWrite write, CancellationToken cancellationToken)
    {
        Called("Copy", key);
        byte[] bytes;
        lock (_gate)
        {
            if (!_objects.TryGetValue(source.Key, out Held? there) || there.ETag != source.ETag) return Task.FromResult(CopyResult.SourceChanged);
            bytes = there.Bytes;
        }

        return Task.FromResult(Write(key, bytes, write, isUpload: false) is null ? CopyResult.Taken : CopyResult.Copied);
    }

    public Task<IReadOnlyList<DeleteFailure>> DeleteAsync(string bucket, IReadOnlyCollection<string> keys, CancellationToken cancellationToken)
    {
        foreach (string key in keys)
        {
            Called("Delete", key);
            Remove(key);
        }

        return Task.FromResult<IReadOnlyList<DeleteFailure>>([]);
    }

    private static bool IsNote(string key) => key.StartsWith(".cumulus/", StringComparison.Ordinal);

    private string? Write(string key, byte[] bytes, ObjectWrite write, bool isUpload = true)
    {
        BeforeUpload?.Invoke(key);
        lock (_gate)
        {
            _objects.TryGetValue(key, out Held? there);
            if ((write.OnlyIfAbsent && there is not null) || (write.IfMatch is { } etag && there?.ETag != etag)) return null;
            var item = new Held(bytes, write, Now);
            _objects[key] = item;
            if (isUpload && !IsNote(key)) Uploads.Add(key);
            return item.ETag;
        }
    }

    private void Called(string operation, string key)
    {
        lock (_gate) Calls.Add($"{operation} {key}");
        BeforeCall?.Invoke(operation, key);
    }

    private sealed record Held(byte[] Bytes, ObjectWrite Write, DateTimeOffset Written)
    {
        public string ETag { get; } = $"\"{Convert.ToHexString(SHA256.HashData(Bytes))}\"";

        public StoredObject Describe(string bucket, string key) => new(bucket, key, Bytes.Length, Written, Write.Metadata, ETag);
    }
}
