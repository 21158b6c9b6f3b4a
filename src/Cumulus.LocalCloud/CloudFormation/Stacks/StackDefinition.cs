using System.Text.Json.Nodes;
using Cumulus.LocalCloud.CloudFormation.Templates;

namespace Cumulus.LocalCloud.CloudFormation.Stacks;

/// <summary>What a stack is to be: everything that an update can change, and a rollback brings back.</summary>
internal sealed record StackDefinition(Template Template, IReadOnlyDictionary<string, string> Parameters)
{
    /// <summary>What parameters from Parameter Store hold, by the parameter's key.</summary>
    public IReadOnlyDictionary<string, string> Resolved { get; init; } = new Dictionary<string, string>();

    public IReadOnlyList<KeyValuePair<string, string>> Tags { get; init; } = [];

    public IReadOnlyList<string> Capabilities { get; init; } = [];

    public IReadOnlyList<string> NotificationArns { get; init; } = [];

    public string? RoleArn { get; init; }

    /// <summary>Alarms that are watched, and for how many minutes after the operation.</summary>
    public RollbackTriggers Triggers { get; init; } = RollbackTriggers.None;

    /// <summary>Whether an update to the other one would change nothing.</summary>
    public bool IsSameAs(StackDefinition other) =>
        // What is in the templates of nested stacks is not known here.
        Template.Resources.All(resource => resource.Type != Stack.ResourceType) && IsWrittenAs(other);

    /// <summary>As above, but for what nested stacks have in their templates.</summary>
    public bool IsWrittenAs(StackDefinition other) =>
        TemplateValue.Same(Template.Root, other.Template.Root) && Same(Parameters, other.Parameters) && Same(Resolved, other.Resolved) &&
        Same(Tags, other.Tags) && NotificationArns.Order(StringComparer.Ordinal).SequenceEqual(other.NotificationArns.Order(StringComparer.Ordinal)) &&
        RoleArn == other.RoleArn && Triggers.IsSameAs(other.Triggers);

    /// <summary>
    /// What <c>Ref</c> gives for parameters and pseudo parameters
    /// (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/pseudo-parameter-reference.html).
    /// </summary>
    public IReadOnlyDictionary<string, JsonNode> Values(string stackName, string stackId, string region, string account)
    {
        var values = new Dictionary<string, JsonNode>
        {
            ["AWS::AccountId"] = account,
            ["AWS::NotificationARNs"] = new JsonArray([.. NotificationArns.Select(arn => (JsonNode)arn)]),
            ["AWS::Partition"] = "aws",
            ["AWS::Region"] = region,
            ["AWS::StackId"] = stackId,
            ["AWS::StackName"] = stackName,
            ["AWS::URLSuffix"] = "amazonaws.com",
        };
        foreach (var parameter in Template.Parameters)
            values[parameter.Key] = parameter.ValueOf(Resolved.GetValueOrDefault(parameter.Key) ?? Parameters[parameter.Key]);
        return values;
    }

    private static bool Same(IEnumerable<KeyValuePair<string, string>> one, IEnumerable<KeyValuePair<string, string>> other) =>
        one.OrderBy(pair => pair.Key, StringComparer.Ordinal).SequenceEqual(other.OrderBy(pair => pair.Key, StringComparer.Ordinal));
}
