using System.Text.Json.Nodes;
using System.Xml.Linq;
using Cumulus.LocalCloud.CloudFormation.Templates;

namespace Cumulus.LocalCloud.CloudFormation.Resources;

/// <summary>https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-s3-bucket.html. Of its properties, name and versioning are made.</summary>
internal sealed class BucketType : ResourceType, IReadableType
{
    private static readonly XNamespace Names = "http://s3.amazonaws.com/doc/2006-03-01/";

    public override async Task<ResourceState> CreateAsync(ResourceWork work, CancellationToken cancellationToken)
    {
        var name = work.Text("BucketName") ?? work.NewName(63).ToLowerInvariant();
        await work.Moto.CreateNewBucketAsync(name, work.Region, cancellationToken);
        return await UpdateAsync(work, StateOf(work, name), cancellationToken);
    }

    public override async Task<ResourceState> UpdateAsync(ResourceWork work, ResourceState now, CancellationToken cancellationToken)
    {
        if (work.IsChanged("VersioningConfiguration"))
        {
            var status = TemplateValue.Text(work["VersioningConfiguration"], "Status") ?? "Suspended";
            await work.Moto.CallS3Async(HttpMethod.Put, $"/{now.PhysicalId}?versioning", work.Region,
                new XElement(Names + "VersioningConfiguration", new XElement(Names + "Status", status)).ToString(), cancellationToken);
        }
        return now;
    }

    public override Task DeleteAsync(ResourceWork work, ResourceState now, CancellationToken cancellationToken) =>
        work.Moto.CallS3Async(HttpMethod.Delete, $"/{now.PhysicalId}", work.Region, null, cancellationToken);

    public async Task<LiveResource?> ReadAsync(ResourceWork work, string physicalId, CancellationToken cancellationToken)
    {
        await work.Moto.CallS3Async(HttpMethod.Head, $"/{physicalId}", work.Region, null, cancellationToken);
        var versioning = XElement.Parse(await work.Moto.CallS3Async(HttpMethod.Get, $"/{physicalId}?versioning", work.Region, null, cancellationToken));
        var status = versioning.Element(Names + "Status")?.Value;
        return new LiveResource(StateOf(work, physicalId), new JsonObject
        {
            ["BucketName"] = physicalId,
            ["VersioningConfiguration"] = status is null ? null : new JsonObject { ["Status"] = status },
        });
    }

    private static ResourceState StateOf(ResourceWork work, string name) => new ResourceState(name).With(
        ("Arn", $"arn:aws:s3:::{name}"),
        ("DomainName", $"{name}.s3.amazonaws.com"),
        ("DualStackDomainName", $"{name}.s3.dualstack.{work.Region}.amazonaws.com"),
        ("RegionalDomainName", $"{name}.s3.{work.Region}.amazonaws.com"),
        ("WebsiteURL", $"http://{name}.s3-website-{work.Region}.amazonaws.com"));
}
