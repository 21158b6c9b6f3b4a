using System.Text.Json;
using Amazon.CloudFormation.Model;
using Amazon.EC2.Model;
using Amazon.S3.Model;
using Amazon.SimpleSystemsManagement.Model;
using Cumulus.LocalCloud.Tests.Support;
using Xunit;

namespace Cumulus.LocalCloud.Tests;

public sealed class CallJournalTests(CloudFixture cloud) : IClassFixture<CloudFixture>
{
    [Fact]
    public async Task A_call_is_written_down_with_what_it_names_and_what_became_of_it()
    {
        var bucket = $"journal-{Guid.NewGuid():N}";
        var before = DateTimeOffset.UtcNow;

        await cloud.S3.PutBucketAsync(bucket, CloudFixture.Within());
        await cloud.S3.PutObjectAsync(new PutObjectRequest { BucketName = bucket, Key = "a/b 1.zip", ContentBody = "x" }, CloudFixture.Within());
        await Assert.ThrowsAnyAsync<Exception>(() => cloud.S3.GetObjectAsync(bucket, "none", CloudFixture.Within()));

        var calls = cloud.Server.GetCalls(new LocalCloudCallQuery { Resource = $"{bucket}*" });
        Assert.Equal(["CreateBucket 200", "PutObject 200", "GetObject 404 NoSuchKey"], calls.Select(call => $"{call.Operation} {call.Status} {call.ErrorCode}".TrimEnd()));
        var put = calls[1];
        Assert.Equal(("s3", cloud.Info.Region, cloud.Info.AccessKeyId, "arn:aws:sts::123456789012:user/moto"), (put.Service, put.Region, put.AccessKeyId, put.Principal));
        Assert.Equal([$"{bucket}/a/b 1.zip"], put.Resources);
        Assert.Equal([$"arn:aws:s3:::{bucket}/a/b 1.zip"], put.Arns);
        Assert.InRange(put.Time, before.AddSeconds(-1), DateTimeOffset.UtcNow);
        Assert.InRange(put.Duration, TimeSpan.FromTicks(1), TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task Names_are_found_in_every_protocol()
    {
        var name = CloudFixture.NewName();
        await Record.ExceptionAsync(() => cloud.CloudFormation.DescribeStackEventsAsync(new DescribeStackEventsRequest { StackName = name }, CloudFixture.Within()));
        await Record.ExceptionAsync(() => cloud.Ec2.TerminateInstancesAsync(new TerminateInstancesRequest { InstanceIds = [$"i-{name}", $"i-{name}-2"] }, CloudFixture.Within()));
        await cloud.AutoScaling.DescribeAutoScalingGroupsAsync(new() { AutoScalingGroupNames = [name] }, CloudFixture.Within());
        await cloud.Ssm.PutParameterAsync(new PutParameterRequest { Name = $"/{name}/key", Value = "hidden-value", Type = "SecureString" }, CloudFixture.Within());

        var calls = cloud.Server.GetCalls(new LocalCloudCallQuery { Resource = $"*{name}*" });

        Assert.Equal(
            [
                $"cloudformation:DescribeStackEvents arn:aws:cloudformation:us-east-1:123456789012:stack/{name}/*",
                $"ec2:TerminateInstances arn:aws:ec2:us-east-1:123456789012:instance/i-{name} arn:aws:ec2:us-east-1:123456789012:instance/i-{name}-2",
                $"autoscaling:DescribeAutoScalingGroups arn:aws:autoscaling:us-east-1:123456789012:autoScalingGroup:*:autoScalingGroupName/{name}",
                $"ssm:PutParameter arn:aws:ssm:us-east-1:123456789012:parameter/{name}/key",
            ],
            calls.Select(call => $"{call.Service}:{call.Operation} {string.Join(' ', call.Arns)}"));
    }

    [Fact]
    public async Task The_file_has_a_line_for_each_call_and_no_secret()
    {
        var name = CloudFixture.NewName();
        const string template = "Parameters: {Password: {Type: String, NoEcho: true}}\nResources: {Topic: {Type: AWS::SNS::Topic}}";
        await cloud.CreateAsync(name, template, ("Password", "hunter2-secret"));
        await cloud.Ssm.PutParameterAsync(new PutParameterRequest { Name = name, Value = "hunter2-secret", Type = "SecureString" }, CloudFixture.Within());

        var path = Path.Combine(cloud.Info.Path, "calls.jsonl");
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(file);
        var text = await reader.ReadToEndAsync(CloudFixture.Within());
        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement).ToList();

        Assert.Contains(lines, line => line.GetProperty("operation").GetString() == "CreateStack" && line.GetProperty("resources")[0].GetString() == name);
        Assert.DoesNotContain("hunter2-secret", text, StringComparison.Ordinal);
        Assert.DoesNotContain(cloud.Info.SecretAccessKey, text, StringComparison.Ordinal);
        Assert.Equal(Enumerable.Range(1, lines.Count), lines.Select(line => line.GetProperty("number").GetInt32()));
    }

    [Fact]
    public async Task Another_process_reads_journal_and_counts()
    {
        var name = CloudFixture.NewName();
        using var client = LocalCloudClient.Open(cloud.Info.Path);
        var before = await client.GetStatusAsync(CloudFixture.Within());
        await cloud.CreateAsync(name, "Resources: {Topic: {Type: AWS::SNS::Topic}}");
        await Record.ExceptionAsync(() => cloud.CloudFormation.DescribeStacksAsync(new DescribeStacksRequest { StackName = $"{name}-none" }, CloudFixture.Within()));

        var created = await client.GetCallsAsync(new LocalCloudCallQuery { Service = "cloud*", Operation = "createstack", Resource = name }, CloudFixture.Within());
        var wrong = await client.GetCallsAsync(new LocalCloudCallQuery { Resource = $"{name}*", OnlyErrors = true }, CloudFixture.Within());
        var later = await client.GetCallsAsync(new LocalCloudCallQuery { AfterNumber = created[0].Number, Last = 1 }, CloudFixture.Within());
        var status = await client.GetStatusAsync(CloudFixture.Within());

        Assert.Equal((created[0].Number, name), (Assert.Single(created).Number, created[0].Resources[0]));
        Assert.Equal("ValidationError", Assert.Single(wrong).ErrorCode);
        Assert.True(Assert.Single(later).Number > created[0].Number);
        Assert.Equal((cloud.Info.Endpoint, cloud.Info.AccessKeyId, cloud.Info.SecretAccessKey), (status.Endpoint, status.AccessKeyId, status.SecretAccessKey));
        Assert.Equal(1, CountOf(status, "CreateStack") - CountOf(before, "CreateStack"));
        Assert.True(status.Errors > before.Errors);
        Assert.Equal((before.Stacks + 1, 0), (status.Stacks, status.BusyStacks));
        Assert.DoesNotContain(cloud.Info.SecretAccessKey, status.ToString(), StringComparison.Ordinal);
    }

    private static long CountOf(LocalCloudStatus status, string operation) =>
        status.Operations.FirstOrDefault(count => count.Service == "cloudformation" && count.Operation == operation)?.Count ?? 0;
}
