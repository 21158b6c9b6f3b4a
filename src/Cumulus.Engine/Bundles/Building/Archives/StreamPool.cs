using System.Collections.Concurrent;

namespace Cumulus.Engine.Bundles;

/// <summary>Memory streams that are used again.</summary>
internal sealed class StreamPool
{
    private readonly ConcurrentBag<MemoryStream> _free = [];

    /// <returns>Empty.</returns>
    public MemoryStream Rent() => _free.TryTake(out MemoryStream? stream) ? stream : new MemoryStream(1 << 19);

    public void Return(MemoryStream stream)
    {
        stream.SetLength(0);
        _free.Add(stream);
    }
}
