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

    public CumulusSession Session => Sessions.GetOrCreateValue(Runspace.DefaultRunspace);

    /// <summary>The runspace of this thread starts anew.</summary>
    public static void ForgetSession() => Sessions.Remove(Runspace.DefaultRunspace);

    public static ErrorRecord ToRecord(CmdletError error) =>
        new(error.Exception, error.ErrorId, Enum.Parse<ErrorCategory>(error.Category), error.Target)
        {
            ErrorDetails = new ErrorDetails(error.Message) { RecommendedAction = error.Advice },
        };

    public void WriteObject(object? value, bool enumerateCollection) => cmdlet.WriteObject(value, enumerateCollection);

    public void WriteError(CmdletError error) => cmdlet.WriteError(ToRecord(error));

    public void WriteWarning(string text) => cmdlet.WriteWarning(text);

    public void WriteVerbose(string text) => cmdlet.WriteVerbose(text);

    public void WriteDebug(string text) => cmdlet.WriteDebug(text);

    public void WriteInformation(string text) => cmdlet.WriteInformation(text, ["Cumulus"]);

    public void WriteProgress(CmdletProgress progress) =>
        cmdlet.WriteProgress(new ProgressRecord(progress.Id, progress.Activity, NotEmpty(progress.Status))
        {
            PercentComplete = progress.PercentComplete is { } percent ? Math.Clamp(percent, 0, 100) : -1,
            CurrentOperation = progress.CurrentOperation,
            RecordType = progress.Completed ? ProgressRecordType.Completed : ProgressRecordType.Processing,
        });

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
