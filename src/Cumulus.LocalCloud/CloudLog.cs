namespace Cumulus.LocalCloud;

/// <summary>The cloud's own log: one line an event, with the time. Never holds a credential.</summary>
internal sealed class CloudLog(string path, TimeProvider time) : IDisposable
{
    private const string Cause = " could not start: ";

    private readonly StreamWriter _writer =
        new(new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite)) { AutoFlush = true };

    public void Write(string line)
    {
        lock (_writer)
            _writer.WriteLine($"{time.GetUtcNow():yyyy-MM-ddTHH:mm:ss.fffZ} {line}");
    }

    /// <summary>Leaves the reason for whoever waits for the start in another process (<see cref="CauseIn"/>).</summary>
    public void WriteCause(Exception failure) => Write(Cause.TrimStart() + string.Join(' ', Lines(failure.Message)));

    /// <summary>Why the cloud that wrote this log did not start; null when it has not said so.</summary>
    public static string? CauseIn(IReadOnlyList<string> lines)
    {
        var line = lines.LastOrDefault(line => line.Contains(Cause, StringComparison.Ordinal));
        return line?[(line.IndexOf(Cause, StringComparison.Ordinal) + Cause.Length)..];
    }

    public void Dispose() => _writer.Dispose();

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
