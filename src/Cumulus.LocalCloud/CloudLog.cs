namespace Cumulus.LocalCloud;

/// <summary>The cloud's own log: one line an event, with the time. Never holds a credential.</summary>
internal sealed class CloudLog(string path, TimeProvider time) : IDisposable
{
    private const string Cause = " could not start: ";
    private const string End = " ended by itself: ";

    private readonly StreamWriter _writer =
        new(new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite)) { AutoFlush = true };

    public void Write(string line)
    {
        lock (_writer)
            _writer.WriteLine($"{time.GetUtcNow():yyyy-MM-ddTHH:mm:ss.fffZ} {line}");
    }

    /// <summary>Leaves the reason for whoever waits for the start in another process (<see cref="CauseIn"/>).</summary>
    public void WriteCause(Exception failure) => Write(Cause.TrimStart() + string.Join(' ', Lines(failure.Message)));

    /// <summary>Leaves the reason why a cloud is gone that nobody has stopped (<see cref="EndIn"/>).</summary>
    public void WriteEnd(Exception failure) => Write(End.TrimStart() + string.Join(' ', Lines(failure.Message)));

    /// <summary>Why the cloud that wrote this log did not start; null when it has not said so.</summary>
    public static string? CauseIn(IReadOnlyList<string> lines) => After(Cause, lines);

    /// <summary>Why the cloud that wrote this log is gone; null when it has not said so.</summary>
    public static string? EndIn(string path) => File.Exists(path) ? After(End, File.ReadAllLines(path)) : null;

    public void Dispose() => _writer.Dispose();

    private static string? After(string mark, IReadOnlyList<string> lines)
    {
        var line = lines.LastOrDefault(line => line.Contains(mark, StringComparison.Ordinal));
        return line?[(line.IndexOf(mark, StringComparison.Ordinal) + mark.Length)..];
    }

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
