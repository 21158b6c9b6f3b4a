using System.Text.Json;
using Cumulus.LocalCloud.Proxy;

namespace Cumulus.LocalCloud.Calls;

/// <summary>
/// All calls, counted; the newest of them in memory, and as lines of JSON in a file. Two files at most, of some megabytes each: the older one is replaced.
/// </summary>
internal sealed class CallJournal(string path, string formerPath, int capacity = 10_000, long fileLimit = 16 * 1024 * 1024) : IDisposable
{
    private readonly object _gate = new();
    private readonly Queue<LocalCloudCall> _newest = new();
    private readonly Dictionary<(string Service, string Operation), LocalCloudCallCount> _counts = [];
    private StreamWriter _file = Open(path);
    private long _total;
    private bool _closed;

    /// <summary>By service and operation.</summary>
    public IReadOnlyList<LocalCloudCallCount> Counts
    {
        get
        {
            lock (_gate)
                return [.. _counts.Values.OrderBy(count => count.Service, StringComparer.Ordinal).ThenBy(count => count.Operation, StringComparer.Ordinal)];
        }
    }

    public void Add(LocalCloudCall call)
    {
        lock (_gate)
        {
            call = call with { Number = ++_total };
            _newest.Enqueue(call);
            if (_newest.Count > capacity)
                _newest.Dequeue();
            var key = (call.Service, call.Operation);
            var count = _counts.GetValueOrDefault(key) ?? new LocalCloudCallCount(call.Service, call.Operation, 0, 0, 0);
            _counts[key] = count with { Count = count.Count + 1, Errors = count.Errors + (call.IsError ? 1 : 0), Faults = count.Faults + (call.Fault is null ? 0 : 1) };
            if (!_closed)
                Write(call);
        }
    }

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<LocalCloudCall> Find(LocalCloudCallQuery query)
    {
        LocalCloudCall[] all;
        lock (_gate)
            all = [.. _newest];
        var found = all.Where(query.Fits);
        return [.. query.Last is { } last ? found.TakeLast(last) : found];
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _closed = true;
            _file.Dispose();
        }
    }

    private void Write(LocalCloudCall call)
    {
        if (_file.BaseStream.Length > fileLimit)
        {
            _file.Dispose();
            File.Move(path, formerPath, overwrite: true);
            _file = Open(path);
        }
        _file.WriteLine(JsonSerializer.Serialize(call, ControlRequests.Format));
    }

    private static StreamWriter Open(string path) => new(PrivateFiles.Create(path)) { AutoFlush = true };
}
