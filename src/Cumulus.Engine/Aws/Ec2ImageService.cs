using System.Globalization;
using Amazon.AutoScaling;
using Amazon.AutoScaling.Model;
using Amazon.EC2;
using Amazon.EC2.Model;
using Amazon.Runtime;
using Amazon.SimpleSystemsManagement;
using Amazon.SimpleSystemsManagement.Model;
using Ec2Filter = Amazon.EC2.Model.Filter;
using Ec2Tag = Amazon.EC2.Model.Tag;

namespace Cumulus.Engine.Aws;

/// <param name="endpoint">Where the clients go, for errors.</param>
internal sealed class Ec2ImageService(IAmazonEC2 ec2, IAmazonAutoScaling autoScaling, IAmazonSimpleSystemsManagement ssm, string region, string endpoint) : IImageService
{
    private static readonly string[] Gone = ["InvalidInstanceID.NotFound", "InvalidAMIID.NotFound", "InvalidAMIID.Unavailable", "InvalidSnapshot.NotFound"];

    public string Region => region;

    public async Task<string?> ParameterAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            var request = new GetParameterRequest { Name = name };
            GetParameterResponse answer = await AwsErrors.GuardAsync(new AwsCall("SSM", "GetParameter", endpoint), () => ssm.GetParameterAsync(request, cancellationToken), cancellationToken);
            return answer.Parameter?.Value;
        }
        catch (CumulusException e) when (e.InnerException is AmazonServiceException { ErrorCode: "ParameterNotFound" or "ParameterVersionNotFound" })
        {
            return null;
        }
    }

    public async Task<string?> NewestAsync(string name, string owner, string architecture, CancellationToken cancellationToken)
    {
        var request = new DescribeImagesRequest { Owners = [owner], Filters = [By("name", name), By("architecture", architecture), By("state", "available")] };
        DescribeImagesResponse answer = await CallAsync("DescribeImages", () => ec2.DescribeImagesAsync(request, cancellationToken), cancellationToken);
        return (answer.Images ?? []).MaxBy(i => i.CreationDate, StringComparer.Ordinal)?.ImageId;
    }

    public async Task<string> LaunchAsync(BuildInstanceRequest request, CancellationToken cancellationToken)
    {
        var run = new RunInstancesRequest
        {
            ImageId = request.ImageId,
            InstanceType = request.InstanceType,
            MinCount = 1,
            MaxCount = 1,
            SubnetId = request.SubnetId,
            SecurityGroupIds = request.SecurityGroups.Count > 0 ? [.. request.SecurityGroups] : null,
            IamInstanceProfile = request.InstanceProfile is { } profile ? new Amazon.EC2.Model.IamInstanceProfileSpecification { Name = profile } : null,
            InstanceInitiatedShutdownBehavior = ShutdownBehavior.Stop,
            MetadataOptions = new Amazon.EC2.Model.InstanceMetadataOptionsRequest { HttpTokens = HttpTokensState.Required, HttpEndpoint = Amazon.EC2.InstanceMetadataEndpointState.Enabled },
            BlockDeviceMappings = [.. request.Volumes.Select(Mapping)],
            TagSpecifications = [Tagged("instance", request.Tags), Tagged("volume", request.Tags)],
            ClientToken = request.Token,
        };
        RunInstancesResponse answer = await CallAsync("RunInstances", () => ec2.RunInstancesAsync(run, cancellationToken), cancellationToken);
        return answer.Reservation.Instances[0].InstanceId;
    }

    public async Task<string?> InstanceStateAsync(string instanceId, CancellationToken cancellationToken)
    {
        var request = new DescribeInstancesRequest { Filters = [By("instance-id", instanceId)] };
        DescribeInstancesResponse answer = await CallAsync("DescribeInstances", () => ec2.DescribeInstancesAsync(request, cancellationToken), cancellationToken);
        return (answer.Reservations ?? []).SelectMany(r => r.Instances ?? []).FirstOrDefault()?.State?.Name?.Value;
    }

    public async Task<IReadOnlyList<string>> InstancesAsync(string tag, string value, CancellationToken cancellationToken)
    {
        var request = new DescribeInstancesRequest { Filters = [By($"tag:{tag}", value), By("instance-state-name", "pending", "running", "stopping", "stopped", "shutting-down")] };
        DescribeInstancesResponse answer = await CallAsync("DescribeInstances", () => ec2.DescribeInstancesAsync(request, cancellationToken), cancellationToken);
        return [.. (answer.Reservations ?? []).SelectMany(r => r.Instances ?? []).Select(i => i.InstanceId)];
    }

    public Task StopAsync(string instanceId, CancellationToken cancellationToken) =>
        CallAsync("StopInstances", () => ec2.StopInstancesAsync(new StopInstancesRequest { InstanceIds = [instanceId] }, cancellationToken), cancellationToken);

    public Task TerminateAsync(string instanceId, CancellationToken cancellationToken) =>
        UnlessGoneAsync(() => CallAsync("TerminateInstances", () => ec2.TerminateInstancesAsync(new TerminateInstancesRequest { InstanceIds = [instanceId] }, cancellationToken), cancellationToken));

    public async Task<string> CreateAsync(string instanceId, string name, string description, bool noReboot, IReadOnlyDictionary<string, string> tags, CancellationToken cancellationToken)
    {
        var request = new CreateImageRequest
        {
            InstanceId = instanceId,
            Name = name,
            Description = description,
            NoReboot = noReboot,
            TagSpecifications = [Tagged("image", tags), Tagged("snapshot", tags)],
        };
        return (await CallAsync("CreateImage", () => ec2.CreateImageAsync(request, cancellationToken), cancellationToken)).ImageId;
    }

    public async Task<string> CopyAsync(string sourceRegion, string imageId, string name, string? kmsKeyId, IReadOnlyDictionary<string, string> tags, CancellationToken cancellationToken)
    {
        var request = new CopyImageRequest
        {
            SourceRegion = sourceRegion,
            SourceImageId = imageId,
            Name = name,
            Encrypted = true,
            KmsKeyId = kmsKeyId,
            ClientToken = $"copy-{imageId}-{region}",
            TagSpecifications = [Tagged("image", tags), Tagged("snapshot", tags)],
        };
        return (await CallAsync("CopyImage", () => ec2.CopyImageAsync(request, cancellationToken), cancellationToken)).ImageId;
    }

    public async Task<BakedImageState?> StateAsync(string imageId, CancellationToken cancellationToken)
    {
        var request = new DescribeImagesRequest { Filters = [By("image-id", imageId)], IncludeDeprecated = true, IncludeDisabled = true };
        DescribeImagesResponse answer = await CallAsync("DescribeImages", () => ec2.DescribeImagesAsync(request, cancellationToken), cancellationToken);
        return (answer.Images ?? []).FirstOrDefault() is { } image ? State(image) : null;
    }

    public async Task<IReadOnlyList<BakedImageState>> ImagesAsync(string tag, string value, CancellationToken cancellationToken)
    {
        var request = new DescribeImagesRequest { Owners = ["self"], Filters = [By($"tag:{tag}", value)], IncludeDeprecated = true, IncludeDisabled = true };
        DescribeImagesResponse answer = await CallAsync("DescribeImages", () => ec2.DescribeImagesAsync(request, cancellationToken), cancellationToken);
        return [.. (answer.Images ?? []).Select(State)];
    }

    public Task ShareAsync(string imageId, IReadOnlyCollection<string> accounts, CancellationToken cancellationToken)
    {
        var request = new ModifyImageAttributeRequest { ImageId = imageId, LaunchPermission = new LaunchPermissionModifications { Add = [.. accounts.Select(a => new LaunchPermission { UserId = a })] } };
        return CallAsync("ModifyImageAttribute", () => ec2.ModifyImageAttributeAsync(request, cancellationToken), cancellationToken);
    }

    public async Task<IReadOnlyList<string>> SharedWithAsync(string imageId, CancellationToken cancellationToken)
    {
        var request = new DescribeImageAttributeRequest { ImageId = imageId, Attribute = ImageAttributeName.LaunchPermission };
        DescribeImageAttributeResponse answer = await CallAsync("DescribeImageAttribute", () => ec2.DescribeImageAttributeAsync(request, cancellationToken), cancellationToken);
        return [.. (answer.ImageAttribute?.LaunchPermissions ?? []).Select(p => p.UserId).OfType<string>()];
    }

    public Task DeprecateAsync(string imageId, DateTimeOffset at, CancellationToken cancellationToken)
    {
        var request = new EnableImageDeprecationRequest { ImageId = imageId, DeprecateAt = at.UtcDateTime };
        return CallAsync("EnableImageDeprecation", () => ec2.EnableImageDeprecationAsync(request, cancellationToken), cancellationToken);
    }

    public Task DisableAsync(string imageId, CancellationToken cancellationToken) =>
        CallAsync("DisableImage", () => ec2.DisableImageAsync(new DisableImageRequest { ImageId = imageId }, cancellationToken), cancellationToken);

    public async Task DeleteAsync(BakedImageState image, CancellationToken cancellationToken)
    {
        await UnlessGoneAsync(() => CallAsync("DeregisterImage", () => ec2.DeregisterImageAsync(new DeregisterImageRequest { ImageId = image.ImageId }, cancellationToken), cancellationToken));
        foreach (string snapshot in image.Snapshots)
        {
            await UnlessGoneAsync(() => CallAsync("DeleteSnapshot", () => ec2.DeleteSnapshotAsync(new DeleteSnapshotRequest { SnapshotId = snapshot }, cancellationToken), cancellationToken));
        }
    }

    public async Task<IReadOnlyList<string>> UsesAsync(string imageId, CancellationToken cancellationToken)
    {
        var uses = new List<string>();
        var instances = new DescribeInstancesRequest { Filters = [By("image-id", imageId), By("instance-state-name", "pending", "running", "stopping", "stopped")] };
        DescribeInstancesResponse running = await CallAsync("DescribeInstances", () => ec2.DescribeInstancesAsync(instances, cancellationToken), cancellationToken);
        uses.AddRange((running.Reservations ?? []).SelectMany(r => r.Instances ?? []).Select(i => $"instance {i.InstanceId}"));
        uses.AddRange(await TemplatesAsync(imageId, cancellationToken));
        string? next = null;
        do
        {
            var request = new DescribeLaunchConfigurationsRequest { NextToken = next };
            DescribeLaunchConfigurationsResponse page = await AwsErrors.GuardAsync(
                new AwsCall("Auto Scaling", "DescribeLaunchConfigurations", endpoint), () => autoScaling.DescribeLaunchConfigurationsAsync(request, cancellationToken), cancellationToken);
            uses.AddRange((page.LaunchConfigurations ?? []).Where(c => c.ImageId == imageId).Select(c => $"launch configuration {c.LaunchConfigurationName}"));
            next = string.IsNullOrEmpty(page.NextToken) ? null : page.NextToken;
        }
        while (next is not null);
        return uses;
    }

    // Only versions in use count: those that a group names, and each template's default and latest.
    private async Task<List<string>> TemplatesAsync(string imageId, CancellationToken cancellationToken)
    {
        var uses = new List<string>();
        string? next = null;
        do
        {
            var request = new DescribeLaunchTemplatesRequest { NextToken = next };
            DescribeLaunchTemplatesResponse page = await CallAsync("DescribeLaunchTemplates", () => ec2.DescribeLaunchTemplatesAsync(request, cancellationToken), cancellationToken);
            foreach (Amazon.EC2.Model.LaunchTemplate template in page.LaunchTemplates ?? [])
            {
                var versions = new DescribeLaunchTemplateVersionsRequest { LaunchTemplateId = template.LaunchTemplateId, Filters = [By("image-id", imageId)] };
                DescribeLaunchTemplateVersionsResponse found = await CallAsync("DescribeLaunchTemplateVersions", () => ec2.DescribeLaunchTemplateVersionsAsync(versions, cancellationToken), cancellationToken);
                uses.AddRange((found.LaunchTemplateVersions ?? [])
                    .Where(v => v.LaunchTemplateData?.ImageId == imageId)
                    .Select(v => string.Create(CultureInfo.InvariantCulture, $"launch template {template.LaunchTemplateName} version {v.VersionNumber}")));
            }

            next = string.IsNullOrEmpty(page.NextToken) ? null : page.NextToken;
        }
        while (next is not null);
        return uses;
    }

    private static Amazon.EC2.Model.BlockDeviceMapping Mapping(BuildVolume volume) => new()
    {
        DeviceName = volume.DeviceName,
        Ebs = new EbsBlockDevice
        {
            VolumeSize = volume.SizeGiB,
            VolumeType = volume.VolumeType,
            Iops = volume.Iops,
            Throughput = volume.Throughput,
            Encrypted = true,
            KmsKeyId = volume.KmsKeyId,
            DeleteOnTermination = true,
        },
    };

    private static BakedImageState State(Image image) => new(
        image.ImageId,
        image.Name ?? "",
        image.State?.Value ?? "",
        image.StateReason?.Message,
        [.. (image.BlockDeviceMappings ?? []).Select(m => m.Ebs?.SnapshotId).OfType<string>()],
        Time(image.CreationDate),
        Time(image.DeprecationTime),
        (image.Tags ?? []).ToDictionary(t => t.Key, t => t.Value));

    private static DateTimeOffset? Time(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time) ? time : null;

    private static TagSpecification Tagged(string type, IReadOnlyDictionary<string, string> tags) =>
        new() { ResourceType = type, Tags = [.. tags.Select(t => new Ec2Tag { Key = t.Key, Value = t.Value })] };

    private static Ec2Filter By(string name, params string[] values) => new() { Name = name, Values = [.. values] };

    private static async Task UnlessGoneAsync(Func<Task> call)
    {
        try
        {
            await call();
        }
        catch (CumulusException e) when (e.InnerException is AmazonServiceException { ErrorCode: { } code } && Gone.Contains(code))
        {
        }
    }

    private Task<T> CallAsync<T>(string operation, Func<Task<T>> call, CancellationToken cancellationToken) =>
        AwsErrors.GuardAsync(new AwsCall("EC2", operation, endpoint), call, cancellationToken);
}
