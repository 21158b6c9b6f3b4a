using System.Text.Json.Nodes;
using Cumulus.LocalCloud.CloudFormation.Templates;
using Cumulus.LocalCloud.Moto;

namespace Cumulus.LocalCloud.CloudFormation.Resources;

/// <summary>https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-role.html.</summary>
internal sealed class RoleType : ResourceType
{
    public override async Task<ResourceState> CreateAsync(ResourceWork work, CancellationToken cancellationToken)
    {
        var name = work.Text("RoleName") ?? work.NewName();
        var arguments = new QueryArguments
        {
            { "RoleName", name },
            { "AssumeRolePolicyDocument", work["AssumeRolePolicyDocument"]?.ToJsonString() },
            { "Path", work.Text("Path") },
            { "Description", work.Text("Description") },
            { "MaxSessionDuration", work.Text("MaxSessionDuration") },
            { "PermissionsBoundary", work.Text("PermissionsBoundary") },
        };
        var answer = await work.CallAsync("iam", "CreateRole", arguments, cancellationToken);
        await FollowPoliciesAsync(work, name, cancellationToken);
        return new ResourceState(name).With(("Arn", answer.Descendants("Arn").First().Value), ("RoleId", answer.Descendants("RoleId").First().Value));
    }

    public override async Task<ResourceState> UpdateAsync(ResourceWork work, ResourceState now, CancellationToken cancellationToken)
    {
        if (work.IsChanged("AssumeRolePolicyDocument"))
        {
            await work.CallAsync("iam", "UpdateAssumeRolePolicy",
                new QueryArguments { { "RoleName", now.PhysicalId }, { "PolicyDocument", work["AssumeRolePolicyDocument"]?.ToJsonString() } }, cancellationToken);
        }
        await FollowPoliciesAsync(work, now.PhysicalId, cancellationToken);
        return now;
    }

    public override async Task DeleteAsync(ResourceWork work, ResourceState now, CancellationToken cancellationToken)
    {
        try
        {
            await FollowPoliciesAsync(work with { Properties = [], Before = work.Properties }, now.PhysicalId, cancellationToken);
            await work.CallAsync("iam", "DeleteRole", new QueryArguments { { "RoleName", now.PhysicalId } }, cancellationToken);
        }
        catch (MotoException e) when (e.IsNotFound)
        {
        }
    }

    private static async Task FollowPoliciesAsync(ResourceWork work, string role, CancellationToken cancellationToken)
    {
        Task CallAsync(string action, string argument, string? value, string? document = null) =>
            work.CallAsync("iam", action, new QueryArguments { { "RoleName", role }, { argument, value }, { "PolicyDocument", document } }, cancellationToken);

        var (managed, managedBefore) = (work.Texts("ManagedPolicyArns"), TemplateValue.Texts(TemplateValue.Child(work.Before, "ManagedPolicyArns")));
        foreach (var arn in managedBefore.Except(managed))
            await CallAsync("DetachRolePolicy", "PolicyArn", arn);
        foreach (var arn in managed.Except(managedBefore))
            await CallAsync("AttachRolePolicy", "PolicyArn", arn);
        var (inline, before) = (Inline(work["Policies"]), Inline(TemplateValue.Child(work.Before, "Policies")));
        foreach (var name in before.Keys.Except(inline.Keys))
            await CallAsync("DeleteRolePolicy", "PolicyName", name);
        foreach (var (name, document) in inline.Where(pair => before.GetValueOrDefault(pair.Key) != pair.Value))
            await CallAsync("PutRolePolicy", "PolicyName", name, document);
    }

    private static Dictionary<string, string?> Inline(JsonNode? policies) => TemplateValue.Items(policies)
        .ToDictionary(policy => TemplateValue.Text(policy, "PolicyName") ?? "", policy => TemplateValue.Child(policy, "PolicyDocument")?.ToJsonString());
}
