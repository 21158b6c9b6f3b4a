using System.Globalization;
using System.Net;
using System.Xml.Linq;
using Cumulus.LocalCloud.Fleet;
using Cumulus.LocalCloud.Moto;
using Cumulus.LocalCloud.Proxy;

namespace Cumulus.LocalCloud.Ec2;

/// <summary>
/// The operations of EC2 that touch hosts' files or that moto gets wrong: launching from templates, rebooting, and the life of images
/// (https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ami-lifecycle.html). All goes to moto as well, which keeps the records.
/// </summary>
internal sealed class Ec2Api(MotoClient moto, HostFleet fleet, ImageFolders folders, ImageStates images) : IPlayedService
{
    private readonly LaunchTemplates _templates = new(moto);

    public bool Handles(AwsCall call) => call.Service == "ec2" && call.Operation is
        "RunInstances" or "RebootInstances" or "CreateImage" or "CopyImage" or "DeregisterImage" or "DescribeImages" or "EnableImage" or "DisableImage" or
        "EnableImageDeprecation" or "DisableImageDeprecation" or "DeleteSnapshot";

    public async Task<XElement> AnswerAsync(AwsCall call, CancellationToken cancellationToken)
    {
        var answer = call.Operation switch
        {
            "RunInstances" => await RunAsync(call, cancellationToken),
            "RebootInstances" => await RebootAsync(call, cancellationToken),
            "CreateImage" => await CreateAsync(call, cancellationToken),
            "CopyImage" => await CopyAsync(call, cancellationToken),
            "DeregisterImage" => await DeregisterAsync(call, cancellationToken),
            "DescribeImages" => await DescribeAsync(call, cancellationToken),
            "DeleteSnapshot" => await DeleteSnapshotAsync(call, cancellationToken),
            _ => await SetStateAsync(call, cancellationToken),
        };
        if (!call.IsReading)
            fleet.Signal(call.Region);
        return answer;
    }

    /// <summary>moto takes a few members of a launch template, and fails at user data of later versions; so the template is read here.</summary>
    private async Task<XElement> RunAsync(AwsCall call, CancellationToken cancellationToken)
    {
        var form = Arguments(call);
        if (Text(call, "LaunchTemplate.LaunchTemplateId") is not null || Text(call, "LaunchTemplate.LaunchTemplateName") is not null)
        {
            var template = await _templates.ReadAsync(
                call.Region, Text(call, "LaunchTemplate.LaunchTemplateId"), Text(call, "LaunchTemplate.LaunchTemplateName"), Text(call, "LaunchTemplate.Version"), cancellationToken);
            var own = form.Where(pair => !pair.Name.StartsWith("LaunchTemplate.", StringComparison.Ordinal) && !pair.Name.StartsWith("TagSpecification.", StringComparison.Ordinal)).ToList();
            var given = own.Select(pair => pair.Name.Split('.')[0]).ToHashSet();
            // What is said in the call goes before what the template says.
            form = [.. own, .. LaunchArguments.From(template, TagsOf(call, "instance")).Where(pair => !given.Contains(pair.Name.Split('.')[0]))];
        }
        var image = form.Find(pair => pair.Name == "ImageId").Value;
        if (image is not null && images.Of(image).State != "available")
            throw new AwsError(HttpStatusCode.BadRequest, "InvalidAMIID.Unavailable", $"The image id '[{image}]' is no longer available");
        return await moto.CallAsync("ec2", call.Region, "RunInstances", form, cancellationToken);
    }

    private async Task<XElement> RebootAsync(AwsCall call, CancellationToken cancellationToken)
    {
        var answer = await ForwardAsync(call, cancellationToken);
        await fleet.RebootAsync(Texts(call, "InstanceId"), cancellationToken);
        return answer;
    }

    /// <summary>The instance reboots unless the call says no, as on AWS; its files are copied then.</summary>
    private async Task<XElement> CreateAsync(AwsCall call, CancellationToken cancellationToken)
    {
        var id = Text(call, "InstanceId") ?? "";
        var answer = await moto.CallAsync("ec2", call.Region, "CreateImage", Arguments(call).Where(pair => !pair.Name.StartsWith("TagSpecification.", StringComparison.Ordinal)), cancellationToken);
        var image = answer.Element("imageId")!.Value;
        await TagAsync(call.Region, [image], TagsOf(call, "image"), cancellationToken);
        await TagAsync(call.Region, await SnapshotsAsync(call.Region, image, cancellationToken), TagsOf(call, "snapshot"), cancellationToken);
        if (!string.Equals(Text(call, "NoReboot"), "true", StringComparison.OrdinalIgnoreCase))
            await fleet.RebootAsync([id], cancellationToken);
        images.Begin(image, fleet.Find(id)?.Folder.Root);
        return answer;
    }

    private async Task<XElement> CopyAsync(AwsCall call, CancellationToken cancellationToken)
    {
        var source = Text(call, "SourceImageId") ?? "";
        if (images.Of(source).State == "pending")
            throw new AwsError(HttpStatusCode.BadRequest, "InvalidAMIID.Unavailable", $"The image ID '{source}' is not available");
        var answer = await moto.CallAsync("ec2", call.Region, "CopyImage", Arguments(call).Where(pair => !pair.Name.StartsWith("TagSpecification.", StringComparison.Ordinal)), cancellationToken);
        var image = answer.Element("imageId")!.Value;
        await TagAsync(call.Region, [image], TagsOf(call, "image"), cancellationToken);
        images.Begin(image, folders.Find(source));
        return answer;
    }

    /// <summary>Snapshots stay unless they are to go too (https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeregisterImage.html).</summary>
    private async Task<XElement> DeregisterAsync(AwsCall call, CancellationToken cancellationToken)
    {
        var image = Text(call, "ImageId") ?? "";
        var withSnapshots = string.Equals(Text(call, "DeleteAssociatedSnapshots"), "true", StringComparison.OrdinalIgnoreCase);
        var snapshots = withSnapshots ? await SnapshotsAsync(call.Region, image, cancellationToken) : [];
        var answer = await ForwardAsync(call, cancellationToken);
        images.Forget(image);
        foreach (var snapshot in snapshots)
            await moto.CallAsync("ec2", call.Region, "DeleteSnapshot", [("SnapshotId", snapshot)], cancellationToken);
        return answer;
    }

    private async Task<XElement> DescribeAsync(AwsCall call, CancellationToken cancellationToken)
    {
        var answer = await ForwardAsync(call, cancellationToken);
        var withDisabled = string.Equals(Text(call, "IncludeDisabled"), "true", StringComparison.OrdinalIgnoreCase) || Texts(call, "ImageId").Count > 0;
        foreach (var item in answer.Elements("imagesSet").Elements("item").ToList())
        {
            var state = images.Of(item.Element("imageId")!.Value);
            if (state.State == "disabled" && !withDisabled)
            {
                item.Remove();
                continue;
            }
            item.SetElementValue("imageState", state.State);
            item.SetElementValue("deprecationTime", state.DeprecatedAt);
            if (state.Reason is not null)
                item.Add(new XElement("stateReason", new XElement("code", "Server.InternalError"), new XElement("message", state.Reason)));
        }
        return answer;
    }

    /// <summary>https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteSnapshot.html: not while an image is made of it.</summary>
    private async Task<XElement> DeleteSnapshotAsync(AwsCall call, CancellationToken cancellationToken)
    {
        var snapshot = Text(call, "SnapshotId") ?? "";
        var all = await moto.CallAsync("ec2", call.Region, "DescribeImages", [("Owner.1", "self")], cancellationToken);
        var user = all.Elements("imagesSet").Elements("item").FirstOrDefault(image => image.Descendants("snapshotId").Any(id => id.Value == snapshot));
        if (user is not null)
            throw new AwsError(HttpStatusCode.BadRequest, "InvalidSnapshot.InUse", $"The snapshot {snapshot} is currently in use by {user.Element("imageId")?.Value}");
        return await ForwardAsync(call, cancellationToken);
    }

    private async Task<XElement> SetStateAsync(AwsCall call, CancellationToken cancellationToken)
    {
        var image = Text(call, "ImageId") ?? "";
        // moto refuses what does not exist.
        await moto.CallAsync("ec2", call.Region, "DescribeImages", [("ImageId.1", image)], cancellationToken);
        images.Change(image, state => call.Operation switch
        {
            "DisableImage" => state with { State = "disabled" },
            "EnableImage" => state with { State = "available" },
            "EnableImageDeprecation" => state with { DeprecatedAt = Moment(Text(call, "DeprecateAt")) },
            _ => state with { DeprecatedAt = null },
        });
        return new XElement($"{call.Operation}Response", new XElement("requestId", Guid.NewGuid().ToString()), new XElement("return", "true"));
    }

    /// <summary>EC2 rounds to the minute.</summary>
    private static string Moment(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment)
            ? moment.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:00.000Z", CultureInfo.InvariantCulture)
            : throw new AwsError(HttpStatusCode.BadRequest, "InvalidParameterValue", $"Invalid value '{text}' for DeprecateAt.");

    private async Task<IReadOnlyList<string>> SnapshotsAsync(string region, string image, CancellationToken cancellationToken)
    {
        var answer = await moto.CallAsync("ec2", region, "DescribeImages", [("ImageId.1", image)], cancellationToken);
        return [.. answer.Descendants("snapshotId").Select(id => id.Value).Where(id => id != "").Distinct()];
    }

    private async Task TagAsync(string region, IReadOnlyList<string> resources, List<KeyValuePair<string, string>> tags, CancellationToken cancellationToken)
    {
        if (resources.Count == 0 || tags.Count == 0)
            return;
        var arguments = new CloudFormation.Resources.QueryArguments();
        arguments.AddList("ResourceId", resources);
        arguments.AddTags("Tag", tags);
        await moto.CallAsync("ec2", region, "CreateTags", arguments, cancellationToken);
    }

    private static List<KeyValuePair<string, string>> TagsOf(AwsCall call, string resourceType)
    {
        var tags = new List<KeyValuePair<string, string>>();
        foreach (var (name, _) in call.Form.Where(pair => pair.Key.StartsWith("TagSpecification.", StringComparison.Ordinal) && pair.Key.EndsWith(".ResourceType", StringComparison.Ordinal) && pair.Value == resourceType))
        {
            var prefix = name[..^"ResourceType".Length] + "Tag.";
            tags.AddRange(call.Form.Where(pair => pair.Key.StartsWith(prefix, StringComparison.Ordinal) && pair.Key.EndsWith(".Key", StringComparison.Ordinal))
                .Select(pair => KeyValuePair.Create(pair.Value, call.Form.GetValueOrDefault(pair.Key[..^3] + "Value", ""))));
        }
        return tags;
    }

    private Task<XElement> ForwardAsync(AwsCall call, CancellationToken cancellationToken) => moto.CallAsync("ec2", call.Region, call.Operation!, Arguments(call), cancellationToken);

    private static List<(string Name, string Value)> Arguments(AwsCall call) => [.. call.Form.Where(pair => pair.Key is not ("Action" or "Version")).Select(pair => (pair.Key, pair.Value))];

    private static string? Text(AwsCall call, string name) => call.Form.GetValueOrDefault(name);

    private static IReadOnlyList<string> Texts(AwsCall call, string name) =>
        [.. call.Form.Where(pair => pair.Key.StartsWith(name + ".", StringComparison.Ordinal)).Select(pair => pair.Value)];
}
