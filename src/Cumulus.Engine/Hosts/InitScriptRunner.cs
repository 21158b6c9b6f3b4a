using System.ComponentModel;
using Cumulus.Engine.Processes;

namespace Cumulus.Engine.Hosts;

/// <summary>Runs a host's init scripts, one after another.</summary>
internal sealed class InitScriptRunner(HostPaths paths, ProcessRunner runner, TimeSpan timeLimit, Action<string>? log)
{
    /// <summary>What scripts are told.</summary>
    public sealed record Context(string? Environment, string? Version, IReadOnlyList<string> Bundles);

    public (IReadOnlyList<InitScript> Scripts, IReadOnlyList<SkippedScript> Skipped) List(ScriptPhase phase)
    {
        var folder = new DirectoryInfo(paths.InitScripts);
        if (!folder.Exists) return ([], []);
        return InitScriptOrder.For(phase, folder.EnumerateFiles().Select(f => new InitScript(f.Name, IsExecutable(f))), paths.Windows);
    }

    /// <param name="only">Null: all of the phase.</param>
    /// <param name="onFailure">Gets the error of a script; when it returns, the next script runs. Null: the error is thrown.</param>
    /// <exception cref="CumulusException"><see cref="ErrorIds.InitScriptFailed"/>: the script, its exit code and last lines; later ones did not run.</exception>
    public async Task RunAsync(ScriptPhase phase, Context context, Func<InitScript, bool>? only, CancellationToken cancellationToken, Func<InitScript, CumulusException, Task>? onFailure = null)
    {
        (IReadOnlyList<InitScript> scripts, IReadOnlyList<SkippedScript> skipped) = List(phase);
        foreach (SkippedScript file in skipped) log?.Invoke($"{file.Name} is not run: {file.Reason}.");
        foreach (InitScript script in scripts.Where(s => only is null || only(s)))
        {
            try
            {
                await RunAsync(script, Path.Combine(paths.InitScripts, script.Name), phase, context, cancellationToken);
            }
            catch (CumulusException e) when (onFailure is not null)
            {
                await onFailure(script, e);
            }
        }
    }

    /// <param name="path">Where the script lies.</param>
    /// <exception cref="CumulusException"><see cref="ErrorIds.InitScriptFailed"/></exception>
    public async Task RunAsync(InitScript script, string path, ScriptPhase phase, Context context, CancellationToken cancellationToken)
    {
        log?.Invoke($"Running {script.Name} ({Name(phase)}).");
        ScriptCommand command = ScriptCommand.For(path, Start(path), paths.Windows, paths.Windows && IsOnPath("pwsh.exe"));
        ProcessResult result;
        try
        {
            result = await runner.RunAsync(
                new ProcessRequest
                {
                    FileName = command.Program,
                    Arguments = command.Arguments,
                    CommandLine = command.CommandLine,
                    WorkingDirectory = paths.WorkingFolder,
                    Environment = Variables(phase, context),
                    TimeLimit = timeLimit,
                    OnLine = log is null ? null : line => log($"{script.Name}: {line}"),
                },
                cancellationToken);
        }
        catch (Win32Exception e)
        {
            throw Failed(script, $"could not be started by {command.Program}: {e.Message}", FailureKind.Unavailable, e);
        }

        if (!result.Succeeded) throw Failed(script, result.Describe(timeLimit), result.TimedOut ? FailureKind.Timeout : FailureKind.OperationFailed);
    }

    /// <summary>What scripts find in their environment.</summary>
    public Dictionary<string, string?> Variables(ScriptPhase phase, Context context) => new()
    {
        ["CUMULUS_ENVIRONMENT"] = context.Environment,
        ["CUMULUS_VERSION"] = context.Version,
        ["CUMULUS_BUNDLES"] = string.Join(',', context.Bundles),
        ["CUMULUS_PHASE"] = Name(phase),
        ["CUMULUS_ROOT"] = paths.Root,
    };

    private static string Name(ScriptPhase phase) => phase == ScriptPhase.Stop ? "stop" : "start";

    private static byte[] Start(string path)
    {
        using FileStream stream = File.OpenRead(path);
        byte[] start = new byte[4];
        return start[..stream.ReadAtLeast(start, 4, throwOnEndOfStream: false)];
    }

    private static bool IsOnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => folder.Length > 0 && File.Exists(Path.Combine(folder, program)));

    /// <summary>Whether the owner may run it; of a link, what it leads to.</summary>
    public static bool IsExecutable(FileInfo file)
    {
        FileSystemInfo script = file.ResolveLinkTarget(returnFinalTarget: true) ?? file;
        return OperatingSystem.IsWindows() || (script.Exists && script.UnixFileMode.HasFlag(UnixFileMode.UserExecute));
    }

    private CumulusException Failed(InitScript script, string how, FailureKind kind, Exception? cause = null) =>
        new(ErrorIds.InitScriptFailed, kind, $"The init script {script.Name} {how}", cause) { Target = Path.Combine(paths.InitScripts, script.Name) };
}
