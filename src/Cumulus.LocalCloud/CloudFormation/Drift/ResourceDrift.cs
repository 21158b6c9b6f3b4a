using System.Text.Json.Nodes;
using Cumulus.LocalCloud.CloudFormation.Stacks;

namespace Cumulus.LocalCloud.CloudFormation.Drift;

/// <summary>What a look at the real thing found (https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_StackResourceDrift.html).</summary>
/// <param name="Status">IN_SYNC, MODIFIED or DELETED.</param>
/// <param name="Actual">Null when it is gone.</param>
internal sealed record ResourceDrift(StackResource Resource, string Status, JsonObject? Actual, IReadOnlyList<PropertyDifference> Differences, DateTimeOffset At)
{
    public JsonObject Expected => Resource.Properties;

    public bool IsDrifted => Status != "IN_SYNC";
}
