using System.ComponentModel;
using Cumulus.Engine.Processes;

namespace Cumulus.Engine.Ghost.Modules;

/// <summary>Runs the system's git: no prompt, no hook, no transport but the plain ones, a limit for each call. No shell is between.</summary>
/// <param name="timeLimit">Of one call; a remote that hangs is given up then.</param>
internal sealed class GitProgram(ProcessRunner runner, GitAddress address, TimeSpan timeLimit, Action<string>? log)
{
    /// <summary>Tests put another in its place.</summary>
    public string Program { get; init; } = "git";

    private const int LinesKept = 100_000;

    private static readonly string[] Safe =
    [
        "--no-pager", "-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false", "-c", "protocol.ext.allow=never", "-c", "advice.detachedHead=false",
        "-c", "gc.auto=0", "-c", "maintenance.auto=false", "-c", "http.lowSpeedLimit=1", "-c", "http.lowSpeedTime=60", "-c", "core.autocrlf=false",
    ];

    private readonly SecretRedaction _redaction = SecretRedaction.For(null);

    /// <returns>The lines of both streams.</returns>
    /// <exception cref="CumulusException"><see cref="ErrorIds.ModuleSourceFailed"/></exception>
    public async Task<IReadOnlyList<string>> RunAsync(string folder, string what, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        (ProcessResult result, IReadOnlyList<string> lines) = await TryAsync(folder, arguments, cancellationToken);
        if (result.Succeeded) return lines;
        throw new CumulusException(
            ErrorIds.ModuleSourceFailed,
            result.TimedOut ? FailureKind.Timeout : FailureKind.OperationFailed,
            $"git could not {what} of {address}: it {_redaction.Clean(result.Describe(timeLimit))}")
        {
            Target = address.Url,
            Advice = result.TimedOut ? "Look whether the server answers; -GitTimeoutSec gives it more time." : "Try the same with git by hand, as this user; a private repository needs a key or a credential helper.",
        };
    }

    /// <summary>As <see cref="RunAsync"/>, but a failure is a result. Git's words on standard error come as lines, too.</summary>
    public async Task<(ProcessResult Result, IReadOnlyList<string> Lines)> TryAsync(string folder, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        var lines = new List<string>();
        var request = new ProcessRequest
        {
            FileName = Program,
            Arguments = [.. Safe, "-c", $"protocol.file.allow={(address.IsLocal ? "always" : "never")}", .. arguments],
            WorkingDirectory = folder,
            Environment = Variables(),
            TimeLimit = timeLimit,
            IsExact = true,
            OnLine = line =>
            {
                if (lines.Count < LinesKept) lines.Add(line);
                log?.Invoke($"git: {_redaction.Clean(line)}");
            },
        };
        try
        {
            return (await runner.RunAsync(request, cancellationToken), lines);
        }
        catch (Win32Exception e)
        {
            throw new CumulusException(ErrorIds.ModuleSourceFailed, FailureKind.Unavailable, $"git could not be started: {e.Message}", e) { Target = "git", Advice = "Install git." };
        }
    }

    private Dictionary<string, string?> Variables()
    {
        Dictionary<string, string?> variables = address.Variables();
        foreach (string name in new[] { "GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_TRACE", "GIT_CURL_VERBOSE", "GIT_TRACE_CURL" }) variables[name] = null;
        variables["GIT_TERMINAL_PROMPT"] = "0";
        variables["GIT_ASKPASS"] = "";
        variables["SSH_ASKPASS"] = "";
        variables["GIT_LFS_SKIP_SMUDGE"] = "1";
        variables["LC_ALL"] = "C";

        // An unknown host key is an error and no question (G-40).
        if (Environment.GetEnvironmentVariable("GIT_SSH_COMMAND") is null && Environment.GetEnvironmentVariable("GIT_SSH") is null) variables["GIT_SSH_COMMAND"] = "ssh -o BatchMode=yes -o ConnectTimeout=20";
        return variables;
    }
}
