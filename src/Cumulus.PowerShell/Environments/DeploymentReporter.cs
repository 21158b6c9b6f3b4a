using System.Globalization;
using Cumulus.Engine.Aws;
using Cumulus.Engine.Environments;

namespace Cumulus.PowerShell;

/// <summary>Shows a deployment or a removal while it runs: one line for each change, one bar for each stack.</summary>
internal sealed class DeploymentReporter(ICmdletHost host) : IDeploymentObserver
{
    private readonly Dictionary<string, int> _bars = [];

    public void StackStarted(string stackName, StackAction action, string reason) =>
        host.WriteChange($"{stackName}  {action.ToString().ToLowerInvariant()}: {reason}");

    public void StackBusy(string stackName, string status) =>
        host.WriteChange($"{stackName}  {status}: another operation runs; waiting for it");

    public void StackEvent(StackEventRecord stackEvent)
    {
        string time = stackEvent.Timestamp.ToLocalTime().ToString("HH:mm:ss", CultureInfo.InvariantCulture);
        string reason = stackEvent.Reason is { Length: > 0 } text ? $"  {text}" : "";
        host.WriteChange($"{time}  {stackEvent.StackName}  {stackEvent.Status,-20}  {stackEvent.LogicalId} ({stackEvent.ResourceType}){reason}");
    }

    public void StackProgressed(StackProgress progress) =>
        host.WriteProgress(new CmdletProgress(
            Bar(progress.StackName),
            progress.StackName,
            $"{progress.Status}  {progress.Done} of {progress.Total} resources  {progress.Elapsed:m\\:ss}",
            progress.Total > 0 ? Math.Min(100, progress.Done * 100 / progress.Total) : null));

    public void StackFinished(StackDeployment stack)
    {
        host.WriteProgress(new CmdletProgress(Bar(stack.StackName), stack.StackName, stack.Status, Completed: true));
        host.WriteChange($"{stack.StackName}  {stack.Status}  {stack.Took.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture)} s");
    }

    public void HostUpdated(HostUpdate update) =>
        host.WriteChange($"{update.InstanceId}  {update.Status}{(update.ExitCode is { } code ? $", exit code {code}" : "")}");

    public void HookLine(string hook, string line) => host.WriteVerbose($"{hook}: {line}");

    public void Warning(string text) => host.WriteWarning(text);

    public void Detail(string text) => host.WriteVerbose(text);

    private int Bar(string stackName)
    {
        if (!_bars.TryGetValue(stackName, out int id)) _bars[stackName] = id = _bars.Count + 1;
        return id;
    }
}
