using System.Management.Automation;
using System.Management.Automation.Host;
using System.Management.Automation.Runspaces;
using System.Runtime.CompilerServices;
using Cumulus.Engine;

namespace Cumulus.PowerShell;

/// <summary>PowerShell itself as the front end of one running cmdlet.</summary>
internal sealed class PowerShellHost(PSCmdlet cmdlet) : ICmdletHost
{
    private static readonly ConditionalWeakTable<Runspace, CumulusSession> Sessions = [];

    public string CurrentFolder => cmdlet.SessionState.Path.CurrentFileSystemLocation.ProviderPath;

    public CumulusSession Session => SessionOf(Runspace.DefaultRunspace);

    public bool ShowsErrors => Shows("ErrorAction", "ErrorActionPreference");

    public bool ShowsWarnings => Shows("WarningAction", "WarningPreference");

    /// <summary>What the runspace's commands left for each other.</summary>
    public static CumulusSession SessionOf(Runspace runspace) => Sessions.GetValue(runspace, _ => CumulusSession.Start());

    /// <summary>The runspace of this thread starts anew.</summary>
    public static void ForgetSession() => Sessions.Remove(Runspace.DefaultRunspace);

    public static ErrorRecord ToRecord(CmdletError error) =>
        new(error.Exception, error.ErrorId, Enum.Parse<ErrorCategory>(error.Category), error.Target)
        {
            ErrorDetails = new ErrorDetails(error.Message) { RecommendedAction = error.Advice },
        };

    public static ProgressRecord ToRecord(CmdletProgress progress) =>
        new(progress.Id, progress.Activity, NotEmpty(progress.Status))
        {
            PercentComplete = progress.PercentComplete is { } percent ? Math.Clamp(percent, 0, 100) : -1,
            CurrentOperation = progress.CurrentOperation,
            RecordType = progress.Completed ? ProgressRecordType.Completed : ProgressRecordType.Processing,
        };

    public void WriteObject(object? value, bool enumerateCollection) => cmdlet.WriteObject(value, enumerateCollection);

    public void WriteError(CmdletError error) => cmdlet.WriteError(ToRecord(error));

    public void WriteWarning(string text) => cmdlet.WriteWarning(text);

    public void WriteVerbose(string text) => cmdlet.WriteVerbose(text);

    public void WriteDebug(string text) => cmdlet.WriteDebug(text);

    public void WriteInformation(string text) => cmdlet.WriteInformation(text, ["Cumulus"]);

    public void WriteProgress(CmdletProgress progress) => cmdlet.WriteProgress(ToRecord(progress));

    // As Write-Host does it.
    public void WriteLogLine(string text) => cmdlet.WriteInformation(new HostInformationMessage { Message = text }, ["PSHOST"]);

    /// <summary>The pwsh steps of GitHub Actions and Azure Pipelines end with <c>exit $LASTEXITCODE</c>. Under Stop the error itself ends the step, or is caught.</summary>
    public void MarkFailed()
    {
        if (Preference("ErrorAction", "ErrorActionPreference") != "Stop")
            cmdlet.SessionState.PSVariable.Set("global:LASTEXITCODE", 1);
    }

    // As Write-Host does it: the host shows it, whatever the preference for information is.
    public void WriteStatus(string text)
    {
        if (Console.IsOutputRedirected) cmdlet.WriteInformation(new HostInformationMessage { Message = text }, ["PSHOST", "Cumulus"]);
    }

    public bool ShouldProcess(string target, string action) =>
        Asking($"{action}: {target}?", target, "Give -Confirm:$false.", () => cmdlet.ShouldProcess(target, action));

    public bool ShouldContinue(string query, string caption) =>
        Asking(query, caption, "Give -Force.", () =>
        {
            // Only this form has No for a default: Enter must not delete anything.
            bool yesToAll = false, noToAll = false;
            return cmdlet.ShouldContinue(query, caption, hasSecurityImpact: true, ref yesToAll, ref noToAll);
        });

    public string ResolvePath(string path)
    {
        try
        {
            var full = cmdlet.SessionState.Path.GetUnresolvedProviderPathFromPSPath(path, out var provider, out _);
            return provider.Name == "FileSystem" ? full : throw NotAFile(path, $"it belongs to the provider {provider.Name}.", innerException: null);
        }
        catch (RuntimeException e)
        {
            throw NotAFile(path, e.Message, e);
        }
    }

    public bool IsSwitchOn(string parameterName) =>
        cmdlet.MyInvocation.BoundParameters.TryGetValue(parameterName, out var value)
            ? LanguagePrimitives.IsTrue(value)
            : parameterName == "WhatIf" && LanguagePrimitives.IsTrue(cmdlet.GetVariableValue("WhatIfPreference"));

    public bool IsBound(string parameterName) => cmdlet.MyInvocation.BoundParameters.ContainsKey(parameterName);

    /// <summary>What the session and the user gave, for a run of the same command elsewhere.</summary>
    public JobSettings Settings() => new()
    {
        CurrentFolder = CurrentFolder,
        Session = Session.ForJob(),
        Drives = cmdlet.SessionState.Drive.GetAllForProvider("FileSystem").ToDictionary(d => d.Name, d => d.Root, StringComparer.OrdinalIgnoreCase),
        ErrorAction = Preference("ErrorAction", "ErrorActionPreference"),
        Warnings = ShowsWarnings,
        Information = Shows("InformationAction", "InformationPreference"),
        Verbose = IsBound("Verbose") ? IsSwitchOn("Verbose") : Shows("", "VerbosePreference"),
        Debug = IsBound("Debug") ? IsSwitchOn("Debug") : Shows("", "DebugPreference"),
        WhatIf = IsSwitchOn("WhatIf"),
        Confirm = IsBound("Confirm") ? IsSwitchOn("Confirm") : null,
        ConfirmPreference = cmdlet.GetVariableValue("ConfirmPreference")?.ToString() ?? "High",
    };

    public IReadOnlyDictionary<string, object?> BoundParameters() => new Dictionary<string, object?>(cmdlet.MyInvocation.BoundParameters!, StringComparer.OrdinalIgnoreCase);

    public string CommandLine => cmdlet.MyInvocation.Line is { Length: > 0 } line ? line.Trim() : cmdlet.MyInvocation.MyCommand.Name;

    public void Register(Job job)
    {
        cmdlet.JobRepository.Add(job);
        cmdlet.WriteObject(job);
    }

    private bool Shows(string parameter, string variable) => Preference(parameter, variable) is not ("SilentlyContinue" or "Ignore");

    private string Preference(string parameter, string variable) =>
        cmdlet.MyInvocation.BoundParameters.TryGetValue(parameter, out var given)
            ? $"{given}"
            : $"{cmdlet.GetVariableValue(variable, "Continue")}";

    private static bool Asking(string query, string target, string advice, Func<bool> question)
    {
        try
        {
            return question();
        }
        catch (Exception e) when (e is HostException or PSInvalidOperationException)
        {
            throw new CumulusException(ErrorIds.ConfirmationUnavailable, FailureKind.Unavailable,
                $"{query} Nobody can be asked in this session, and nothing was done: {e.Message}", e)
            {
                Target = target,
                Advice = advice,
            };
        }
    }

    private static CumulusException NotAFile(string path, string reason, Exception? innerException) =>
        new(ErrorIds.PathInvalid, FailureKind.InvalidInput, $"'{path}' is no path in the file system: {reason}", innerException)
        {
            Target = path,
        };

    private static string NotEmpty(string status) => status.Length == 0 ? " " : status;
}
