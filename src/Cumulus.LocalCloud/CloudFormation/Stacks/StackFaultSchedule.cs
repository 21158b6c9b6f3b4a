using Cumulus.LocalCloud.CloudFormation.Templates;
using Cumulus.LocalCloud.Faults;

namespace Cumulus.LocalCloud.CloudFormation.Stacks;

/// <summary>Lets the faults that are set happen to resources.</summary>
internal sealed class StackFaultSchedule(FaultSchedule faults, TimeProvider time)
{
    /// <summary>Lets happen what is to happen to this resource now.</summary>
    /// <exception cref="TemplateException">It is to fail; the message is the reason.</exception>
    public async Task MeetAsync(string stackName, StackResource resource, StackFaultOperation operation, CancellationToken cancellationToken)
    {
        switch (faults.Next<StackFault>(fault => Fits(fault, stackName, resource, operation)))
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

    private static bool Fits(StackFault fault, string stackName, StackResource resource, StackFaultOperation operation) =>
        FaultSchedule.Fits(fault.StackName, stackName) && FaultSchedule.Fits(fault.LogicalId, resource.LogicalId) &&
        FaultSchedule.Fits(fault.ResourceType, resource.Type) && (fault.Operation == StackFaultOperation.Any || fault.Operation == operation);
}
