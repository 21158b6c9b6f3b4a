using System.ComponentModel;
using Cumulus.Engine.Hosts;
using Cumulus.Engine.Processes;

namespace Cumulus.Engine.Ghost.Modules;

/// <summary>A script of a module, run where it belongs with the variables that it may know.</summary>
internal sealed record ModuleScript
{
    // What a program needs of its surroundings; nothing that could be a credential (G-39).
    private static readonly HashSet<string> Inherited = new(StringComparer.OrdinalIgnoreCase)
    {
        "PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "TZ", "TMPDIR", "TEMP", "TMP", "TERM", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR",
        "AWS_REGION", "AWS_DEFAULT_REGION", "DOTNET_ROOT", "SystemRoot", "SystemDrive", "ComSpec", "PATHEXT", "windir", "ProgramFiles", "ProgramFiles(x86)", "ProgramData", "APPDATA",
        "LOCALAPPDATA", "USERPROFILE", "CUMULUS_ROOT",
    };

    /// <summary>Such as <c>pre_deploy</c>; it stands in errors and logs.</summary>
    public required string Name { get; init; }

    /// <summary>For errors.</summary>
    public required string Module { get; init; }

    /// <summary>Full path of the script.</summary>
    public required string Path { get; init; }

    /// <summary>Full path of the folder it runs in.</summary>
    public required string Folder { get; init; }

    public required IReadOnlyDictionary<string, string?> Variables { get; init; }

    public TimeSpan TimeLimit { get; init; } = TimeSpan.FromMinutes(30);

    public Action<string>? Log { get; init; }

    /// <summary>Writes a script as a file that only its owner can read and run.</summary>
    public static async Task<string> WriteAsync(string folder, string name, string text, CancellationToken cancellationToken)
    {
        string path = System.IO.Path.Combine(folder, OperatingSystem.IsWindows() ? name + ".ps1" : name);
        string lines = OperatingSystem.IsWindows() ? text : text.ReplaceLineEndings("\n");
        await File.WriteAllTextAsync(path, lines, cancellationToken);
        HostDisk.SetMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }

    /// <exception cref="CumulusException"><see cref="ErrorIds.ModuleScriptFailed"/>: exit code and last lines.</exception>
    public async Task RunAsync(ProcessRunner runner, CancellationToken cancellationToken)
    {
        Log?.Invoke($"{Module}: {Name} runs.");
        SecretRedaction redaction = SecretRedaction.For(null);
        byte[] start = (await File.ReadAllBytesAsync(Path, cancellationToken)).Take(4).ToArray();
        ScriptCommand command = ScriptCommand.For(Path, start, OperatingSystem.IsWindows(), hasPwsh: false);
        ProcessResult result;
        try
        {
            var request = new ProcessRequest
            {
                FileName = command.Program,
                Arguments = command.Arguments,
                CommandLine = command.CommandLine,
                WorkingDirectory = Folder,
                Environment = Surroundings(),
                TimeLimit = TimeLimit,
                OnLine = Log is { } log ? line => log($"{Module}: {Name}: {redaction.Clean(line)}") : null,
            };
            result = await runner.RunAsync(request, cancellationToken);
        }
        catch (Win32Exception e)
        {
            throw Failed($"could not be started by {command.Program}: {e.Message}", FailureKind.Unavailable, e);
        }

        if (!result.Succeeded) throw Failed(redaction.Clean(result.Describe(TimeLimit)), result.TimedOut ? FailureKind.Timeout : FailureKind.OperationFailed);
    }

    private Dictionary<string, string?> Surroundings()
    {
        var all = new Dictionary<string, string?>();
        foreach (string name in Environment.GetEnvironmentVariables().Keys.Cast<string>().Where(n => !Inherited.Contains(n) && !n.StartsWith("LC_", StringComparison.Ordinal))) all[name] = null;
        foreach ((string name, string? value) in Variables) all[name] = value;
        return all;
    }

    private CumulusException Failed(string how, FailureKind kind, Exception? cause = null) =>
        new(ErrorIds.ModuleScriptFailed, kind, $"{Name} of module '{Module}' {how}", cause) { Target = Module, Advice = $"Put the script right, and deploy again." };
}
