namespace Cumulus.PowerShell;

/// <summary>The front end as a body sees it: the same members, safe from any thread.</summary>
internal sealed class PumpedHost(PipelinePump pump, Func<ICmdletHost> frontEnd) : ICmdletHost
{
    public string CurrentFolder => pump.Look(() => frontEnd().CurrentFolder);

    public CumulusSession Session => pump.Look(() => frontEnd().Session);

    public void WriteObject(object? value, bool enumerateCollection) =>
        pump.Output(() => frontEnd().WriteObject(value, enumerateCollection));

    public void WriteError(CmdletError error) => pump.Report(() => frontEnd().WriteError(error));

    public void WriteWarning(string text) => pump.Report(() => frontEnd().WriteWarning(text));

    public void WriteVerbose(string text) => pump.Report(() => frontEnd().WriteVerbose(text));

    public void WriteDebug(string text) => pump.Report(() => frontEnd().WriteDebug(text));

    public void WriteInformation(string text) => pump.Report(() => frontEnd().WriteInformation(text));

    public void WriteProgress(CmdletProgress progress) => pump.Report(() => frontEnd().WriteProgress(progress));

    public void WriteStatus(string text) => pump.Report(() => frontEnd().WriteStatus(text));

    public bool ShouldProcess(string target, string action) => pump.Ask(() => frontEnd().ShouldProcess(target, action));

    public bool ShouldContinue(string query, string caption) => pump.Ask(() => frontEnd().ShouldContinue(query, caption));

    public string ResolvePath(string path) => pump.Look(() => frontEnd().ResolvePath(path));

    public bool IsSwitchOn(string parameterName) => pump.Look(() => frontEnd().IsSwitchOn(parameterName));

    public bool IsBound(string parameterName) => pump.Look(() => frontEnd().IsBound(parameterName));
}
