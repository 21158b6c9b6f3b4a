using System.Text.Json.Nodes;
using Cumulus.LocalCloud.CloudFormation.Templates;
using Cumulus.LocalCloud.Moto;

namespace Cumulus.LocalCloud.CloudFormation.Resources;

/// <summary>https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-policy.html: an inline policy of each role, user and group.</summary>
internal sealed class PolicyType : ResourceType, IReadableType
{
    private static readonly (string Property, string Kind)[] Owners = [("Roles", "Role"), ("Users", "User"), ("Groups", "Group")];

    public override async Task<ResourceState> CreateAsync(ResourceWork work, CancellationToken cancellationToken)
    {
        await PutAsync(work, cancellationToken);
        var id = work.NewName();
        return new ResourceState(id).With(("Id", id));
    }

    public override async Task<ResourceState> UpdateAsync(ResourceWork work, ResourceState now, CancellationToken cancellationToken)
    {
        await DeleteAsync(work with { Properties = work.Before! }, now, cancellationToken);
        await PutAsync(work, cancellationToken);
        return now;
    }

    public override async Task DeleteAsync(ResourceWork work, ResourceState now, CancellationToken cancellationToken)
    {
        foreach (var (property, kind) in Owners)
        {
            foreach (var owner in work.Texts(property))
            {
                try
                {
                    await work.CallAsync("iam", $"Delete{kind}Policy", new QueryArguments { { kind + "Name", owner }, { "PolicyName", work.Text("PolicyName") } }, cancellationToken);
                }
                catch (MotoException e) when (e.IsNotFound)
                {
                }
            }
        }
    }

    /// <summary>Gone when one of its owners no longer has it.</summary>
    public async Task<LiveResource?> ReadAsync(ResourceWork work, string physicalId, CancellationToken cancellationToken)
    {
        JsonNode? document = null;
        foreach (var (property, kind) in Owners)
        {
            foreach (var owner in work.Texts(property))
            {
                var answer = await work.CallAsync("iam", $"Get{kind}Policy", new QueryArguments { { kind + "Name", owner }, { "PolicyName", work.Text("PolicyName") } }, cancellationToken);
                document = RoleType.Document(answer.Descendants("PolicyDocument").FirstOrDefault()?.Value);
                if (!TemplateValue.Same(document, work["PolicyDocument"]))
                    break;
            }
        }
        return new LiveResource(new ResourceState(physicalId).With(("Id", physicalId)), new JsonObject { ["PolicyDocument"] = document });
    }

    private static async Task PutAsync(ResourceWork work, CancellationToken cancellationToken)
    {
        foreach (var (property, kind) in Owners)
        {
            foreach (var owner in work.Texts(property))
            {
                await work.CallAsync("iam", $"Put{kind}Policy",
                    new QueryArguments { { kind + "Name", owner }, { "PolicyName", work.Text("PolicyName") }, { "PolicyDocument", work["PolicyDocument"]?.ToJsonString() } },
                    cancellationToken);
            }
        }
    }
}
