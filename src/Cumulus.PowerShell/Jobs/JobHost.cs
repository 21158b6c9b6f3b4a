using System.Management.Automation;
using System.Reflection;
using Cumulus.Engine;

namespace Cumulus.PowerShell;

/// <summary>The front end of a cmdlet that runs as a job: its streams, and nobody to ask.</summary>
internal sealed class JobHost(CumulusJob job, Type cmdletType, JobSettings settings) : ICmdletHost
{
    private JobInput? _input;

    public string CurrentFolder => settings.CurrentFolder;

    public CumulusSession Session => settings.Session;

    /// <summary>Gives the cmdlet what was bound for this block.</summary>
    public void Use(CumulusCmdlet cmdlet, JobInput input)
    {
        _input = input;
        foreach ((PropertyInfo parameter, object? value) in input.Values) parameter.SetValue(cmdlet, value);
    }

    public void WriteObject(object? value, bool enumerateCollection)
    {
        if (enumerateCollection && LanguagePrimitives.GetEnumerable(value) is { } items)
        {
            foreach (object? item in items) job.Output.Add(PSObject.AsPSObject(item));
            return;
        }

        job.Output.Add(value is null ? null! : PSObject.AsPSObject(value));
    }

    public void WriteError(CmdletError error)
    {
        if (settings.ErrorAction is not ("SilentlyContinue" or "Ignore")) Show(error);
        if (settings.ErrorAction == "Stop") throw new PipelineStoppedException();
    }

    /// <summary>Whatever the error action is.</summary>
    public void Show(CmdletError error)
    {
        job.HasFailed = true;
        job.Error.Add(PowerShellHost.ToRecord(error with { ErrorId = $"{error.ErrorId},{cmdletType.FullName}" }));
    }

    public void WriteWarning(string text)
    {
        if (settings.Warnings) job.Warning.Add(new WarningRecord(text));
    }

    public void WriteVerbose(string text)
    {
        if (settings.Verbose) job.Verbose.Add(new VerboseRecord(text));
    }

    public void WriteDebug(string text)
    {
        if (settings.Debug) job.Debug.Add(new DebugRecord(text));
    }

    public void WriteInformation(string text)
    {
        if (settings.Information) Tell(text, "Cumulus");
    }

    public void WriteProgress(CmdletProgress progress)
    {
        job.Status = progress.Completed ? "" : $"{progress.Activity}: {progress.Status}";
        job.Progress.Add(PowerShellHost.ToRecord(progress));
    }

    /// <summary>A job has its progress for that.</summary>
    public void WriteStatus(string text)
    {
    }

    public bool ShouldProcess(string target, string action)
    {
        if (settings.WhatIf)
        {
            Tell($"What if: Performing the operation \"{action}\" on target \"{target}\".", "PSHOST");
            return false;
        }

        return !Asks() ? true : throw NobodyThere($"{action}: {target}?", target, "Give -Confirm:$false.");
    }

    public bool ShouldContinue(string query, string caption) => throw NobodyThere(query, caption, "Give -Force.");

    public string ResolvePath(string path)
    {
        int colon = path.IndexOf(':', StringComparison.Ordinal);
        string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        string local = path is "~" || path.StartsWith("~/", StringComparison.Ordinal) || path.StartsWith("~\\", StringComparison.Ordinal) ? home + path[1..]
            : colon > 1 && settings.Drives.TryGetValue(path[..colon], out string? root) ? Path.Combine(root, path[(colon + 1)..].TrimStart('/', '\\'))
            : path;
        if (local.Length == 0 || local.Contains('\0'))
        {
            throw new CumulusException(ErrorIds.PathInvalid, FailureKind.InvalidInput, $"'{path}' is no path in the file system.") { Target = path };
        }

        return Path.GetFullPath(OperatingSystem.IsWindows() ? local : local.Replace('\\', '/'), CurrentFolder);
    }

    public bool IsSwitchOn(string parameterName) => parameterName switch
    {
        JobStart.Parameter => false,
        "WhatIf" => settings.WhatIf,
        _ => _input is { } input && input.Bound.TryGetValue(parameterName, out object? value) && LanguagePrimitives.IsTrue(value),
    };

    public bool IsBound(string parameterName) => _input?.Bound.ContainsKey(parameterName) ?? false;

    private bool Asks()
    {
        if (settings.Confirm is { } confirm) return confirm;
        ConfirmImpact impact = cmdletType.GetCustomAttribute<CmdletAttribute>()?.ConfirmImpact ?? ConfirmImpact.Medium;
        return Enum.TryParse(settings.ConfirmPreference, out ConfirmImpact preference) && preference != ConfirmImpact.None && impact >= preference;
    }

    private void Tell(string text, string tag)
    {
        var record = new InformationRecord(new HostInformationMessage { Message = text }, cmdletType.Name);
        record.Tags.Add(tag);
        job.Information.Add(record);
    }

    private static CumulusException NobodyThere(string question, string target, string advice) =>
        new(ErrorIds.ConfirmationUnavailable, FailureKind.Unavailable, $"{question} Nobody can be asked in a job, and nothing was done.") { Target = target, Advice = advice };
}
