using Amazon.AutoScaling;
using Amazon.AutoScaling.Model;
using Amazon.CloudFormation;
using Amazon.CloudFormation.Model;

namespace Cumulus.Engine.Aws;

/// <summary>Signals by CloudFormation and Auto Scaling.</summary>
/// <param name="endpoint">Where the clients go, for errors.</param>
internal sealed class AwsHostSignals(IAmazonCloudFormation cloudFormation, IAmazonAutoScaling autoScaling, string endpoint) : IHostSignals
{
    public Task SignalAsync(string stack, string logicalId, string uniqueId, bool success, CancellationToken cancellationToken)
    {
        var request = new SignalResourceRequest
        {
            StackName = stack,
            LogicalResourceId = logicalId,
            UniqueId = uniqueId,
            Status = success ? ResourceSignalStatus.SUCCESS : ResourceSignalStatus.FAILURE,
        };
        return AwsErrors.GuardAsync(new AwsCall("CloudFormation", "SignalResource", endpoint), () => cloudFormation.SignalResourceAsync(request, cancellationToken), cancellationToken);
    }

    public Task CompleteLifecycleAsync(string group, string hook, string instanceId, bool success, CancellationToken cancellationToken)
    {
        var request = new CompleteLifecycleActionRequest
        {
            AutoScalingGroupName = group,
            LifecycleHookName = hook,
            InstanceId = instanceId,
            LifecycleActionResult = success ? "CONTINUE" : "ABANDON",
        };
        return AwsErrors.GuardAsync(new AwsCall("Auto Scaling", "CompleteLifecycleAction", endpoint), () => autoScaling.CompleteLifecycleActionAsync(request, cancellationToken), cancellationToken);
    }
}
