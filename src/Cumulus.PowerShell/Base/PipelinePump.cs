using System.Collections.Concurrent;
using System.Management.Automation;
using System.Runtime.ExceptionServices;

namespace Cumulus.PowerShell;

/// <summary>
/// Runs the blocks of one cmdlet as tasks and performs what they ask of the front end on the thread that runs the block.
/// A call returns when it was done and throws what it threw. A stop cancels one token; the pump goes on until the body
/// has ended, so that its clean-up is over when the front end gets the thread back.
/// </summary>
/// <remarks>
/// A call that comes between two blocks waits for the next one; a call after <see cref="Close"/> fails.
/// </remarks>
internal sealed class PipelinePump : IDisposable
{
    private readonly BlockingCollection<Call> _calls = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly object _stopGate = new();
    private ExceptionDispatchInfo? _refusal;
    private int _pumpingThread;
    private bool _disposed;

    public PipelinePump() => Stop = _stop.Token;

    /// <summary>Set by <see cref="RequestStop"/>, and when the pipeline takes nothing more.</summary>
    public CancellationToken Stop { get; }

    /// <summary>Only cancels; returns at once. Safe from any thread, at any time.</summary>
    public void RequestStop()
    {
        lock (_stopGate)
        {
            // Not Cancel(): that would run continuations of the body here, and this may be the pipeline thread.
            if (!_disposed)
                _ = _stop.CancelAsync();
        }
    }

    /// <summary>Runs one block to its end on this thread.</summary>
    /// <returns>What the body threw; empty when it ended well.</returns>
    /// <exception cref="Exception">What the pipeline threw at a write, unchanged, once the body has ended.</exception>
    public IReadOnlyList<Exception> Run(Func<CancellationToken, Task> body)
    {
        var end = new Call(() => { }, _ => { });
        var running = Task.Run(() => RunBody(body, end));

        Volatile.Write(ref _pumpingThread, Environment.CurrentManagedThreadId);
        try
        {
            for (var call = _calls.Take(); call != end; call = _calls.Take())
                call.Perform();
        }
        finally
        {
            Volatile.Write(ref _pumpingThread, 0);
        }

        var failures = running.GetAwaiter().GetResult();
        _refusal?.Throw();
        return failures;
    }

    /// <summary>Output. Once the pipeline takes nothing more, or after a stop, the body is cancelled.</summary>
    public void Output(Action write) => Send(() =>
    {
        Stop.ThrowIfCancellationRequested();
        try
        {
            write();
            return true;
        }
        catch (Exception e)
        {
            throw Refused(e);
        }
    });

    /// <summary>
    /// An error, a warning, progress. As <see cref="Output"/>, but after a stop it is dropped without a word, so that clean-up
    /// may report without being cut short.
    /// </summary>
    public void Report(Action write) => Send(() =>
    {
        if (Stop.IsCancellationRequested)
            return false;

        try
        {
            write();
            return true;
        }
        catch (Exception e)
        {
            var stoppedMeanwhile = Stop.IsCancellationRequested;
            var cancellation = Refused(e);
            return stoppedMeanwhile ? false : throw cancellation;
        }
    });

    /// <summary>A question to a person: after a stop nobody answers, and the body is cancelled. What else it throws is the body's own affair.</summary>
    public bool Ask(Func<bool> question) => Send(() =>
    {
        Stop.ThrowIfCancellationRequested();
        try
        {
            return question();
        }
        catch (Exception e) when (e is PipelineStoppedException or FlowControlException or ActionPreferenceStopException)
        {
            throw Refused(e);
        }
    });

    /// <summary>A question to the session, answered after a stop too, since clean-up may need it.</summary>
    public T Look<T>(Func<T> lookUp) => Send(lookUp);

    /// <summary>No block follows: whoever still waits, or calls later, gets an exception.</summary>
    public void Close()
    {
        _calls.CompleteAdding();
        while (_calls.TryTake(out var call))
            call.Abandon(TooLate());
    }

    public void Dispose()
    {
        lock (_stopGate)
        {
            if (_disposed)
                return;
            _disposed = true;
        }

        Close();
        _calls.Dispose();
        _stop.Dispose();
    }

    private async Task<IReadOnlyList<Exception>> RunBody(Func<CancellationToken, Task> body, Call end)
    {
        Task? task = null;
        try
        {
            task = body(Stop);
            await task;
            return [];
        }
        catch (Exception e)
        {
            // The task knows of every failure of a WhenAll, the exception in hand only of the first.
            return task?.Exception?.Flatten().InnerExceptions ?? (IReadOnlyList<Exception>)[e];
        }
        finally
        {
            _calls.Add(end);
        }
    }

    private T Send<T>(Func<T> call)
    {
        if (Environment.CurrentManagedThreadId == Volatile.Read(ref _pumpingThread))
            return call();

        var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        Add(new Call(
            Perform: () =>
            {
                try
                {
                    answer.SetResult(call());
                }
                catch (Exception e)
                {
                    answer.SetException(e);
                }
            },
            Abandon: answer.SetException));
        return answer.Task.GetAwaiter().GetResult();
    }

    private void Add(Call call)
    {
        try
        {
            _calls.Add(call);
        }
        catch (InvalidOperationException)
        {
            throw TooLate();
        }
    }

    /// <summary>
    /// Keeps what the pipeline threw for the caller: the stop of Select-Object -First, the failure of the next command, the
    /// end that -ErrorAction Stop asks for. None is a failure of the body, so the body sees a cancellation.
    /// </summary>
    private OperationCanceledException Refused(Exception e)
    {
        _refusal ??= ExceptionDispatchInfo.Capture(e);
        RequestStop();
        return new OperationCanceledException("The pipeline takes nothing more.", e, Stop);
    }

    private Exception TooLate() => Stop.IsCancellationRequested
        ? new OperationCanceledException(Stop)
        : new InvalidOperationException("A task of this command outlived the command and then wrote to it.");

    private sealed record Call(Action Perform, Action<Exception> Abandon);
}
