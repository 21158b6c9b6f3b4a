namespace Cumulus.LocalCloud.CloudFormation.Resources;

/// <summary>
/// Makes, changes and removes the real thing behind a resource, through the service's own API. A failure is an exception with the reason; which
/// changes replace the resource is none of its business.
/// </summary>
internal abstract class ResourceType
{
    public abstract Task<ResourceState> CreateAsync(ResourceWork work, CancellationToken cancellationToken);

    /// <summary>Waits until what was made or changed is of use; most things are at once. May be stopped at any time.</summary>
    /// <returns>The resource with what it has by then.</returns>
    public virtual Task<ResourceState> SettleAsync(ResourceWork work, ResourceState made, CancellationToken stop) => Task.FromResult(made);

    /// <summary>Changes in place what differs from <see cref="ResourceWork.Before"/>. By default what is recorded is all there is to change.</summary>
    public virtual Task<ResourceState> UpdateAsync(ResourceWork work, ResourceState now, CancellationToken cancellationToken) => Task.FromResult(now);

    /// <summary>Back to properties that it had before an update of the stack that fails.</summary>
    public virtual async Task<ResourceState> RestoreAsync(ResourceWork work, ResourceState now, CancellationToken stop) =>
        await SettleAsync(work, await UpdateAsync(work, now, stop), stop);

    /// <summary>What moto says of one that is gone already is no failure to the caller.</summary>
    public abstract Task DeleteAsync(ResourceWork work, ResourceState now, CancellationToken cancellationToken);
}
