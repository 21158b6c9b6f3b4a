using System.Globalization;
using System.Text.Json.Nodes;
using Cumulus.LocalCloud.CloudFormation.Templates;

namespace Cumulus.LocalCloud.AutoScaling;

/// <summary>
/// What a group was told to be. The document has the members of CreateAutoScalingGroup and UpdateAutoScalingGroup as they were sent; it is never changed, only replaced.
/// </summary>
internal sealed record GroupSettings(JsonObject Document)
{
    /// <summary>As of the API, which differs from the console's (https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_CreateAutoScalingGroup.html).</summary>
    private static readonly (string Name, JsonNode Value)[] Defaults =
    [
        ("DefaultCooldown", "300"), ("HealthCheckGracePeriod", "0"), ("HealthCheckType", "EC2"), ("NewInstancesProtectedFromScaleIn", "false"),
        ("TerminationPolicies", new JsonArray("Default")),
    ];

    public int MinSize => Number("MinSize");

    public int MaxSize => Number("MaxSize");

    public int Desired => Number("DesiredCapacity");

    public string HealthCheckType => Text("HealthCheckType") ?? "EC2";

    public bool LooksAtTargets => HealthCheckType.Split(',').Any(type => type.Trim() is "ELB");

    public TimeSpan GracePeriod => TimeSpan.FromSeconds(Number("HealthCheckGracePeriod"));

    public IReadOnlyList<string> Zones => Texts("AvailabilityZones");

    public IReadOnlyList<string> Subnets => Text("VPCZoneIdentifier")?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];

    public IReadOnlyList<string> TargetGroups => Texts("TargetGroupARNs");

    public IReadOnlyList<string> LoadBalancers => Texts("LoadBalancerNames");

    public IReadOnlyList<string> TerminationPolicies => Texts("TerminationPolicies");

    public bool ProtectsNew => Text("NewInstancesProtectedFromScaleIn") == "true";

    /// <summary>What instances are launched from now.</summary>
    public LaunchSource Source => LaunchSource.Read(Document);

    public static GroupSettings Create(JsonObject request)
    {
        var settings = new GroupSettings([]).With(request);
        foreach (var (name, value) in Defaults.Where(pair => settings.Document[pair.Name] is null or JsonArray { Count: 0 }))
            settings.Document[name] = value.DeepClone();
        settings.Document["DesiredCapacity"] ??= settings.MinSize.ToString(CultureInfo.InvariantCulture);
        return settings;
    }

    /// <summary>With these members replaced; one that is null goes.</summary>
    public GroupSettings With(JsonObject changes)
    {
        var document = (JsonObject)Document.DeepClone();
        foreach (var (name, value) in changes)
        {
            if (value is null)
                document.Remove(name);
            else
                document[name] = value.DeepClone();
        }
        return new GroupSettings(document);
    }

    public GroupSettings WithDesired(int desired) => With(new JsonObject { ["DesiredCapacity"] = desired.ToString(CultureInfo.InvariantCulture) });

    public GroupSettings WithTexts(string name, IEnumerable<string> texts) => With(new JsonObject { [name] = new JsonArray([.. texts.Select(text => (JsonNode)text)]) });

    private int Number(string name) => int.TryParse(Text(name), CultureInfo.InvariantCulture, out var number) ? number : 0;

    private string? Text(string name) => TemplateValue.Text(Document, name);

    private IReadOnlyList<string> Texts(string name) => TemplateValue.Texts(Document[name]);
}
