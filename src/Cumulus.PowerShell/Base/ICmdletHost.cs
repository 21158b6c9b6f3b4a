namespace Cumulus.PowerShell;

/// <summary>
/// What a front end gives to a running cmdlet: PowerShell itself, or the console. Every member is called on the pipeline
/// thread only; the base cmdlet sees to that.
/// </summary>
public interface ICmdletHost
{
    void WriteObject(object? value, bool enumerateCollection);

    void WriteError(CmdletError error);

    void WriteWarning(string text);

    void WriteVerbose(string text);

    void WriteDebug(string text);

    void WriteInformation(string text);

    void WriteProgress(CmdletProgress progress);

    /// <summary>A line for whoever reads along where no bar can be drawn: output that goes to a file or to a build service's log. Shown there and nowhere else.</summary>
    void WriteStatus(string text);

    /// <summary>A line for the log of this process, whatever the preferences say.</summary>
    void WriteLogLine(string text)
    {
    }

    /// <summary>False when the user silenced errors: they are no news to a build service then.</summary>
    bool ShowsErrors => true;

    /// <summary>As <see cref="ShowsErrors"/>.</summary>
    bool ShowsWarnings => true;

    /// <summary>An error that ends the command is on its way to the user, who gets it in another way than by <see cref="WriteError"/>.</summary>
    void Announce(CmdletError error)
    {
    }

    /// <summary>The step of a build service that runs this shall not end with exit code 0, though nobody stops here.</summary>
    void MarkFailed()
    {
    }

    /// <summary>True when the action shall be done: no <c>-WhatIf</c>, and confirmed where that is asked.</summary>
    bool ShouldProcess(string target, string action);

    /// <summary>Asks a person, whatever the preferences say; an error in a session that cannot ask.</summary>
    bool ShouldContinue(string query, string caption);

    /// <summary>Full path of a file system path as the user wrote it, which need not exist.</summary>
    string ResolvePath(string path);

    /// <summary>Full path of the session's current folder.</summary>
    string CurrentFolder { get; }

    /// <summary>True when the switch was given and not as <c>-Name:$false</c>. The console has no working <c>SwitchParameter</c>, so the name is asked for.</summary>
    bool IsSwitchOn(string parameterName);

    /// <summary>Whether the user (or the pipeline) gave this parameter at all.</summary>
    bool IsBound(string parameterName);

    /// <summary>What lasts from one command to the next: one for each runspace, one for each console process.</summary>
    CumulusSession Session { get; }
}

/// <summary>A non-terminating error, as every front end shows it.</summary>
/// <param name="Category">Name of a PowerShell <c>ErrorCategory</c>.</param>
/// <param name="IsBug">True when nobody expected this exception: the text then says so and asks for a report.</param>
public sealed record CmdletError(Exception Exception, string ErrorId, string Category, object? Target, string Message, string? Advice, bool IsBug);

/// <param name="Id">Bars with different ids are shown side by side.</param>
/// <param name="PercentComplete">0 to 100; null when nobody knows.</param>
/// <param name="Completed">The bar goes away.</param>
public sealed record CmdletProgress(int Id, string Activity, string Status, int? PercentComplete = null, string? CurrentOperation = null, bool Completed = false);
