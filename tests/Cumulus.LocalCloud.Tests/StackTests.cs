using System.Net;
using Amazon.AutoScaling;
using Amazon.AutoScaling.Model;
using Amazon.CloudFormation;
using Amazon.CloudFormation.Model;
using Amazon.EC2;
using Amazon.EC2.Model;
using Amazon.Runtime;
using Amazon.S3.Model;
using Cumulus.LocalCloud.Tests.Support;
using Xunit;

namespace Cumulus.LocalCloud.Tests;

public sealed class StackTests(CloudFixture cloud) : IClassFixture<CloudFixture>
{
    private static readonly string Template = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "templates", "web.template.yml"));

    [Fact]
    public async Task A_group_of_two_comes_up_follows_an_update_and_goes_with_its_stack()
    {
        var stack = NewName();
        await cloud.CloudFormation.CreateStackAsync(
            new CreateStackRequest { StackName = stack, TemplateBody = Template, Parameters = Parameters("1.0") }, CloudFixture.Within());
        await cloud.SettledAsync(stack);
        var hosts = await HostsAsync(stack, all => all.Count == 2 && all.All(host => host.State == LocalCloudHostState.Running));

        Assert.All(hosts, host =>
        {
            Assert.Equal("fake cumulus: --as given Install-Bundle\n", File.ReadAllText(host.BootLog));
            Assert.Equal(
                "[metadata]\nregion: us-east-1\nbundle-bucket: bundles\nbundle-types: web\nenvironment: stage\nversion: 1.0\n",
                File.ReadAllText(Path.Combine(host.RootPath, "etc/cumulus/metadata.conf")));
            Assert.Equal("stage-web", host.Tags["Name"]);
        });
        var created = await cloud.CloudFormation.DescribeStacksAsync(new DescribeStacksRequest { StackName = stack }, CloudFixture.Within());
        var group = created.Stacks[0].Outputs.Single(output => output.OutputKey == "GroupName").OutputValue;
        Assert.All(hosts, host => Assert.Equal(group, host.AutoScalingGroup));
        var tagged = await cloud.Ec2.DescribeInstancesAsync(new DescribeInstancesRequest
        {
            Filters = [new Amazon.EC2.Model.Filter { Name = "tag:aws:cloudformation:stack-name", Values = [stack] }],
        }, CloudFixture.Within());
        Assert.Equal(2, tagged.Reservations.Sum(reservation => reservation.Instances.Count));

        await cloud.CloudFormation.UpdateStackAsync(
            new UpdateStackRequest { StackName = stack, UsePreviousTemplate = true, Parameters = Parameters("2.0") }, CloudFixture.Within());
        await cloud.SettledAsync(stack);
        var updated = await cloud.CloudFormation.DescribeStacksAsync(new DescribeStacksRequest { StackName = stack }, CloudFixture.Within());
        Assert.Equal("2.0", updated.Stacks[0].Outputs.Single(output => output.OutputKey == "Version").OutputValue);
        // As with AWS, instances stay and what is launched from now on is of the new version.
        Assert.Equal(hosts.Select(host => host.InstanceId), (await HostsAsync(stack, all => all.Count > 0)).Select(host => host.InstanceId));
        await cloud.AutoScaling.SetDesiredCapacityAsync(
            new SetDesiredCapacityRequest { AutoScalingGroupName = group, DesiredCapacity = 3 }, CloudFixture.Within());
        var three = await HostsAsync(stack, all => all.Count == 3 && all.All(host => host.State == LocalCloudHostState.Running));
        var added = three.Single(host => hosts.All(old => old.InstanceId != host.InstanceId));
        Assert.Contains("version: 2.0", await File.ReadAllTextAsync(Path.Combine(added.RootPath, "etc/cumulus/metadata.conf")), StringComparison.Ordinal);

        await cloud.CloudFormation.DeleteStackAsync(new DeleteStackRequest { StackName = stack }, CloudFixture.Within());
        await HostsAsync(stack, all => all.Count == 0);
    }

    [Fact]
    public async Task What_a_group_starts_later_belongs_to_its_stack_too()
    {
        var stack = NewName();
        await cloud.CloudFormation.CreateStackAsync(
            new CreateStackRequest { StackName = stack, TemplateBody = Template, Parameters = Parameters("1.0") }, CloudFixture.Within());
        await cloud.SettledAsync(stack);
        var hosts = await HostsAsync(stack, all => all.Count == 2);

        await cloud.AutoScaling.SetDesiredCapacityAsync(
            new SetDesiredCapacityRequest { AutoScalingGroupName = hosts[0].AutoScalingGroup, DesiredCapacity = 3 }, CloudFixture.Within());

        await HostsAsync(stack, all => all.Count == 3);
        await cloud.CloudFormation.DeleteStackAsync(new DeleteStackRequest { StackName = stack }, CloudFixture.Within());
        await HostsAsync(stack, all => all.Count == 0);
    }

    [Fact]
    public async Task An_update_that_changes_nothing_is_the_error_that_AWS_gives()
    {
        const string template = "{Parameters: {P: {Type: String}}, Resources: {Topic: {Type: AWS::SNS::Topic}}}";
        var stack = NewName();
        await cloud.CloudFormation.CreateStackAsync(
            new CreateStackRequest { StackName = stack, TemplateBody = template, Parameters = [new() { ParameterKey = "P", ParameterValue = "1" }] }, CloudFixture.Within());
        await cloud.SettledAsync(stack);

        var same = await Assert.ThrowsAnyAsync<AmazonServiceException>(() => cloud.CloudFormation.UpdateStackAsync(
            new UpdateStackRequest { StackName = stack, TemplateBody = template, Parameters = [new() { ParameterKey = "P", ParameterValue = "1" }] }, CloudFixture.Within()));
        var previous = await Assert.ThrowsAnyAsync<AmazonServiceException>(() => cloud.CloudFormation.UpdateStackAsync(
            new UpdateStackRequest { StackName = stack, UsePreviousTemplate = true, Parameters = [new() { ParameterKey = "P", UsePreviousValue = true }] }, CloudFixture.Within()));
        await cloud.CloudFormation.UpdateStackAsync(
            new UpdateStackRequest { StackName = stack, UsePreviousTemplate = true, Parameters = [new() { ParameterKey = "P", ParameterValue = "2" }] }, CloudFixture.Within());

        Assert.All([same, previous], error => Assert.Equal(("ValidationError", "No updates are to be performed."), (error.ErrorCode, error.Message)));
    }

    [Fact]
    public async Task A_template_is_taken_from_its_URL()
    {
        var (stack, bucket) = (NewName(), $"templates-{Guid.NewGuid():N}");
        await cloud.S3.PutBucketAsync(bucket, CloudFixture.Within());
        await cloud.S3.PutObjectAsync(new PutObjectRequest { BucketName = bucket, Key = "stage/topic.yml", ContentBody = "Resources: {Topic: {Type: AWS::SNS::Topic}}" }, CloudFixture.Within());

        await cloud.CloudFormation.CreateStackAsync(
            new CreateStackRequest { StackName = stack, TemplateURL = $"{cloud.Info.Endpoint}/{bucket}/stage/topic.yml" }, CloudFixture.Within());

        Assert.Equal("CREATE_COMPLETE", (await cloud.SettledAsync(stack)).StackStatus.Value);
    }

    [Fact]
    public async Task A_stack_that_cannot_be_created_is_rolled_back_and_says_why()
    {
        var broken = Template.Replace("${AWS::Region}a", "nowhere-1a", StringComparison.Ordinal).Replace("${AWS::Region}b", "nowhere-1b", StringComparison.Ordinal);

        var stack = await cloud.CreateAsync(NewName(), broken, ("CumulusBundleBucket", "bundles"), ("CumulusEnvironment", "stage"), ("CumulusVersion", "1"));

        Assert.Equal("ROLLBACK_COMPLETE", stack.StackStatus.Value);
        var failed = Assert.Single(await cloud.EventsAsync(stack.StackId), e => e.ResourceStatus == "CREATE_FAILED");
        Assert.Equal("WebGroup", failed.LogicalResourceId);
    }

    [Fact]
    public async Task What_moto_does_not_have_is_named_and_not_tried_again()
    {
        var error = await Assert.ThrowsAsync<AmazonEC2Exception>(() => cloud.Ec2.DeleteLaunchTemplateVersionsAsync(
            new DeleteLaunchTemplateVersionsRequest { LaunchTemplateName = "web", Versions = ["1"] }, CloudFixture.Within()));

        Assert.Equal((HttpStatusCode.NotImplemented, "NotImplemented"), (error.StatusCode, error.ErrorCode));
        Assert.StartsWith("LocalCloud cannot do ec2 DeleteLaunchTemplateVersions:", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Other_credentials_are_refused_in_the_words_of_each_protocol()
    {
        var stranger = new BasicAWSCredentials("AKIAIOSFODNN7EXAMPLE", "x");
        using var cloudFormation = new AmazonCloudFormationClient(stranger, cloud.With(new AmazonCloudFormationConfig()));
        using var ec2 = new AmazonEC2Client(stranger, cloud.With(new AmazonEC2Config()));

        var query = await Assert.ThrowsAnyAsync<AmazonServiceException>(() => cloudFormation.DescribeStacksAsync(new DescribeStacksRequest(), CloudFixture.Within()));
        var ofEc2 = await Assert.ThrowsAnyAsync<AmazonServiceException>(() => ec2.DescribeInstancesAsync(new DescribeInstancesRequest(), CloudFixture.Within()));

        Assert.Equal((HttpStatusCode.Forbidden, "InvalidClientTokenId"), (query.StatusCode, query.ErrorCode));
        Assert.Equal((HttpStatusCode.Unauthorized, "AuthFailure"), (ofEc2.StatusCode, ofEc2.ErrorCode));
    }

    [Fact]
    public async Task A_foreign_client_sees_stacks_and_moves_objects()
    {
        var (stack, bucket) = (NewName(), $"foreign-{Guid.NewGuid():N}");
        await cloud.CloudFormation.CreateStackAsync(
            new CreateStackRequest { StackName = stack, TemplateBody = "Resources: {Topic: {Type: AWS::SNS::Topic}}" }, CloudFixture.Within());
        await cloud.SettledAsync(stack);
        await cloud.S3.PutBucketAsync(bucket, CloudFixture.Within());
        var file = Path.GetTempFileName();
        await File.WriteAllBytesAsync(file, new byte[20_000_000]);

        var status = await cloud.AwsAsync("cloudformation", "describe-stacks", "--stack-name", stack, "--query", "Stacks[0].StackStatus", "--output", "text");
        await cloud.AwsAsync("s3", "cp", file, $"s3://{bucket}/big", "--no-progress");
        File.Delete(file);
        await cloud.AwsAsync("s3", "cp", $"s3://{bucket}/big", file, "--no-progress");

        Assert.Equal("CREATE_COMPLETE", status.Trim());
        Assert.Equal(20_000_000, new FileInfo(file).Length);
        File.Delete(file);
    }

    private async Task<IReadOnlyList<LocalCloudHost>> HostsAsync(string stack, Func<IReadOnlyList<LocalCloudHost>, bool> condition)
    {
        IReadOnlyList<LocalCloudHost> found = [];
        await CloudFixture.UntilAsync(async () =>
        {
            found = [.. (await cloud.HostsAsync()).Where(host => host.StackName == stack && host.State != LocalCloudHostState.Terminated)];
            return condition(found);
        }, () => string.Join(", ", found.Select(host => $"{host.InstanceId} {host.State}")));
        return found;
    }

    private static string NewName() => CloudFixture.NewName();

    private static List<Parameter> Parameters(string version) =>
    [
        new Parameter { ParameterKey = "CumulusBundleBucket", ParameterValue = "bundles" },
        new Parameter { ParameterKey = "CumulusEnvironment", ParameterValue = "stage" },
        new Parameter { ParameterKey = "CumulusVersion", ParameterValue = version },
    ];
}
