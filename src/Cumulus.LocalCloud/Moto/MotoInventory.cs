using System.Xml.Linq;

namespace Cumulus.LocalCloud.Moto;

/// <param name="State">EC2's word: pending, running, stopping, stopped, shutting-down, terminated.</param>
internal sealed record Instance(string Id, string Region, string State, IReadOnlyDictionary<string, string> Tags, string ImageId);

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
                    item.Elements("tagSet").Elements("item").ToDictionary(tag => Text(tag, "key"), tag => Text(tag, "value")),
                    Text(item, "imageId"))));
            next = answer.Element("nextToken")?.Value;
        }
        while (!string.IsNullOrEmpty(next));
        return instances;
    }

    /// <summary>All that EC2 says of an instance, as it writes it; null when it knows none of this id.</summary>
    public async Task<XElement?> DescribeAsync(Instance instance, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await moto.CallAsync("ec2", instance.Region, "DescribeInstances", [("InstanceId.1", instance.Id)], cancellationToken);
            return answer.Descendants("instancesSet").Elements("item").FirstOrDefault();
        }
        catch (MotoException e) when (e.IsNotFound)
        {
            return null;
        }
    }

    /// <summary>Name of the role in an instance profile; null when there is none.</summary>
    /// <param name="profileArn">Its last part is the profile's name.</param>
    public async Task<string?> RoleAsync(string region, string profileArn, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await moto.CallAsync("iam", region, "GetInstanceProfile", [("InstanceProfileName", profileArn.Split('/')[^1])], cancellationToken);
            return answer.Descendants("RoleName").FirstOrDefault()?.Value;
        }
        catch (MotoException e) when (e.IsNotFound)
        {
            return null;
        }
    }

    /// <summary>Stops an instance, as if it had been switched off.</summary>
    public Task StopAsync(Instance instance, CancellationToken cancellationToken) =>
        moto.CallAsync("ec2", instance.Region, "StopInstances", [("InstanceId.1", instance.Id)], cancellationToken);

    /// <summary>User data as the instance would get it; empty when there is none.</summary>
    public async Task<byte[]> UserDataAsync(Instance instance, CancellationToken cancellationToken)
    {
        var answer = await moto.CallAsync("ec2", instance.Region, "DescribeInstanceAttribute",
            [("InstanceId", instance.Id), ("Attribute", "userData")], cancellationToken);
        return Convert.FromBase64String(answer.Element("userData")?.Element("value")?.Value ?? "");
    }

    private static string Text(XElement element, string name) => element.Element(name)?.Value ?? "";
}
