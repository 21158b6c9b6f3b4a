using Amazon.EC2;
using Amazon.EC2.Model;
using Cumulus.LocalCloud.Tests.Support;
using Xunit;

namespace Cumulus.LocalCloud.Tests;

/// <summary>https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ami-lifecycle.html.</summary>
public sealed class ImageTests(CloudFixture cloud) : IClassFixture<CloudFixture>
{
    // .../creating-an-ami-ebs.html
    [Fact]
    public async Task What_was_baked_into_an_image_is_there_on_its_instances_and_what_was_removed_is_not()
    {
        var source = await cloud.BootAsync("#!/bin/sh\necho baked > /etc/baked\nmkdir -p /srv/app && echo one > /srv/app/file\nrm /usr/bin/env\n");

        var image = await BakeAsync(source, new TagSpecification { ResourceType = "snapshot", Tags = [new Tag { Key = "Bake", Value = "7" }] });
        var host = await LaunchAsync(image.ImageId, "#!/bin/sh\ncat /etc/baked /srv/app/file\ntest -e /usr/bin/env || echo gone\necho own > /etc/own\n");

        Assert.Equal("baked\none\ngone\n", await File.ReadAllTextAsync(host.BootLog));
        Assert.False(File.Exists(Path.Combine(source.RootPath, "etc/own")));
        var snapshot = await cloud.Ec2.DescribeSnapshotsAsync(new DescribeSnapshotsRequest { SnapshotIds = [SnapshotOf(image)] }, CloudFixture.Within());
        Assert.Contains(snapshot.Snapshots[0].Tags, tag => tag is { Key: "Bake", Value: "7" });
    }

    // .../CopyingAMIs.html, .../ami-deprecate.html, .../disable-an-ami.html
    [Fact]
    public async Task An_image_is_copied_deprecated_disabled_and_enabled()
    {
        var source = await cloud.BootAsync("#!/bin/sh\necho baked > /etc/baked\n");
        var image = await BakeAsync(source);

        var copy = await cloud.Ec2.CopyImageAsync(new CopyImageRequest { SourceImageId = image.ImageId, SourceRegion = "us-east-1", Name = "copy" }, CloudFixture.Within());
        await AvailableAsync(copy.ImageId);
        await cloud.AwsAsync("ec2", "enable-image-deprecation", "--image-id", copy.ImageId, "--deprecate-at", "2031-02-03T04:05:06Z");
        var deprecated = await cloud.AwsAsync("ec2", "describe-images", "--image-ids", copy.ImageId, "--query", "Images[0].[State,DeprecationTime]", "--output", "text");
        await cloud.AwsAsync("ec2", "disable-image", "--image-id", copy.ImageId);
        var own = await cloud.AwsAsync("ec2", "describe-images", "--owners", "self", "--query", "Images[].ImageId", "--output", "text");
        var refused = await Assert.ThrowsAsync<AmazonEC2Exception>(() => LaunchAsync(copy.ImageId, ""));
        await cloud.AwsAsync("ec2", "enable-image", "--image-id", copy.ImageId);
        var host = await LaunchAsync(copy.ImageId, "#!/bin/sh\ncat /etc/baked\n");

        Assert.Equal("available\t2031-02-03T04:05:00.000Z\n", deprecated);
        Assert.DoesNotContain(copy.ImageId, own, StringComparison.Ordinal);
        Assert.Equal("InvalidAMIID.Unavailable", refused.ErrorCode);
        Assert.Equal("baked\n", await File.ReadAllTextAsync(host.BootLog));
    }

    // .../deregister-ami.html, https://docs.aws.amazon.com/ebs/latest/userguide/ebs-deleting-snapshot.html
    [Fact]
    public async Task A_snapshot_goes_after_its_image_and_with_it_when_asked()
    {
        var source = await cloud.BootAsync("");
        var (first, second) = (await BakeAsync(source), await BakeAsync(source));

        var inUse = await Assert.ThrowsAsync<AmazonEC2Exception>(() => cloud.Ec2.DeleteSnapshotAsync(new DeleteSnapshotRequest { SnapshotId = SnapshotOf(first) }, CloudFixture.Within()));
        await cloud.Ec2.DeregisterImageAsync(new DeregisterImageRequest { ImageId = first.ImageId }, CloudFixture.Within());
        await cloud.Ec2.DeleteSnapshotAsync(new DeleteSnapshotRequest { SnapshotId = SnapshotOf(first) }, CloudFixture.Within());
        await cloud.AwsAsync("ec2", "deregister-image", "--image-id", second.ImageId, "--delete-associated-snapshots");
        var gone = await Assert.ThrowsAsync<AmazonEC2Exception>(() => cloud.Ec2.DescribeSnapshotsAsync(new DescribeSnapshotsRequest { SnapshotIds = [SnapshotOf(second)] }, CloudFixture.Within()));

        Assert.Equal("InvalidSnapshot.InUse", inUse.ErrorCode);
        Assert.Equal("InvalidSnapshot.NotFound", gone.ErrorCode);
    }

    // https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/launch-instances-from-launch-template.html
    [Fact]
    public async Task An_instance_is_launched_from_a_later_version_of_a_template_with_what_the_call_says_instead()
    {
        var name = $"template-{Guid.NewGuid():N}";
        foreach (var text in new[] { "one", "two" })
        {
            var data = new RequestLaunchTemplateData { ImageId = "ami-0123456789abcdef0", InstanceType = "t3.micro", UserData = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"#!/bin/sh\necho {text}\n")) };
            if (text == "one")
                await cloud.Ec2.CreateLaunchTemplateAsync(new CreateLaunchTemplateRequest { LaunchTemplateName = name, LaunchTemplateData = data }, CloudFixture.Within());
            else
                await cloud.Ec2.CreateLaunchTemplateVersionAsync(new CreateLaunchTemplateVersionRequest { LaunchTemplateName = name, LaunchTemplateData = data }, CloudFixture.Within());
        }

        var run = await cloud.Ec2.RunInstancesAsync(new RunInstancesRequest
        {
            MinCount = 1, MaxCount = 1, InstanceType = "t3.large", LaunchTemplate = new LaunchTemplateSpecification { LaunchTemplateName = name, Version = "$Latest" },
        }, CloudFixture.Within());

        var instance = run.Reservation.Instances[0];
        var host = await cloud.HostAsync(instance.InstanceId, h => h.State == LocalCloudHostState.Running);
        Assert.Equal(("ami-0123456789abcdef0", "t3.large"), (instance.ImageId, instance.InstanceType.Value));
        Assert.Equal("two\n", await File.ReadAllTextAsync(host.BootLog));
    }

    private async Task<Image> BakeAsync(LocalCloudHost source, params TagSpecification[] tags)
    {
        var made = await cloud.Ec2.CreateImageAsync(new CreateImageRequest
        {
            InstanceId = source.InstanceId, Name = $"image-{Guid.NewGuid():N}", TagSpecifications = tags.Length == 0 ? null : [.. tags],
        }, CloudFixture.Within());
        return await AvailableAsync(made.ImageId);
    }

    private async Task<Image> AvailableAsync(string id)
    {
        Image? image = null;
        await CloudFixture.UntilAsync(async () => (image = (await cloud.Ec2.DescribeImagesAsync(new DescribeImagesRequest { ImageIds = [id] }, CloudFixture.Within())).Images[0]).State == ImageState.Available,
            () => $"{id} is {image?.State}: {image?.StateReason?.Message}");
        return image!;
    }

    private async Task<LocalCloudHost> LaunchAsync(string image, string userData)
    {
        var run = await cloud.Ec2.RunInstancesAsync(new RunInstancesRequest
        {
            ImageId = image, MinCount = 1, MaxCount = 1, UserData = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(userData)),
        }, CloudFixture.Within());
        return await cloud.HostAsync(run.Reservation.Instances[0].InstanceId, h => h.State == LocalCloudHostState.Running);
    }

    private static string SnapshotOf(Image image) => image.BlockDeviceMappings.Select(mapping => mapping.Ebs?.SnapshotId).First(id => id is not null)!;
}
