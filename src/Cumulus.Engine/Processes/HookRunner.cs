using System.ComponentModel;

namespace Cumulus.Engine.Processes;

/// <summary>Runs hooks by the platform's shell: <c>/bin/sh -c</c>, or <c>cmd /d /s /c</c> on Windows.</summary>
public sealed class HookRunner(ProcessRunner? runner = null)
{
    private readonly ProcessRunner _runner = runner ?? new ProcessRunner();

    /// <exception cref="CumulusException"><see cref="ErrorIds.HookFailed"/> with exit code and last lines, or with the time limit that ran out.</exception>
    public async Task RunAsync(HookRequest hook, CancellationToken cancellationToken)
    {
        ProcessResult result;
        try
        {
            result = await _runner.RunAsync(
                new ProcessRequest
                {
                    FileName = OperatingSystem.IsWindows() ? "cmd.exe" : "/bin/sh",
                    Arguments = ["-c", hook.Command],
                    CommandLine = OperatingSystem.IsWindows() ? $"/d /s /c \"{hook.Command}\"" : null,
                    WorkingDirectory = hook.WorkingDirectory,
                    Environment = Variables(hook),
                    TimeLimit = hook.TimeLimit,
                    OnLine = hook.OnLine,
                },
                cancellationToken);
        }
        catch (Win32Exception e)
        {
            throw Failed(hook, $"could not be started in {hook.WorkingDirectory}: {e.Message}", FailureKind.Unavailable, e);
        }

        if (result.Succeeded) return;
        throw Failed(hook, result.Describe(hook.TimeLimit), result.TimedOut ? FailureKind.Timeout : FailureKind.OperationFailed);
    }

    private static CumulusException Failed(HookRequest hook, string how, FailureKind kind, Exception? cause = null)
    {
        string? of = hook.Bundle ?? hook.Environment;
        return new CumulusException(ErrorIds.HookFailed, kind, $"The {hook.Name}{(of is null ? "" : $" of '{of}'")} {how}", cause)
        {
            Target = hook.Command,
            Advice = $"Run the command by hand in {hook.WorkingDirectory}.",
        };
    }

    private static Dictionary<string, string?> Variables(HookRequest hook) =>
        new(hook.Variables)
        {
            ["CUMULUS_ENVIRONMENT"] = hook.Environment,
            ["CUMULUS_VERSION"] = hook.Version,
            ["CUMULUS_BUNDLE"] = hook.Bundle,
        };
}
