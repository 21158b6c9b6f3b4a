using System.Diagnostics;
using System.Net;
using Amazon.AutoScaling;
using Amazon.CloudFormation;
using Amazon.CloudFormation.Model;
using Amazon.EC2;
using Amazon.EC2.Model;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Amazon.SimpleSystemsManagement;
using Amazon.SimpleSystemsManagement.Model;
using Cumulus.Engine;
using Cumulus.LocalCloud.Tests.Support;
using Xunit;

namespace Cumulus.LocalCloud.Tests;

/// <summary>Calls that go wrong because they are told to. Each test names things of its own, since the cloud is shared.</summary>
public sealed class CallFaultTests(CloudFixture cloud) : IClassFixture<CloudFixture>
{
    // The common errors of each protocol:
    // https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
    // https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
    // https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/CommonErrors.html
    // https://docs.aws.amazon.com/systems-manager/latest/APIReference/CommonErrors.html
    public static TheoryData<CallFaultKind, string, int, string> Codes => new()
    {
        { CallFaultKind.Throttle, "ec2", 503, "RequestLimitExceeded" },
        { CallFaultKind.Throttle, "s3", 503, "SlowDown" },
        { CallFaultKind.Throttle, "cloudformation", 400, "Throttling" },
        { CallFaultKind.Throttle, "autoscaling", 400, "Throttling" },
        { CallFaultKind.Throttle, "ssm", 400, "ThrottlingException" },
        { CallFaultKind.ServerError, "ec2", 500, "InternalError" },
        { CallFaultKind.ServerError, "s3", 500, "InternalError" },
        { CallFaultKind.ServerError, "cloudformation", 500, "InternalFailure" },
        { CallFaultKind.ServerError, "ssm", 500, "InternalServerError" },
        { CallFaultKind.Unavailable, "ec2", 503, "Unavailable" },
        { CallFaultKind.Unavailable, "s3", 503, "ServiceUnavailable" },
        { CallFaultKind.Unavailable, "cloudformation", 503, "ServiceUnavailable" },
        { CallFaultKind.AccessDenied, "ec2", 403, "UnauthorizedOperation" },
        { CallFaultKind.AccessDenied, "s3", 403, "AccessDenied" },
        { CallFaultKind.AccessDenied, "cloudformation", 403, "AccessDenied" },
        { CallFaultKind.AccessDenied, "ssm", 400, "AccessDeniedException" },
        { CallFaultKind.ExpiredToken, "ec2", 400, "RequestExpired" },
        { CallFaultKind.ExpiredToken, "s3", 400, "ExpiredToken" },
        { CallFaultKind.ExpiredToken, "cloudformation", 403, "ExpiredToken" },
        { CallFaultKind.ExpiredToken, "ssm", 400, "ExpiredTokenException" },
    };

    [Theory]
    [MemberData(nameof(Codes))]
    public async Task A_fault_answers_in_the_words_of_the_services_protocol(CallFaultKind kind, string service, int status, string code)
    {
        var name = CloudFixture.NewName();
        var fault = cloud.AddFault(new CallFault { Kind = kind, Service = service, Resource = $"*{name}*" });

        var error = await Assert.ThrowsAnyAsync<AmazonServiceException>(() => CallAsync(service, name));
        cloud.Server.RemoveFaults(fault.Id!);

        Assert.Equal((status, code), ((int)error.StatusCode, error.ErrorCode));
        var call = Assert.Single(cloud.Server.GetCalls(), call => call.Fault == fault.Id);
        Assert.Equal((service, status, code), (call.Service, call.Status, call.ErrorCode));
    }

    [Fact]
    public async Task A_denied_call_says_who_may_not_do_what_to_which_thing()
    {
        var fault = cloud.AddFault(new CallFault { Kind = CallFaultKind.AccessDenied, Service = "s3", Operation = "PutObject", Resource = "denied-bucket/*" });

        var error = await Assert.ThrowsAnyAsync<AmazonServiceException>(() => cloud.S3.PutObjectAsync(
            new PutObjectRequest { BucketName = "denied-bucket", Key = "a/b.zip", ContentBody = "x" }, CloudFixture.Within()));
        cloud.Server.RemoveFaults(fault.Id!);

        Assert.Equal("User: arn:aws:sts::123456789012:user/moto is not authorized to perform: s3:PutObject on resource: arn:aws:s3:::denied-bucket/a/b.zip", error.Message);
    }

    [Fact]
    public async Task Only_the_calls_between_are_met()
    {
        var name = CloudFixture.NewName();
        var fault = cloud.AddFault(new CallFault { Kind = CallFaultKind.Throttle, Operation = "Describe*", Resource = name, After = 2, Times = 3 });

        var outcomes = new List<string>();
        for (var i = 0; i < 7; i++)
            outcomes.Add(await OutcomeAsync(() => CallAsync("cloudformation", name)));

        Assert.Equal(["ValidationError", "ValidationError", "Throttling", "Throttling", "Throttling", "ValidationError", "ValidationError"], outcomes);
        Assert.Equal((7, 3), (cloud.Server.GetFaults().Single(set => set.Id == fault.Id).Met, cloud.Server.GetFaults().Single(set => set.Id == fault.Id).Fired));
    }

    [Fact]
    public async Task The_same_seed_meets_the_same_calls()
    {
        async Task<string> RunAsync(int seed)
        {
            var name = CloudFixture.NewName();
            var fault = cloud.AddFault(new CallFault { Kind = CallFaultKind.Throttle, Resource = name, Probability = 0.5, Seed = seed });
            var outcomes = new List<string>();
            for (var i = 0; i < 24; i++)
                outcomes.Add(await OutcomeAsync(() => CallAsync("cloudformation", name)) == "Throttling" ? "x" : ".");
            cloud.Server.RemoveFaults(fault.Id!);
            return string.Concat(outcomes);
        }

        var (first, again, other) = (await RunAsync(7), await RunAsync(7), await RunAsync(8));

        Assert.Equal(first, again);
        Assert.NotEqual(first, other);
        Assert.InRange(first.Count(c => c == 'x'), 1, 23);
    }

    [Fact]
    public async Task A_connection_is_cut_before_the_work_or_after_it()
    {
        var (before, after) = ($"before-{Guid.NewGuid():N}", $"after-{Guid.NewGuid():N}");
        cloud.AddFault(new CallFault { Kind = CallFaultKind.Reset, Service = "s3", Operation = "CreateBucket", Resource = before });
        cloud.AddFault(new CallFault { Kind = CallFaultKind.ResetAfter, Service = "s3", Operation = "CreateBucket", Resource = after });

        var complaints = await Task.WhenAll(new[] { before, after }.Select(bucket => cloud.AwsFailureAsync("s3api", "create-bucket", "--bucket", bucket)));
        var buckets = (await cloud.S3.ListBucketsAsync(CloudFixture.Within())).Buckets.Select(bucket => bucket.BucketName).ToList();

        Assert.All(complaints, complaint => Assert.Contains("Connection was closed before we received a valid response", complaint, StringComparison.Ordinal));
        Assert.DoesNotContain(before, buckets);
        Assert.Contains(after, buckets);
        Assert.All(cloud.Server.GetCalls(new LocalCloudCallQuery { Operation = "CreateBucket" }).Where(call => call.Fault is not null), call => Assert.Null(call.Status));
    }

    [Fact]
    public async Task A_stack_whose_creation_was_cut_off_after_the_work_is_there_when_the_sdk_tries_again()
    {
        var name = CloudFixture.NewName();
        cloud.AddFault(new CallFault { Kind = CallFaultKind.ResetAfter, Service = "cloudformation", Operation = "CreateStack", Resource = name, Times = 1 });

        var error = await Record.ExceptionAsync(() => cloud.CloudFormation.CreateStackAsync(
            new CreateStackRequest { StackName = name, TemplateBody = "Resources: {Topic: {Type: AWS::SNS::Topic}}" }, CloudFixture.Within()));

        Assert.IsType<AlreadyExistsException>(error);
        Assert.Equal("CREATE_COMPLETE", (await cloud.SettledAsync(name)).StackStatus.Value);
        Assert.Equal([null, 400], cloud.Server.GetCalls(new LocalCloudCallQuery { Operation = "CreateStack", Resource = name }).Select(call => call.Status));
    }

    [Fact]
    public async Task A_slow_call_is_answered_when_its_time_has_come()
    {
        var name = CloudFixture.NewName();
        cloud.AddFault(new CallFault { Kind = CallFaultKind.Delay, Resource = name, Delay = TimeSpan.FromMinutes(10), Times = 1 });

        var watch = Stopwatch.StartNew();
        var answer = OutcomeAsync(() => CallAsync("cloudformation", name));
        await CloudFixture.UntilAsync(() => Task.FromResult(cloud.Server.GetFaults().Any(fault => fault is { Fired: 1 } && fault.Subject == name)), () => "not met");
        Assert.False(answer.IsCompleted);
        await cloud.Server.StepClockAsync(TimeSpan.FromMinutes(10), CloudFixture.Within());

        Assert.Equal("ValidationError", await answer);
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task The_sdk_gets_over_a_few_throttled_calls()
    {
        var name = CloudFixture.NewName();
        var fault = cloud.AddFault(new CallFault { Kind = CallFaultKind.Throttle, Operation = "DescribeStacks", Resource = name, Times = 2 });

        var error = await Assert.ThrowsAnyAsync<AmazonServiceException>(() => cloud.CloudFormation.DescribeStacksAsync(new DescribeStacksRequest { StackName = name }, CloudFixture.Within()));

        Assert.Equal("ValidationError", error.ErrorCode);
        Assert.Equal(3, cloud.Server.GetFaults().Single(set => set.Id == fault.Id).Met);
    }

    [Fact]
    public async Task A_foreign_client_reads_the_faults_of_every_protocol()
    {
        (string Service, string Operation, string[] Arguments, string Code)[] all =
        [
            ("cloudformation", "ListStacks", ["cloudformation", "list-stacks"], "Throttling"),
            ("ec2", "DescribeVpcs", ["ec2", "describe-vpcs"], "RequestLimitExceeded"),
            ("s3", "ListBuckets", ["s3api", "list-buckets"], "SlowDown"),
            ("ssm", "ListDocuments", ["ssm", "list-documents"], "ThrottlingException"),
            ("sqs", "ListQueues", ["sqs", "list-queues"], "RequestThrottled"),
            ("monitoring", "DescribeAlarms", ["cloudwatch", "describe-alarms"], "ThrottlingException"),
        ];
        foreach (var one in all)
            cloud.AddFault(new CallFault { Id = $"foreign-{one.Service}", Kind = CallFaultKind.Throttle, Service = one.Service, Operation = one.Operation });

        var outputs = await Task.WhenAll(all.Select(one => cloud.AwsFailureAsync(one.Arguments)));
        cloud.Server.RemoveFaults("foreign-*");

        Assert.All(all.Zip(outputs), pair => Assert.Contains($"({pair.First.Code}) when calling the {pair.First.Operation} operation", pair.Second, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Faults_are_listed_replaced_and_removed_from_another_process()
    {
        using var client = LocalCloudClient.Open(cloud.Info.Path);
        var within = CloudFixture.Within();

        var set = await client.SetFaultAsync(new CallFault { Id = "mine-1", Kind = CallFaultKind.Delay, Delay = TimeSpan.FromSeconds(2), Service = "kms" }, within);
        await client.SetFaultAsync(new HostFault { Id = "mine-2", Kind = HostFaultKind.Dies, AutoScalingGroup = "no-such" }, within);
        await client.SetFaultAsync(new CallFault { Id = "MINE-1", Kind = CallFaultKind.Throttle, Service = "kms", Operation = "Sign" }, within);
        var listed = (await client.GetFaultsAsync(within)).Where(fault => fault.Id!.StartsWith("mine", StringComparison.OrdinalIgnoreCase)).ToList();
        var removed = await client.RemoveFaultsAsync("mine-*", within);

        Assert.Equal(("mine-1", "kms", TimeSpan.FromSeconds(2)), (set.Id, set.Subject, ((CallFault)set).Delay));
        Assert.Equal(["kms Sign", "no-such"], listed.Select(fault => fault.Subject));
        Assert.Equal(CallFaultKind.Throttle, Assert.IsType<CallFault>(listed[0]).Kind);
        Assert.Equal(listed, removed);
        Assert.DoesNotContain(await client.GetFaultsAsync(within), fault => fault.Id!.StartsWith("mine", StringComparison.OrdinalIgnoreCase));
    }

    public static TheoryData<LocalCloudFault, string> Mistakes => new()
    {
        { new CallFault { Kind = CallFaultKind.Delay }, "A delay takes longer than nothing." },
        { new CallFault { Kind = CallFaultKind.Throttle, Times = 0 }, "Times is 1 or more." },
        { new CallFault { Kind = CallFaultKind.Throttle, After = -1 }, "After is not negative." },
        { new CallFault { Kind = CallFaultKind.Throttle, Probability = 1.5 }, "Probability is above 0 and at most 1." },
        { new StackFault { Kind = StackFaultKind.Delay }, "A delay takes longer than nothing." },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public async Task A_fault_that_makes_no_sense_is_refused(LocalCloudFault fault, string words)
    {
        using var client = LocalCloudClient.Open(cloud.Info.Path);

        var here = Assert.Throws<CumulusException>(() => cloud.Server.SetFault(fault));
        var there = await Assert.ThrowsAsync<CumulusException>(() => client.SetFaultAsync(fault, CloudFixture.Within()));

        Assert.All([here, there], error => Assert.Equal((ErrorIds.LocalCloudFaultInvalid, FailureKind.InvalidInput), (error.ErrorId, error.Kind)));
        Assert.All([here, there], error => Assert.EndsWith(words, error.Message, StringComparison.Ordinal));
    }

    /// <summary>A call that names a thing, and is not tried again.</summary>
    private Task CallAsync(string service, string name) => service switch
    {
        "s3" => Client<AmazonS3Client, AmazonS3Config>((keys, config) => new(keys, config)).GetObjectAsync("bucket", name, CloudFixture.Within()),
        "ec2" => Client<AmazonEC2Client, AmazonEC2Config>((keys, config) => new(keys, config)).DescribeInstancesAsync(new DescribeInstancesRequest { InstanceIds = [name] }, CloudFixture.Within()),
        "cloudformation" => Client<AmazonCloudFormationClient, AmazonCloudFormationConfig>((keys, config) => new(keys, config)).DescribeStacksAsync(
            new DescribeStacksRequest { StackName = name }, CloudFixture.Within()),
        "autoscaling" => Client<AmazonAutoScalingClient, AmazonAutoScalingConfig>((keys, config) => new(keys, config)).DescribeAutoScalingGroupsAsync(
            new Amazon.AutoScaling.Model.DescribeAutoScalingGroupsRequest { AutoScalingGroupNames = [name] }, CloudFixture.Within()),
        "ssm" => Client<AmazonSimpleSystemsManagementClient, AmazonSimpleSystemsManagementConfig>((keys, config) => new(keys, config)).SendCommandAsync(
            new SendCommandRequest { DocumentName = "AWS-RunShellScript", InstanceIds = [name], Parameters = new() { ["commands"] = ["true"] } }, CloudFixture.Within()),
        _ => throw new ArgumentOutOfRangeException(nameof(service)),
    };

    private TClient Client<TClient, TConfig>(Func<BasicAWSCredentials, TConfig, TClient> make)
        where TConfig : ClientConfig, new()
    {
        var config = cloud.With(new TConfig { MaxErrorRetry = 0 });
        if (config is AmazonS3Config s3)
            s3.ForcePathStyle = true;
        return make(cloud.Credentials, config);
    }

    private static async Task<string> OutcomeAsync(Func<Task> call) =>
        (await Record.ExceptionAsync(call) as AmazonServiceException)?.ErrorCode ?? "none";
}
