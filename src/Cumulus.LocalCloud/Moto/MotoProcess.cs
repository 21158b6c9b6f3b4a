using System.Diagnostics;
using System.Text.RegularExpressions;
using Cumulus.Engine;

namespace Cumulus.LocalCloud.Moto;

/// <summary>
/// <c>moto_server</c> on a port that it picks itself. It ends with this process, however this one ends (on Windows: only when this
/// one is stopped in an orderly way).
/// </summary>
internal sealed partial class MotoProcess : IAsyncDisposable
{
    // moto itself does not notice that its parent is gone. The shell between does: its standard input is closed then.
    private const string EndWithParent = """
        exec 3<&0
        "$@" 3<&- </dev/null &
        server=$!
        (cat <&3 >/dev/null; kill -9 $server) 2>/dev/null >&2 &
        exec 3<&-
        wait $server
        """;

    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(5);

    private readonly Process _process;
    private readonly StreamWriter _log;
    private readonly TaskCompletionSource<Uri> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private string _lastLine = "";

    private MotoProcess(Process process, string log)
    {
        _process = process;
        _log = new StreamWriter(log, append: true) { AutoFlush = true };
    }

    public Uri Address => _address.Task.Result;

    /// <summary>Completes when the process has ended, asked to or not.</summary>
    public Task Ended { get; private set; } = Task.CompletedTask;

    /// <summary>What it said last; of use when it ended by itself.</summary>
    public string LastLine => _lastLine;

    /// <exception cref="CumulusException"><c>LocalCloudUnavailable</c></exception>
    public static async Task<MotoProcess> StartAsync(string? program, string log, CancellationToken cancellationToken)
    {
        var moto = new MotoProcess(Launch(Locate(program)), log);
        try
        {
            // The pipe to the shell's standard input must stay open, or it takes us for gone.
            moto.Ended = moto.PumpAsync();
            var first = await Task.WhenAny(moto._address.Task, moto.Ended).WaitAsync(cancellationToken);
            if (first != moto._address.Task)
                throw Unavailable($"moto_server ended at once: {moto.LastLine}");
            return moto;
        }
        catch
        {
            await moto.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.StandardInput.Close();
            if (OperatingSystem.IsWindows())
                _process.Kill(entireProcessTree: true);
        }
        try
        {
            await Ended.WaitAsync(EndLimit);
        }
        catch (TimeoutException)
        {
            _process.Kill(entireProcessTree: true);
        }
        _process.Dispose();
        await _log.DisposeAsync();
    }

    /// <summary>Where the program is: as told, else <c>CUMULUS_MOTO_SERVER</c>, else on PATH.</summary>
    public static string Locate(string? program)
    {
        program ??= Environment.GetEnvironmentVariable("CUMULUS_MOTO_SERVER");
        if (!string.IsNullOrEmpty(program))
            return File.Exists(program) ? program : throw Unavailable($"moto_server is not at {program}.");
        return ProgramPath.Find("moto_server") ?? throw Unavailable("moto_server is not on PATH.");
    }

    private static Process Launch(string program)
    {
        string[] arguments = ["-H", "127.0.0.1", "-p", "0"];
        var start = OperatingSystem.IsWindows()
            ? new ProcessStartInfo(program, arguments)
            : new ProcessStartInfo("/bin/sh", ["-c", EndWithParent, "moto", program, .. arguments]);
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        start.CreateNoWindow = true;
        start.Environment["PYTHONUNBUFFERED"] = "1";
        // Real templates attach the policies that AWS manages.
        start.Environment["MOTO_IAM_LOAD_MANAGED_POLICIES"] = "true";
        // The user's own settings are for the real cloud.
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("AWS_", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(name);
        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw Unavailable($"moto_server could not be started: {e.Message}", e);
        }
    }

    private async Task PumpAsync()
    {
        await Task.WhenAll(PumpAsync(_process.StandardOutput), PumpAsync(_process.StandardError));
        await _process.WaitForExitAsync();
    }

    private async Task PumpAsync(StreamReader reader)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            lock (_log)
                _log.WriteLine(line);
            _lastLine = line;
            if (!_address.Task.IsCompleted && RunningOn().Match(line) is { Success: true } match)
                _address.TrySetResult(new Uri(match.Groups[1].Value));
        }
    }

    private static CumulusException Unavailable(string message, Exception? inner = null) =>
        new(ErrorIds.LocalCloudUnavailable, FailureKind.Unavailable, message, inner)
        {
            Target = "moto_server",
            Advice = "Install it with: pip install \"moto[server]\"; or set CUMULUS_MOTO_SERVER to its path.",
        };

    [GeneratedRegex(@"Running on (http://127\.0\.0\.1:\d+)")]
    private static partial Regex RunningOn();
}
