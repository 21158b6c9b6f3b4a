namespace Cumulus.LocalCloud.CloudFormation.Resources;

/// <summary>
/// Makes, changes and removes the real thing behind a resource, through the service's own API. A failure is an exception with the reason; which
/// changes replace the resource is none of its business.
/// </summary>
internal abstract class ResourceType
{
    public abstract Task<ResourceState> CreateAsync(ResourceWork work, CancellationToken cancellationToken);

    /// <summary>Changes in place what differs from <see cref="ResourceWork.Before"/>. By default what is recorded is all there is to change.</summary>
    public virtual Task<ResourceState> UpdateAsync(ResourceWork work, ResourceState now, CancellationToken cancellationToken) => Task.FromResult(now);

    /// <summary>What moto says of one that is gone already is no failure to the caller.</summary>
    public abstract Task DeleteAsync(ResourceWork work, ResourceState now, CancellationToken cancellationToken);
}
