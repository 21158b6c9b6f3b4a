using Cumulus.LocalCloud.CloudFormation.Templates;

namespace Cumulus.LocalCloud.CloudFormation.Stacks;

/// <summary>The faults that are set, and how often each has met a resource.</summary>
internal sealed class StackFaultSchedule(TimeProvider time)
{
    private readonly object _gate = new();
    private readonly List<(StackFault Fault, int Met)> _faults = [];

    public void Add(StackFault fault)
    {
        lock (_gate)
            _faults.Add((fault, 0));
    }

    public void Clear()
    {
        lock (_gate)
            _faults.Clear();
    }

    /// <summary>Lets happen what is to happen to this resource now.</summary>
    /// <exception cref="TemplateException">It is to fail; the message is the reason.</exception>
    public async Task MeetAsync(string stackName, StackResource resource, StackFaultOperation operation, CancellationToken cancellationToken)
    {
        switch (Next(stackName, resource, operation))
        {
            case { Kind: StackFaultKind.Fail } fault:
                throw new TemplateException(fault.Reason);
            case { Kind: StackFaultKind.Hang }:
                await Task.Delay(Timeout.InfiniteTimeSpan, time, cancellationToken);
                break;
            case { Kind: StackFaultKind.Delay } fault:
                await Task.Delay(fault.Delay, time, cancellationToken);
                break;
        }
    }

    private StackFault? Next(string stackName, StackResource resource, StackFaultOperation operation)
    {
        lock (_gate)
        {
            for (var i = 0; i < _faults.Count; i++)
            {
                var (fault, met) = _faults[i];
                if (!Fits(fault, stackName, resource, operation))
                    continue;
                _faults[i] = (fault, met + 1);
                if (met >= fault.After && (fault.Times is not { } times || met < fault.After + times))
                    return fault;
            }
            return null;
        }
    }

    private static bool Fits(StackFault fault, string stackName, StackResource resource, StackFaultOperation operation) =>
        (fault.StackName is null || fault.StackName == stackName) && (fault.LogicalId is null || fault.LogicalId == resource.LogicalId) &&
        (fault.ResourceType is null || fault.ResourceType == resource.Type) &&
        (fault.Operation == StackFaultOperation.Any || fault.Operation == operation);
}
