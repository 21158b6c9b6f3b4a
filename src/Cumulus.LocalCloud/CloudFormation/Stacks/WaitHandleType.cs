using Cumulus.LocalCloud.CloudFormation.Api;
using Cumulus.LocalCloud.CloudFormation.Resources;

namespace Cumulus.LocalCloud.CloudFormation.Stacks;

/// <summary>
/// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-waitconditionhandle.html: an address that takes
/// signals from whoever knows it.
/// </summary>
internal sealed class WaitHandleType(string endpoint) : ResourceType
{
    public override Task<ResourceState> CreateAsync(ResourceWork work, CancellationToken cancellationToken)
    {
        var url = $"{endpoint}{WaitHandles.Prefix}{Guid.NewGuid():N}";
        return Task.FromResult(new ResourceState(url).With(("Id", url)));
    }

    public override Task DeleteAsync(ResourceWork work, ResourceState now, CancellationToken cancellationToken) => Task.CompletedTask;
}
