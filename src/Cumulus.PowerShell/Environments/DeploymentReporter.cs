using System.Collections.Concurrent;
using System.Globalization;
using Cumulus.Engine.Aws;
using Cumulus.Engine.Environments;

namespace Cumulus.PowerShell;

/// <summary>Shows a deployment or a removal while it runs: one line for each change, one bar for each stack.</summary>
internal sealed class DeploymentReporter(ICmdletHost host) : IDeploymentObserver
{
    private readonly ConcurrentDictionary<string, int> _bars = [];
    private readonly ConcurrentDictionary<string, StackLog> _logs = [];
    private int _lastBar;

    public void StackStarted(string stackName, StackAction action, string reason)
    {
        _logs[stackName] = new StackLog();
        host.WriteVerbose($"{stackName}  {action.ToString().ToLowerInvariant()}: {reason}");
        if (action == StackAction.Unchanged) host.WriteStatus($"{Now()}  {stackName}  no change");
    }

    public void StackBusy(string stackName, string status)
    {
        host.WriteVerbose($"{stackName}  {status}: another operation runs; waiting for it");
        host.WriteStatus($"{Now()}  {stackName}  {status}  another operation runs; waiting for it");
    }

    public void StackEvent(StackEventRecord stackEvent)
    {
        string time = stackEvent.Timestamp.ToLocalTime().ToString("HH:mm:ss", CultureInfo.InvariantCulture);
        string reason = stackEvent.Reason is { Length: > 0 } text ? $"  {text}" : "";
        host.WriteVerbose($"{time}  {stackEvent.StackName}  {stackEvent.Status,-20}  {stackEvent.LogicalId} ({stackEvent.ResourceType}){reason}");

        if (Log(stackEvent.StackName).IsNews(stackEvent)) host.WriteStatus($"{time}  {stackEvent.StackName}  {stackEvent.Status,-20}  {stackEvent.LogicalId}{reason}");
    }

    public void StackProgressed(StackProgress progress)
    {
        Log(progress.StackName).Progress = progress;
        host.WriteProgress(new CmdletProgress(
            Bar(progress.StackName),
            progress.StackName,
            $"{progress.Status}  {progress.Done} of {progress.Total} resources  {progress.Elapsed:m\\:ss}",
            progress.Total > 0 ? Math.Min(100, progress.Done * 100 / progress.Total) : null));
    }

    public void StackFinished(StackDeployment stack)
    {
        host.WriteProgress(new CmdletProgress(Bar(stack.StackName), stack.StackName, stack.Status, Completed: true));
        string took = stack.Took.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture);
        host.WriteVerbose($"{stack.StackName}  {stack.Status}  {took} s");
        if (stack.Action == StackAction.Unchanged) return;
        StackLog log = Log(stack.StackName);
        string resources = log.Progress is { Total: > 0 } p ? $"  {p.Done} of {p.Total} resources" : "";
        string why = stack.FailureReason is { } reason && !log.ToldFailure ? $"  {reason}" : "";
        host.WriteStatus($"{Now()}  {stack.StackName}  {stack.Status,-20}{resources}  {took} s{why}");
    }

    public void HostUpdated(HostUpdate update)
    {
        string line = $"{update.InstanceId}  {update.Status}{(update.ExitCode is { } code ? $", exit code {code}" : "")}";
        host.WriteVerbose(line);
        host.WriteStatus($"{Now()}  {line}");
    }

    public void HookLine(string hook, string line) => host.WriteVerbose($"{hook}: {line}");

    public void Warning(string text) => host.WriteWarning(text);

    public void Detail(string text) => host.WriteVerbose(text);

    private static string Now() => DateTime.Now.ToString("HH:mm:ss", CultureInfo.InvariantCulture);

    private StackLog Log(string stackName) => _logs.GetOrAdd(stackName, _ => new StackLog());

    private int Bar(string stackName) => _bars.GetOrAdd(stackName, _ => Interlocked.Increment(ref _lastBar));
}
