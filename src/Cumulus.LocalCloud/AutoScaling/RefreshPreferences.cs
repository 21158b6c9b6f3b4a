using System.Globalization;
using System.Text.Json.Nodes;
using Cumulus.LocalCloud.CloudFormation.Templates;

namespace Cumulus.LocalCloud.AutoScaling;

/// <summary>
/// https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_RefreshPreferences.html, with its defaults. The document has what was sent, and is what is shown.
/// </summary>
/// <param name="group">Some defaults are the group's.</param>
internal sealed class RefreshPreferences(JsonObject document, GroupSettings group)
{
    public JsonObject Document => document;

    public int MinHealthy => Number("MinHealthyPercentage") ?? Maintenance("MinHealthyPercentage") ?? 90;

    public int MaxHealthy => Number("MaxHealthyPercentage") ?? Maintenance("MaxHealthyPercentage") ?? 100;

    public TimeSpan Warmup => TimeSpan.FromSeconds(Number("InstanceWarmup") ?? NumberOf(group.Document, "DefaultInstanceWarmup") ?? group.GracePeriod.TotalSeconds);

    public IReadOnlyList<int> Checkpoints { get; } = [.. TemplateValue.Texts(document["CheckpointPercentages"]).Select(text => int.Parse(text, CultureInfo.InvariantCulture))];

    public TimeSpan CheckpointDelay => TimeSpan.FromSeconds(Number("CheckpointDelay") ?? 3600);

    public TimeSpan BakeTime => TimeSpan.FromSeconds(Number("BakeTime") ?? 0);

    public bool SkipsMatching => TemplateValue.IsTrue(document["SkipMatching"]);

    public bool RollsBack => TemplateValue.IsTrue(document["AutoRollback"]);

    /// <summary>Refresh, Ignore or Wait.</summary>
    public string OfProtected => TemplateValue.Text(document, "ScaleInProtectedInstances") ?? "Wait";

    /// <summary>Terminate, Ignore or Wait.</summary>
    public string OfStandby => TemplateValue.Text(document, "StandbyInstances") ?? "Wait";

    public IReadOnlyList<string> Alarms => TemplateValue.Texts(TemplateValue.Child(document["AlarmSpecification"], "Alarms"));

    private int? Number(string name) => NumberOf(document, name);

    private int? Maintenance(string name) => NumberOf(TemplateValue.Child(group.Document, "InstanceMaintenancePolicy"), name) is { } number and >= 0 ? number : null;

    private static int? NumberOf(JsonNode? node, string name) => int.TryParse(TemplateValue.Text(node, name), CultureInfo.InvariantCulture, out var number) ? number : null;
}
