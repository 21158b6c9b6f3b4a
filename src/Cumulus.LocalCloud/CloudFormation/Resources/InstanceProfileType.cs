using System.Text.Json.Nodes;
using System.Xml.Linq;
using Cumulus.LocalCloud.CloudFormation.Templates;
using Cumulus.LocalCloud.Moto;

namespace Cumulus.LocalCloud.CloudFormation.Resources;

/// <summary>https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-instanceprofile.html.</summary>
internal sealed class InstanceProfileType : ResourceType, IReadableType
{
    public override async Task<ResourceState> CreateAsync(ResourceWork work, CancellationToken cancellationToken)
    {
        var name = work.Text("InstanceProfileName") ?? work.NewName(128);
        var answer = await work.CallAsync("iam", "CreateInstanceProfile", new QueryArguments { { "InstanceProfileName", name }, { "Path", work.Text("Path") } }, cancellationToken);
        await FollowRolesAsync(work, name, cancellationToken);
        return new ResourceState(name).With(("Arn", answer.Descendants("Arn").First().Value));
    }

    public override async Task<ResourceState> UpdateAsync(ResourceWork work, ResourceState now, CancellationToken cancellationToken)
    {
        await FollowRolesAsync(work, now.PhysicalId, cancellationToken);
        return now;
    }

    public override async Task DeleteAsync(ResourceWork work, ResourceState now, CancellationToken cancellationToken)
    {
        try
        {
            await FollowRolesAsync(work with { Properties = [], Before = work.Properties }, now.PhysicalId, cancellationToken);
            await work.CallAsync("iam", "DeleteInstanceProfile", new QueryArguments { { "InstanceProfileName", now.PhysicalId } }, cancellationToken);
        }
        catch (MotoException e) when (e.IsNotFound)
        {
        }
    }

    public async Task<LiveResource?> ReadAsync(ResourceWork work, string physicalId, CancellationToken cancellationToken)
    {
        var answer = await work.CallAsync("iam", "GetInstanceProfile", new QueryArguments { { "InstanceProfileName", physicalId } }, cancellationToken);
        var profile = answer.Descendants("InstanceProfile").First();
        var properties = LiveProperties.Pick(profile, "InstanceProfileName", "Path");
        properties["Roles"] = new JsonArray([.. profile.Elements("Roles").Elements("member").Select(role => (JsonNode)role.Element("RoleName")!.Value)]);
        return new LiveResource(new ResourceState(physicalId).With(("Arn", profile.Element("Arn")!.Value)), properties);
    }

    private static async Task FollowRolesAsync(ResourceWork work, string name, CancellationToken cancellationToken)
    {
        var (roles, before) = (work.Texts("Roles"), TemplateValue.Texts(TemplateValue.Child(work.Before, "Roles")));
        foreach (var role in before.Except(roles))
            await work.CallAsync("iam", "RemoveRoleFromInstanceProfile", new QueryArguments { { "InstanceProfileName", name }, { "RoleName", role } }, cancellationToken);
        foreach (var role in roles.Except(before))
            await work.CallAsync("iam", "AddRoleToInstanceProfile", new QueryArguments { { "InstanceProfileName", name }, { "RoleName", role } }, cancellationToken);
    }
}
