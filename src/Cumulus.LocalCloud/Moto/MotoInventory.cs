using System.Xml.Linq;

namespace Cumulus.LocalCloud.Moto;

/// <param name="State">EC2's word: pending, running, stopping, stopped, shutting-down, terminated.</param>
internal sealed record Instance(string Id, string Region, string State, IReadOnlyDictionary<string, string> Tags);

/// <summary>A resource of a stack, as CloudFormation names it in tags.</summary>
internal sealed record StackMember(string StackName, string StackId, string LogicalId);

/// <summary>What moto has, as far as the fleet must know.</summary>
internal sealed class MotoInventory(MotoClient moto)
{
    public async Task<IReadOnlyList<Instance>> InstancesAsync(string region, CancellationToken cancellationToken)
    {
        var instances = new List<Instance>();
        string? next = null;
        do
        {
            (string, string)[] parameters = next is null ? [] : [("NextToken", next)];
            var answer = await moto.CallAsync("ec2", region, "DescribeInstances", parameters, cancellationToken);
            instances.AddRange(answer.Elements("reservationSet").Elements("item").Elements("instancesSet").Elements("item")
                .Select(item => new Instance(
                    Text(item, "instanceId"),
                    region,
                    Text(item.Element("instanceState")!, "name"),
                    item.Elements("tagSet").Elements("item").ToDictionary(tag => Text(tag, "key"), tag => Text(tag, "value")))));
            next = answer.Element("nextToken")?.Value;
        }
        while (!string.IsNullOrEmpty(next));
        return instances;
    }

    /// <summary>User data as the instance would get it; empty when there is none.</summary>
    public async Task<byte[]> UserDataAsync(Instance instance, CancellationToken cancellationToken)
    {
        var answer = await moto.CallAsync("ec2", instance.Region, "DescribeInstanceAttribute",
            [("InstanceId", instance.Id), ("Attribute", "userData")], cancellationToken);
        return Convert.FromBase64String(answer.Element("userData")?.Element("value")?.Value ?? "");
    }

    /// <summary>Physical id of each stack resource to the stack that it belongs to.</summary>
    public async Task<IReadOnlyDictionary<string, StackMember>> StackMembersAsync(string region, CancellationToken cancellationToken)
    {
        var members = new Dictionary<string, StackMember>();
        var stacks = await moto.CallAsync("cloudformation", region, "DescribeStacks", [], cancellationToken);
        // moto cannot describe the resources of a stack that failed.
        var complete = stacks.Descendants("Stacks").Elements("member").Where(stack => Text(stack, "StackStatus") is "CREATE_COMPLETE" or "UPDATE_COMPLETE");
        foreach (var name in complete.Select(stack => Text(stack, "StackName")))
        {
            var answer = await moto.CallAsync("cloudformation", region, "DescribeStackResources", [("StackName", name)], cancellationToken);
            foreach (var resource in answer.Descendants("StackResources").Elements("member"))
            {
                if (resource.Element("PhysicalResourceId")?.Value is { Length: > 0 } id)
                    members[id] = new StackMember(Text(resource, "StackName"), Text(resource, "StackId"), Text(resource, "LogicalResourceId"));
            }
        }
        return members;
    }

    public async Task TagInstanceAsync(Instance instance, IReadOnlyDictionary<string, string> tags, CancellationToken cancellationToken)
    {
        var parameters = tags.SelectMany((tag, i) => new[] { ($"Tag.{i + 1}.Key", tag.Key), ($"Tag.{i + 1}.Value", tag.Value) });
        await moto.CallAsync("ec2", instance.Region, "CreateTags", parameters.Prepend(("ResourceId.1", instance.Id)), cancellationToken);
    }

    private static string Text(XElement element, string name) => element.Element(name)?.Value ?? "";
}
