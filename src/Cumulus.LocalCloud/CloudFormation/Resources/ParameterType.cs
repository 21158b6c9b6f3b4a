using System.Text.Json.Nodes;

namespace Cumulus.LocalCloud.CloudFormation.Resources;

/// <summary>https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ssm-parameter.html.</summary>
internal sealed class ParameterType : ResourceType
{
    public override Task<ResourceState> CreateAsync(ResourceWork work, CancellationToken cancellationToken) =>
        PutAsync(work, work.Text("Name") ?? $"CFN-{work.LogicalId}-{work.NewName()[^12..]}", overwrite: false, cancellationToken);

    public override Task<ResourceState> UpdateAsync(ResourceWork work, ResourceState now, CancellationToken cancellationToken) =>
        PutAsync(work, now.PhysicalId, overwrite: true, cancellationToken);

    public override Task DeleteAsync(ResourceWork work, ResourceState now, CancellationToken cancellationToken) =>
        work.Moto.CallSsmAsync(work.Region, "DeleteParameter", new JsonObject { ["Name"] = now.PhysicalId }, cancellationToken);

    private static async Task<ResourceState> PutAsync(ResourceWork work, string name, bool overwrite, CancellationToken cancellationToken)
    {
        var request = new JsonObject { ["Name"] = name, ["Overwrite"] = overwrite };
        foreach (var property in new[] { "Value", "Type", "Description", "AllowedPattern", "Tier", "DataType" })
        {
            if (work.Text(property) is { } text)
                request[property] = text;
        }
        await work.Moto.CallSsmAsync(work.Region, "PutParameter", request, cancellationToken);
        return new ResourceState(name).With(("Type", work.Text("Type")), ("Value", work.Text("Value")));
    }
}
