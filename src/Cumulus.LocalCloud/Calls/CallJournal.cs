using System.Text.Json;
using Cumulus.LocalCloud.Proxy;

namespace Cumulus.LocalCloud.Calls;

/// <summary>
/// All calls, counted; the newest of them in memory, and as lines of JSON in a file. There are two files at most: the older one is replaced.
/// </summary>
/// <param name="kept">How many are kept in memory.</param>
internal sealed class CallJournal(string path, string formerPath, int kept) : IDisposable
{
    // A line has some 400 letters: with the usual 10,000 calls in memory a file has 20 MB.
    private const int FileFactor = 5;

    private readonly object _gate = new();
    private readonly Queue<LocalCloudCall> _newest = new();
    private readonly Dictionary<(string Service, string Operation), LocalCloudCallCount> _counts = [];
    private StreamWriter _file = Open(path);
    private long _total;
    private int _lines;
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
            if (_newest.Count > kept)
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
        if (++_lines > kept * FileFactor)
        {
            _lines = 1;
            _file.Dispose();
            File.Move(path, formerPath, overwrite: true);
            _file = Open(path);
        }
        _file.WriteLine(JsonSerializer.Serialize(call, ControlRequests.Format));
    }

    private static StreamWriter Open(string path) => new(PrivateFiles.Create(path)) { AutoFlush = true };
}
