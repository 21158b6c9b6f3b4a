using System.Text.Json.Nodes;
using Cumulus.LocalCloud.CloudFormation.Templates;

namespace Cumulus.LocalCloud.CloudFormation.Resources;

/// <summary>https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ssm-parameter.html.</summary>
internal sealed class ParameterType : ResourceType, IReadableType
{
    public override Task<ResourceState> CreateAsync(ResourceWork work, CancellationToken cancellationToken) =>
        PutAsync(work, work.Text("Name") ?? $"CFN-{work.LogicalId}-{work.NewName()[^12..]}", overwrite: false, cancellationToken);

    public override Task<ResourceState> UpdateAsync(ResourceWork work, ResourceState now, CancellationToken cancellationToken) =>
        PutAsync(work, now.PhysicalId, overwrite: true, cancellationToken);

    public override Task DeleteAsync(ResourceWork work, ResourceState now, CancellationToken cancellationToken) =>
        work.Moto.CallSsmAsync(work.Region, "DeleteParameter", new JsonObject { ["Name"] = now.PhysicalId }, cancellationToken);

    public async Task<LiveResource?> ReadAsync(ResourceWork work, string physicalId, CancellationToken cancellationToken)
    {
        var value = (await work.Moto.CallSsmAsync(work.Region, "GetParameter", new JsonObject { ["Name"] = physicalId }, cancellationToken))["Parameter"];
        var filter = new JsonObject { ["Key"] = "Name", ["Option"] = "Equals", ["Values"] = new JsonArray(physicalId) };
        var described = await work.Moto.CallSsmAsync(work.Region, "DescribeParameters", new JsonObject { ["ParameterFilters"] = new JsonArray(filter) }, cancellationToken);
        var facts = TemplateValue.Items(described["Parameters"]) is [var first, ..] ? first : null;
        var properties = new JsonObject { ["Name"] = physicalId };
        foreach (var (property, source) in new[] { ("Value", value), ("Type", value), ("DataType", value), ("Description", facts), ("AllowedPattern", facts) })
            properties[property] = TemplateValue.Text(source, property) is { Length: > 0 } text ? text : null;
        return new LiveResource(StateOf(physicalId, TemplateValue.Text(value, "Type"), TemplateValue.Text(value, "Value")), properties);
    }

    private static async Task<ResourceState> PutAsync(ResourceWork work, string name, bool overwrite, CancellationToken cancellationToken)
    {
        var request = new JsonObject { ["Name"] = name, ["Overwrite"] = overwrite };
        foreach (var property in new[] { "Value", "Type", "Description", "AllowedPattern", "Tier", "DataType" })
        {
            if (work.Text(property) is { } text)
                request[property] = text;
        }
        await work.Moto.CallSsmAsync(work.Region, "PutParameter", request, cancellationToken);
        return StateOf(name, work.Text("Type"), work.Text("Value"));
    }

    private static ResourceState StateOf(string name, string? type, string? value) => new ResourceState(name).With(("Type", type), ("Value", value));
}
