namespace Cumulus.Engine.Aws;

/// <summary>A host's word to those who wait for it. Failures as in <see cref="IObjectStore"/>.</summary>
public interface IHostSignals
{
    /// <summary>Tells CloudFormation, which counts signals for a CreationPolicy, an UpdatePolicy or a wait condition (https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_SignalResource.html).</summary>
    /// <param name="stack">Name or id.</param>
    /// <param name="logicalId">The resource that waits.</param>
    /// <param name="uniqueId">Instance id: each signal of one resource needs its own.</param>
    Task SignalAsync(string stack, string logicalId, string uniqueId, bool success, CancellationToken cancellationToken);

    /// <summary>Ends the wait of a lifecycle hook: CONTINUE or ABANDON (https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_CompleteLifecycleAction.html).</summary>
    Task CompleteLifecycleAsync(string group, string hook, string instanceId, bool success, CancellationToken cancellationToken);
}
