namespace Cumulus.Engine.Hosts;

/// <summary>
/// Runs the stop scripts of the installed version. One that fails does not block the new version for ever: where that brings a script of
/// the same name, this one is tried, and <see cref="HostRequest.IgnoreStopFailure"/> makes the rest a warning.
/// </summary>
internal sealed class StopScripts(HostPaths paths, InitScriptRunner scripts, HostRequest request)
{
    /// <exception cref="CumulusException"><see cref="ErrorIds.InitScriptFailed"/></exception>
    public Task RunAsync(JournalPlan plan, CancellationToken cancellationToken) =>
        scripts.RunAsync(ScriptPhase.Stop, plan.New, null, cancellationToken, (script, failure) => AfterFailureAsync(plan, script, failure, cancellationToken));

    private async Task AfterFailureAsync(JournalPlan plan, InitScript script, CumulusException failure, CancellationToken cancellationToken)
    {
        string installed = Path.Combine(paths.InitScripts, script.Name);
        SwapStep? newer = plan.Steps.FirstOrDefault(s => s.Do == SwapAction.Place && paths.Full(s.Path) == installed);
        if (newer is not null && await TryAsync(plan, script, paths.Full(newer.New!), failure, cancellationToken)) return;
        if (!request.IgnoreStopFailure) throw failure;
        Warn($"{failure.Message.TrimEnd('.')}. The install goes on.");
    }

    private async Task<bool> TryAsync(JournalPlan plan, InitScript script, string staged, CumulusException failure, CancellationToken cancellationToken)
    {
        // Some interpreters go by the ending.
        string named = Path.Combine(Path.GetDirectoryName(staged)!, script.Name);
        try
        {
            HostDisk.KeepAside(staged, named);
            await scripts.RunAsync(script, named, ScriptPhase.Stop, plan.New, cancellationToken);
        }
        catch (Exception e) when (e is CumulusException or IOException or UnauthorizedAccessException)
        {
            request.Log?.Invoke($"The new version's {script.Name} failed too: {e.Message}");
            return false;
        }

        Warn($"{failure.Message.TrimEnd('.')}. The new version's script of that name was run in its place, and succeeded.");
        return true;
    }

    private void Warn(string text) => (request.Warn ?? request.Log)?.Invoke(text);
}
