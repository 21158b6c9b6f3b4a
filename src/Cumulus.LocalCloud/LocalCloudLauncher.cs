using System.Diagnostics;
using System.Globalization;
using Cumulus.Engine;
using Cumulus.LocalCloud.Fleet;
using Cumulus.LocalCloud.Moto;

namespace Cumulus.LocalCloud;

/// <summary>Runs a local cloud in a process of its own that outlives the shell that started it, and ends it again.</summary>
public static class LocalCloudLauncher
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(15);

    // A session of its own, so that neither Ctrl+C in the shell nor its end reaches the cloud. Where there is no setsid (macOS), job
    // control gives it a process group of its own, and nohup keeps it when the terminal goes away.
    private const string Detach = """
        log=$1; shift
        if command -v setsid >/dev/null; then
          setsid "$@" >/dev/null 2>>"$log" </dev/null &
        else
          set -m
          nohup "$@" >/dev/null 2>>"$log" </dev/null &
        fi
        echo $!
        """;

    /// <summary>
    /// Starts a cloud in the background and waits until it answers.
    /// </summary>
    /// <param name="hostCommand">
    /// Program and arguments that run a <see cref="LocalCloudServer"/> with these options in the foreground. Its errors go to
    /// <c>localcloud.log</c> in the cloud's folder (on Windows nowhere); what else it prints, credentials perhaps, goes nowhere.
    /// </param>
    /// <exception cref="CumulusException">
    /// <c>LocalCloudUnavailable</c>, <c>LocalCloudAlreadyRunning</c>, <c>LocalCloudPathNotEmpty</c>; kind Timeout when it is not ready
    /// within <see cref="LocalCloudOptions.StartLimit"/>.
    /// </exception>
    public static async Task<LocalCloudInfo> StartAsync(LocalCloudOptions options, IReadOnlyList<string> hostCommand, CancellationToken cancellationToken)
    {
        // What can be known here is said here, and not in a log of another process.
        MotoProcess.Locate(options.MotoServer);
        var folder = new CloudFolder(options.Path);
        folder.Prepare();
        await File.WriteAllTextAsync(folder.Log, "", cancellationToken);
        var processId = await LaunchAsync(folder, hostCommand, cancellationToken);
        var start = Stopwatch.GetTimestamp();
        try
        {
            while (true)
            {
                if (StateFile.ReadLive(folder.Path) is { } info)
                    return info;
                if (StateFile.ProcessStart(processId) is null)
                    throw DidNotStart(folder, "its process has ended", FailureKind.Unavailable);
                if (Stopwatch.GetElapsedTime(start) > options.StartLimit)
                    throw DidNotStart(folder, $"it was not ready within {options.StartLimit.TotalSeconds} s", FailureKind.Timeout);
                await Task.Delay(PollInterval, cancellationToken);
            }
        }
        catch
        {
            Kill(processId);
            throw;
        }
    }

    /// <summary>
    /// Ends the cloud that lives in this folder and waits until its processes are gone; by force when it does not go by itself. What a
    /// cloud left that died earlier is cleared away as well.
    /// </summary>
    /// <param name="keep">Leave logs and the hosts' files there, also when the start did not ask for that (<see cref="LocalCloudOptions.Keep"/>).</param>
    /// <exception cref="CumulusException"><c>LocalCloudNotFound</c>: there is none, nor was there one.</exception>
    public static async Task StopAsync(string path, bool keep, CancellationToken cancellationToken)
    {
        var folder = new CloudFolder(path);
        if (StateFile.Read(folder.Path) is not { } info)
        {
            if (CloudLog.EndIn(folder.Log) is not null)
            {
                // It has ended by itself, and left the logs that say why.
                if (!keep)
                    folder.Remove();
                return;
            }
            throw new CumulusException(ErrorIds.LocalCloudNotFound, FailureKind.NotFound, $"No local cloud runs in {folder.Path}.")
            {
                Target = folder.Path,
                Advice = "Give the -Path that it was started with.",
            };
        }
        if (StateFile.IsAlive(info))
        {
            await AskToStopAsync(folder.Path, keep, cancellationToken);
            if (!await HasEndedAsync(info, cancellationToken))
                Kill(info.ProcessId);
            await HasEndedAsync(info, cancellationToken);
        }
        // A cloud that was killed could not end what its hosts ran; isolated ones have ended with it.
        await MarkedProcesses.KillAsync(folder.Hosts);
        if (keep || info.Keep)
            folder.RemoveCredentials();
        else
            folder.Remove();
    }

    private static async Task AskToStopAsync(string path, bool keep, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(AnswerLimit);
        try
        {
            using var client = LocalCloudClient.Open(path);
            await client.RequestStopAsync(keep, limit.Token);
        }
        catch (Exception e) when (e is HttpRequestException or CumulusException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            // It hangs, or is about to end anyhow: waiting shows which, and force helps.
        }
    }

    private static async Task<bool> HasEndedAsync(LocalCloudInfo info, CancellationToken cancellationToken)
    {
        var start = Stopwatch.GetTimestamp();
        while (StateFile.IsAlive(info))
        {
            if (Stopwatch.GetElapsedTime(start) > EndLimit)
                return false;
            await Task.Delay(PollInterval, cancellationToken);
        }
        return true;
    }

    private static async Task<int> LaunchAsync(CloudFolder folder, IReadOnlyList<string> hostCommand, CancellationToken cancellationToken)
    {
        if (OperatingSystem.IsWindows())
        {
            // A console of its own, without a window: Ctrl+C in the shell's console does not reach it.
            using var hidden = Process.Start(new ProcessStartInfo(hostCommand[0], hostCommand.Skip(1)) { CreateNoWindow = true })!;
            return hidden.Id;
        }
        using var shell = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", Detach, "sh", folder.Log, .. hostCommand]) { RedirectStandardOutput = true })!;
        var processId = int.Parse(await shell.StandardOutput.ReadToEndAsync(cancellationToken), CultureInfo.InvariantCulture);
        await shell.WaitForExitAsync(cancellationToken);
        return processId;
    }

    private static void Kill(int processId)
    {
        try
        {
            using var process = Process.GetProcessById(processId);
            process.Kill(entireProcessTree: true);
        }
        catch (ArgumentException)
        {
            // It has ended meanwhile.
        }
    }

    private static CumulusException DidNotStart(CloudFolder folder, string why, FailureKind kind)
    {
        string[] log = File.Exists(folder.Log) ? File.ReadAllLines(folder.Log) : [];
        var last = log.LastOrDefault(line => line.Trim() != "");
        var cause = CloudLog.CauseIn(log) ?? why + (last is null ? "" : $"; its last words: {last.Trim()}");
        return new CumulusException(ErrorIds.LocalCloudUnavailable, kind, $"The local cloud did not start: {cause}")
        {
            Target = folder.Path,
            Advice = $"See {folder.Log}.",
        };
    }
}
