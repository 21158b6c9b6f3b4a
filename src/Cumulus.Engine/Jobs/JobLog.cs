using Cumulus.Engine.State;

namespace Cumulus.Engine.Jobs;

/// <summary>The log of a running job: lines with UTC times, secrets masked, written in chunks while it runs. Safe from any thread.</summary>
public sealed class JobLog
{
    private const int LongestLine = 16 * 1024;

    private const int MostHeld = 20_000;

    private const int LinesOfChunk = 1000;

    private readonly IStateStore _state;
    private readonly string _subject;
    private readonly string _id;
    private readonly TimeProvider _clock;
    private readonly SecretRedaction _redaction;
    private readonly Action<JobLine>? _onLine;
    private readonly List<JobLine> _held = [];
    private long _lines;
    private int _chunks;
    private bool _isCut;

    internal JobLog(IStateStore state, string subject, string id, TimeProvider clock, SecretRedaction redaction, Action<JobLine>? onLine) =>
        (_state, _subject, _id, _clock, _redaction, _onLine) = (state, subject, id, clock, redaction, onLine);

    /// <summary>Lines so far.</summary>
    public long Lines => Interlocked.Read(ref _lines);

    public void Debug(string text) => Write(JobLogLevel.Debug, text);

    public void Info(string text) => Write(JobLogLevel.Info, text);

    public void Warning(string text) => Write(JobLogLevel.Warning, text);

    public void Error(string text) => Write(JobLogLevel.Error, text);

    /// <param name="text">Each line of it becomes a line of the log.</param>
    public void Write(JobLogLevel level, string text)
    {
        foreach (string line in _redaction.Clean(text).ReplaceLineEndings("\n").TrimEnd('\n').Split('\n')) Add(level, Printable(line));
    }

    /// <summary>Writes what is held. A chunk that could not be written is tried again at the next call. One call at a time.</summary>
    internal async Task FlushAsync(CancellationToken cancellationToken)
    {
        while (Next() is { Length: > 0 } lines)
        {
            string name = JobNames.LogChunk(_subject, _id, _chunks + 1);
            byte[] content = new JobLogChunk(JobLogChunk.CurrentSchema, lines).ToBytes();

            // A repeated request may meet what its first try wrote; and a try that was given up may have written fewer lines.
            if (await _state.PutIfAbsentAsync(name, content, cancellationToken) is null
                && await _state.GetAsync(name, cancellationToken) is { } there && !there.Content.AsSpan().SequenceEqual(content))
            {
                await _state.PutIfMatchAsync(name, content, there.Version, cancellationToken);
            }

            lock (_held) _held.RemoveRange(0, lines.Length);
            _chunks++;
        }
    }

    private JobLine[] Next()
    {
        lock (_held) return [.. _held.Take(LinesOfChunk)];
    }

    private void Add(JobLogLevel level, string text)
    {
        JobLine? line = null;
        lock (_held)
        {
            // While the state cannot be reached the log must not eat the memory.
            if (_held.Count >= MostHeld)
            {
                if (_isCut) return;
                _isCut = true;
                (level, text) = (JobLogLevel.Warning, "Lines are missing from here on: the state could not be reached.");
            }
            else
            {
                _isCut = false;
            }

            line = new JobLine(Interlocked.Increment(ref _lines), _clock.GetUtcNow(), level, text);
            _held.Add(line);
        }

        _onLine?.Invoke(line);
    }

    // What scripts write may move a terminal's cursor or hide lines.
    private static string Printable(string line)
    {
        string cut = line.Length > LongestLine ? line[..LongestLine] + "..." : line;
        return cut.AsSpan().IndexOfAnyInRange('\0', '\x1f') < 0 ? cut : string.Concat(cut.Select(c => c is '\t' ? " " : c < ' ' ? "" : c.ToString()));
    }
}
