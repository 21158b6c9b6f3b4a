using System.Globalization;
using System.Text.Json;
using System.Xml.Linq;
using Cumulus.LocalCloud.CloudFormation.Resources;
using Cumulus.LocalCloud.Moto;
using Cumulus.LocalCloud.Signing;

namespace Cumulus.LocalCloud.Fleet;

/// <summary>What the metadata service tells of one instance (https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-categories.html).</summary>
internal sealed record MetadataOf(IReadOnlyDictionary<string, string> Entries, byte[] UserData, bool IsOn, bool NeedsToken)
{
    /// <summary>An entry's value; or, for a folder, the names in it, a line each.</summary>
    public string? Find(string path)
    {
        path = path.Trim('/');
        if (Entries.TryGetValue(path, out var value))
            return value;
        var names = Entries.Keys.Where(key => key.StartsWith(path + "/", StringComparison.Ordinal)).Select(key => key[(path.Length + 1)..])
            .Select(rest => rest.Contains('/', StringComparison.Ordinal) ? rest[..(rest.IndexOf('/', StringComparison.Ordinal) + 1)] : rest).Distinct().Order(StringComparer.Ordinal).ToList();
        return names.Count == 0 ? null : string.Join('\n', names);
    }
}

/// <summary>Asks EC2 and IAM what an instance may know about itself.</summary>
internal sealed class InstanceFacts(MotoInventory moto, Credentials credentials, TimeProvider time)
{
    private static readonly TimeSpan RoleLifetime = TimeSpan.FromHours(6);

    /// <summary>Tells an instance's target lifecycle state in its Auto Scaling group; null: it is in none.</summary>
    public Func<string, string, string?> TargetState { get; set; } = (_, _) => null;

    /// <returns>Null when EC2 does not know the instance.</returns>
    public async Task<MetadataOf?> ReadAsync(Host host, CancellationToken cancellationToken)
    {
        if (await moto.DescribeAsync(host.Instance, cancellationToken) is not { } instance)
            return null;
        var entries = new Dictionary<string, string>();
        foreach (var (name, value) in Plain(host, instance))
        {
            if (!string.IsNullOrEmpty(value))
                entries["latest/meta-data/" + name] = value;
        }
        await AddRoleAsync(entries, host.Region, instance, cancellationToken);
        entries["latest/dynamic/instance-identity/document"] = Identity(host, instance);
        var options = instance.Element("metadataOptions");
        if (Text(options, "instanceMetadataTags") == "enabled")
        {
            foreach (var (key, value) in host.Tags.Where(tag => !tag.Key.StartsWith("aws:", StringComparison.Ordinal)))
                entries["latest/meta-data/tags/instance/" + key] = value;
        }
        var userData = await moto.UserDataAsync(host.Instance, cancellationToken);
        return new MetadataOf(entries, userData, Text(options, "httpEndpoint") != "disabled", Text(options, "httpTokens") == "required");
    }

    private IEnumerable<(string Name, string? Value)> Plain(Host host, XElement instance) =>
    [
        ("ami-id", Text(instance, "imageId")), ("ami-launch-index", Text(instance, "amiLaunchIndex") ?? "0"), ("hostname", Text(instance, "privateDnsName")),
        ("instance-action", "none"), ("instance-id", host.Id), ("instance-life-cycle", Text(instance, "instanceLifecycle") ?? "on-demand"), ("instance-type", Text(instance, "instanceType")),
        // Its real address here, at which others reach it.
        ("local-ipv4", host.Address), ("local-hostname", Text(instance, "privateDnsName")), ("public-ipv4", Text(instance, "ipAddress")), ("public-hostname", Text(instance, "dnsName")),
        ("mac", instance.Descendants("macAddress").FirstOrDefault()?.Value), ("placement/availability-zone", Zone(instance)), ("placement/region", host.Region),
        ("security-groups", string.Join('\n', instance.Elements("groupSet").Elements("item").Select(group => Text(group, "groupName")))),
        ("services/domain", "amazonaws.com"), ("services/partition", "aws"), ("autoscaling/target-lifecycle-state", TargetState(host.Region, host.Id)),
    ];

    private async Task AddRoleAsync(Dictionary<string, string> entries, string region, XElement instance, CancellationToken cancellationToken)
    {
        if (Text(instance.Element("iamInstanceProfile"), "arn") is not { } profile || await moto.RoleAsync(region, profile, cancellationToken) is not { } role)
            return;
        var now = time.GetUtcNow().UtcDateTime;
        entries["latest/meta-data/iam/info"] = JsonSerializer.Serialize(new
        {
            Code = "Success", LastUpdated = Iso(now), InstanceProfileArn = profile, InstanceProfileId = Text(instance.Element("iamInstanceProfile"), "id"),
        });
        entries["latest/meta-data/iam/security-credentials/" + role] = JsonSerializer.Serialize(new
        {
            Code = "Success", LastUpdated = Iso(now), Type = "AWS-HMAC", credentials.AccessKeyId, credentials.SecretAccessKey, Token = "localcloud", Expiration = Iso(now + RoleLifetime),
        });
    }

    private static string Identity(Host host, XElement instance) => JsonSerializer.Serialize(new
    {
        accountId = ResourceWork.Account,
        architecture = Text(instance, "architecture"),
        availabilityZone = Zone(instance),
        imageId = Text(instance, "imageId"),
        instanceId = host.Id,
        instanceType = Text(instance, "instanceType"),
        pendingTime = Text(instance, "launchTime"),
        privateIp = host.Address,
        region = host.Region,
        version = "2017-09-30",
    });

    private static string? Zone(XElement instance) => Text(instance.Element("placement"), "availabilityZone");

    private static string Iso(DateTime moment) => moment.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);

    private static string? Text(XElement? element, string name) => element?.Element(name)?.Value is { Length: > 0 } text ? text : null;
}
