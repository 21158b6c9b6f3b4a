using System.Reflection;
using Cumulus.Engine;
using Cumulus.Engine.Pipelines;

namespace Cumulus.PowerShell;

/// <summary>
/// A front end that a build service listens to: changes as lines in groups, errors and warnings as annotations, no bars, and at the
/// end tables for the page of the run and values for later steps.
/// </summary>
internal sealed class PipelineHost : ICmdletHost
{
    /// <summary>The switch of a cmdlet that turns this off.</summary>
    public const string OffParameter = "NoCi";

    private readonly ICmdletHost _inner;
    private readonly PipelineLog _log;
    private readonly CumulusCmdlet _cmdlet;
    private readonly string _command;
    private readonly List<string> _failures = [];
    private StepSummary _summary = new();

    private PipelineHost(ICmdletHost inner, PipelineLog log, CumulusCmdlet cmdlet)
    {
        _inner = inner;
        _log = log;
        _cmdlet = cmdlet;
        _command = CmdletName.Of(cmdlet.GetType());
    }

    public string CurrentFolder => _inner.CurrentFolder;

    public CumulusSession Session => _inner.Session;

    public bool ShowsErrors => _inner.ShowsErrors;

    public bool ShowsWarnings => _inner.ShowsWarnings;

    // Known as late as this: a key may have come with the configuration or with Connect-Cumulus.
    private SecretRedaction Secrets => SecretRedaction.For(Session.Connection?.Keys);

    /// <summary>The command and what it is at work on: Deploy-Environment stage 1.4.0.</summary>
    private string Title => string.Join(' ', new[] { _command, Given("Environment") ?? Given("Name"), Given("Version") }.OfType<string>());

    /// <summary>The host itself where no build service listens, or where the user turned this off.</summary>
    public static ICmdletHost Around(ICmdletHost host, CumulusCmdlet cmdlet) =>
        host.Session.Pipeline is { } log && !host.IsSwitchOn(OffParameter) ? new PipelineHost(host, log, cmdlet) : host;

    /// <summary>The command has ended: its group too.</summary>
    public void Finish()
    {
        Lines(_log.EndGroup(Title));
        Summarize();
    }

    public void WriteObject(object? value, bool enumerateCollection)
    {
        if (value is not null) _summary.Add(value);
        _inner.WriteObject(value, enumerateCollection);
    }

    public void WriteError(CmdletError error)
    {
        CmdletError clean = Clean(error);
        if (ShowsErrors)
        {
            Announce(clean);
            _inner.MarkFailed();
        }

        _inner.WriteError(clean);
    }

    public void Announce(CmdletError error)
    {
        CmdletError clean = Clean(error);
        string message = clean.Advice is { } advice ? $"{clean.Message}\n{advice}" : clean.Message;
        _failures.Add($"{clean.Message} ({clean.ErrorId})");
        Lines(_log.Error(new PipelineIssue(_command, message, clean.ErrorId)));

        // Now: under -ErrorAction Stop nothing of this command runs afterwards.
        Summarize();
    }

    public void MarkFailed() => _inner.MarkFailed();

    public void WriteWarning(string text)
    {
        string clean = _log.Clean(text, Secrets);
        if (ShowsWarnings) _inner.WriteLogLine(_log.Warning(new PipelineIssue(_command, clean)));
        _inner.WriteWarning(clean);
    }

    public void WriteVerbose(string text) => _inner.WriteVerbose(_log.Clean(text, Secrets));

    public void WriteDebug(string text) => _inner.WriteDebug(_log.Clean(text, Secrets));

    public void WriteInformation(string text) => _inner.WriteInformation(_log.Clean(text, Secrets));

    /// <summary>A log has no place for a bar.</summary>
    public void WriteProgress(CmdletProgress progress)
    {
    }

    public void WriteStatus(string text) => Lines(_log.Change(Title, _log.Clean(text, Secrets)));

    public void WriteLogLine(string text) => _inner.WriteLogLine(text);

    public bool ShouldProcess(string target, string action) => _inner.ShouldProcess(target, action);

    public bool ShouldContinue(string query, string caption) => _inner.ShouldContinue(query, caption);

    public string ResolvePath(string path) => _inner.ResolvePath(path);

    public bool IsSwitchOn(string parameterName) => _inner.IsSwitchOn(parameterName);

    public bool IsBound(string parameterName) => _inner.IsBound(parameterName);

    private CmdletError Clean(CmdletError error) => error with
    {
        Message = _log.Clean(error.Message, Secrets),
        Advice = error.Advice is { } advice ? _log.Clean(advice, Secrets) : null,
    };

    private void Summarize()
    {
        Lines(_log.Summarize(Title, _summary, _failures, Secrets));
        _summary = new StepSummary();
        _failures.Clear();
    }

    private void Lines(IEnumerable<string> lines)
    {
        foreach (string line in lines) _inner.WriteLogLine(line);
    }

    private string? Given(string parameter) =>
        _cmdlet.GetType().GetProperty(parameter, BindingFlags.Public | BindingFlags.Instance)?.GetValue(_cmdlet) switch
        {
            string { Length: > 0 } text => text,
            string[] { Length: > 0 } texts => string.Join(", ", texts),
            _ => null,
        };
}
