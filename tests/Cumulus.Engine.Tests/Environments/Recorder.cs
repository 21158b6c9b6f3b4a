using Cumulus.Engine.Aws;
using Cumulus.Engine.Environments;

namespace Cumulus.Engine.Tests.Environments;

/// <summary>Writes down what an observer hears.</summary>
public sealed class Recorder : IDeploymentObserver
{
    public List<string> Lines { get; } = [];

    public List<StackEventRecord> Events { get; } = [];

    public List<StackProgress> Progress { get; } = [];

    public List<StackDeployment> Finished { get; } = [];

    public List<string> Details { get; } = [];

    public List<string> Warnings { get; } = [];

    public Action? OnProgress { get; set; }

    public void Warning(string text) => Warnings.Add(text);

    public void Planned(EnvironmentPlan plan) => Lines.Add($"planned {string.Join(' ', plan.Stacks.Select(s => $"{s.Name}={s.Action}"))}");

    public void StackStarted(string stackName, StackAction action, string reason) => Lines.Add($"started {stackName} {action}");

    public void StackBusy(string stackName, string status) => Lines.Add($"busy {stackName} {status}");

    public void StackEvent(StackEventRecord stackEvent) => Events.Add(stackEvent);

    public void StackProgressed(StackProgress progress)
    {
        Progress.Add(progress);
        OnProgress?.Invoke();
    }

    public void StackFinished(StackDeployment stack)
    {
        Finished.Add(stack);
        Lines.Add($"finished {stack.StackName} {stack.Status}");
    }

    public void HostUpdated(HostUpdate host) => Lines.Add($"host {host.InstanceId} {host.Status}");

    public void HookLine(string hook, string line) => Lines.Add($"{hook}: {line}");

    public void Detail(string text) => Details.Add(text);
}
