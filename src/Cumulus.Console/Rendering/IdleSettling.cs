using System.Runtime.ExceptionServices;

namespace Cumulus.Console.Rendering;

/// <summary>
/// Passes records on, and lets the writer settle when none came for a while: a command that waits for minutes after its first
/// record hides nothing.
/// </summary>
internal sealed class IdleSettling : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(300);

    private readonly IRecordWriter _writer;
    private readonly Terminal _terminal;
    private readonly ITimer _timer;
    private readonly object _gate = new();
    private ExceptionDispatchInfo? _failure;
    private bool _complete;

    public IdleSettling(IRecordWriter writer, Terminal terminal, TimeProvider time)
    {
        _writer = writer;
        _terminal = terminal;
        _timer = time.CreateTimer(_ => Settle(), state: null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public void Write(object? record)
    {
        lock (_gate)
        {
            _failure?.Throw();
            _writer.Write(record);
        }

        _timer.Change(Patience, Timeout.InfiniteTimeSpan);
    }

    public void Complete()
    {
        lock (_gate)
        {
            _complete = true;
            _failure?.Throw();
            _writer.Complete();
        }
    }

    public void Dispose() => _timer.Dispose();

    private void Settle()
    {
        lock (_gate)
        {
            if (_complete || _failure is not null)
            {
                return;
            }

            try
            {
                _writer.Settle();
                _terminal.FlushOutput();
            }
            catch (Exception e)
            {
                // This thread belongs to nobody: the next one that comes with a record, or for the end, is told.
                _failure = ExceptionDispatchInfo.Capture(e);
            }
        }
    }
}
