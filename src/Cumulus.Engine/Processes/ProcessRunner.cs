using System.ComponentModel;
using System.Diagnostics;

namespace Cumulus.Engine.Processes;

/// <summary>Runs programs: lines as they come, a time limit, and no child left behind after a cancel.</summary>
public sealed class ProcessRunner(TimeProvider? clock = null)
{
    /// <summary>How many of the last lines a result keeps.</summary>
    public const int LinesKept = 20;

    /// <summary>How many characters of each of them.</summary>
    public const int LengthKept = 500;

    private const int TextFileBusy = 26;
    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan BusyDelay = TimeSpan.FromMilliseconds(20);
    private readonly TimeProvider _clock = clock ?? TimeProvider.System;

    /// <summary>
    /// Waits for the program itself, not for daemons that it started and that keep its output open: what such a daemon
    /// writes later is nobody's.
    /// </summary>
    /// <exception cref="Win32Exception">The program could not be started.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; the program and its children are dead.</exception>
    public async Task<ProcessResult> RunAsync(ProcessRequest request, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var lines = new LineBuffer(request.OnLine, request.IsExact);
        var family = new ProcessFamily();
        using Process process = await StartAsync(StartInfo(request, family), cancellationToken);
        process.StandardInput.Close();
        Task readers = Task.WhenAll(lines.ReadAsync(process.StandardOutput), lines.ReadAsync(process.StandardError));

        using var limit = new CancellationTokenSource(request.TimeLimit, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        bool ended = true;
        try
        {
            await process.WaitForExitAsync(either.Token);
        }
        catch (OperationCanceledException)
        {
            ended = false;
            process.Kill(entireProcessTree: true);
            family.Kill();
            await process.WaitForExitAsync(CancellationToken.None);
        }

        await Task.WhenAny(readers, Task.Delay(DrainLimit, CancellationToken.None));
        IReadOnlyList<string> last = lines.Close();
        if (readers.IsCompleted) await readers;
        cancellationToken.ThrowIfCancellationRequested();
        return new ProcessResult(ended ? process.ExitCode : null, last);
    }

    private static ProcessStartInfo StartInfo(ProcessRequest request, ProcessFamily family)
    {
        var info = new ProcessStartInfo(request.FileName)
        {
            WorkingDirectory = request.WorkingDirectory,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (request.CommandLine is null) request.Arguments.ToList().ForEach(info.ArgumentList.Add);
        else info.Arguments = request.CommandLine;
        foreach ((string name, string? value) in request.Environment)
        {
            if (value is null) info.Environment.Remove(name);
            else info.Environment[name] = value;
        }

        info.Environment[ProcessFamily.Variable] = family.Id;
        return info;
    }

    // A script that was written a moment ago is "busy" while another thread's fork still holds its descriptor.
    private async Task<Process> StartAsync(ProcessStartInfo info, CancellationToken cancellationToken)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return Process.Start(info) ?? throw new Win32Exception($"{info.FileName} did not start.");
            }
            catch (Win32Exception e) when (e.NativeErrorCode == TextFileBusy && attempt < 50)
            {
                await Task.Delay(BusyDelay, _clock, cancellationToken);
            }
        }
    }

    private sealed class LineBuffer(Action<string>? onLine, bool exact)
    {
        private readonly object _gate = new();
        private readonly Queue<string> _last = new();
        private bool _closed;

        public async Task ReadAsync(StreamReader reader)
        {
            try
            {
                var lines = new OutputLines(exact);
                char[] buffer = new char[OutputLines.LongestLine];
                for (int length; (length = await reader.ReadAsync(buffer)) > 0;)
                {
                    if (!lines.Feed(buffer.AsSpan(0, length)).All(Add)) return;
                }

                if (lines.Rest() is { } rest) Add(rest);
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException && IsClosed)
            {
                // The pipe was given up after the program's end, as meant.
            }
        }

        public IReadOnlyList<string> Close()
        {
            lock (_gate)
            {
                _closed = true;
                return [.. _last];
            }
        }

        private bool IsClosed
        {
            get { lock (_gate) return _closed; }
        }

        private bool Add(string line)
        {
            lock (_gate)
            {
                if (_closed) return false;
                _last.Enqueue(line.Length > LengthKept ? line[..LengthKept] + "..." : line);
                if (_last.Count > LinesKept) _last.Dequeue();
                onLine?.Invoke(line);
                return true;
            }
        }
    }
}
