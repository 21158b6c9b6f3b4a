using System.Text.Json.Nodes;
using System.Xml.Linq;
using Cumulus.LocalCloud.CloudFormation.Templates;
using Cumulus.LocalCloud.Moto;

namespace Cumulus.LocalCloud.CloudFormation.Resources;

/// <summary>https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-role.html.</summary>
internal sealed class RoleType : ResourceType, IReadableType
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
        return StateOf(answer);
    }

    public override async Task<ResourceState> UpdateAsync(ResourceWork work, ResourceState now, CancellationToken cancellationToken)
    {
        if (work.IsChanged("AssumeRolePolicyDocument"))
        {
            await work.CallAsync("iam", "UpdateAssumeRolePolicy",
                new QueryArguments { { "RoleName", now.PhysicalId }, { "PolicyDocument", work["AssumeRolePolicyDocument"]?.ToJsonString() } }, cancellationToken);
        }
        if (work.IsChanged("Description") || work.IsChanged("MaxSessionDuration"))
        {
            await work.CallAsync("iam", "UpdateRole",
                new QueryArguments { { "RoleName", now.PhysicalId }, { "Description", work.Text("Description") ?? "" }, { "MaxSessionDuration", work.Text("MaxSessionDuration") ?? "3600" } }, cancellationToken);
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

    public async Task<LiveResource?> ReadAsync(ResourceWork work, string physicalId, CancellationToken cancellationToken)
    {
        Task<XElement> CallAsync(string action, string? policy = null) =>
            work.CallAsync("iam", action, new QueryArguments { { "RoleName", physicalId }, { "PolicyName", policy } }, cancellationToken);

        var answer = await CallAsync("GetRole");
        var role = answer.Descendants("Role").First();
        var properties = LiveProperties.Pick(role, "Description", "MaxSessionDuration", "Path", "RoleName");
        properties["AssumeRolePolicyDocument"] = Document(role.Element("AssumeRolePolicyDocument")?.Value);
        var attached = await CallAsync("ListAttachedRolePolicies");
        properties["ManagedPolicyArns"] = new JsonArray([.. attached.Descendants("PolicyArn").Select(arn => (JsonNode)arn.Value)]);
        var policies = new JsonArray();
        // What policy resources of their own have put there is theirs.
        var declared = work.Items("Policies").Select(policy => TemplateValue.Text(policy, "PolicyName")).ToHashSet();
        foreach (var name in (await CallAsync("ListRolePolicies")).Descendants("PolicyNames").Elements("member").Select(member => member.Value).Where(declared.Contains))
        {
            var document = Document((await CallAsync("GetRolePolicy", name)).Descendants("PolicyDocument").FirstOrDefault()?.Value);
            policies.Add(new JsonObject { ["PolicyName"] = name, ["PolicyDocument"] = document });
        }
        properties["Policies"] = policies;
        return new LiveResource(StateOf(answer), properties);
    }

    /// <summary>IAM answers with documents that are encoded for URLs; moto with some that are not.</summary>
    public static JsonNode? Document(string? text) => text is null ? null : JsonNode.Parse(text.StartsWith('%') ? Uri.UnescapeDataString(text) : text);

    private static ResourceState StateOf(XElement answer) => new ResourceState(answer.Descendants("RoleName").First().Value).With(
        ("Arn", answer.Descendants("Arn").First().Value), ("RoleId", answer.Descendants("RoleId").First().Value));

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
