using System.Xml.Linq;

namespace Cumulus.LocalCloud.Moto;

/// <param name="State">EC2's word: pending, running, stopping, stopped, shutting-down, terminated.</param>
internal sealed record Instance(string Id, string Region, string State, IReadOnlyDictionary<string, string> Tags);

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

    public Task StopAsync(Instance instance, CancellationToken cancellationToken) =>
        moto.CallAsync("ec2", instance.Region, "StopInstances", [("InstanceId.1", instance.Id)], cancellationToken);

    private static string Text(XElement element, string name) => element.Element(name)?.Value ?? "";
}
