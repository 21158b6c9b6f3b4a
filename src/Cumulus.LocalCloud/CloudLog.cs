namespace Cumulus.LocalCloud;

/// <summary>The cloud's own log: one line an event, with the time. Never holds a credential.</summary>
internal sealed class CloudLog(string path, TimeProvider time) : IDisposable
{
    private readonly StreamWriter _writer =
        new(new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite)) { AutoFlush = true };

    public void Write(string line)
    {
        lock (_writer)
            _writer.WriteLine($"{time.GetUtcNow():yyyy-MM-ddTHH:mm:ss.fffZ} {line}");
    }

    public void Dispose() => _writer.Dispose();
}
