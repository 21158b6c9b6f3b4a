using System.Text.Json;
using Cumulus.Engine.Aws;

namespace Cumulus.Engine.Tests.Aws;

public sealed class SsmHostFleetTests
{
    private static readonly StackResourceRecord[] Resources =
    [
        new("Group", "asg", "AWS::AutoScaling::AutoScalingGroup", "CREATE_COMPLETE", null),
        new("Single", "i-3", "AWS::EC2::Instance", "CREATE_COMPLETE", null),
        new("Topic", "t", "AWS::SNS::Topic", "CREATE_COMPLETE", null),
    ];

    [Fact]
    public async Task Instances_come_from_groups_and_from_the_stack_itself_with_platform_and_reach()
    {
        using var server = new StubServer(Answer);
        using AwsGateways aws = await server.ConnectAsync();

        IReadOnlyList<HostInstance> instances = await aws.Hosts.InstancesAsync(Resources, default);

        Assert.Equal(
            [("i-1", HostPlatform.Linux, true), ("i-2", HostPlatform.Windows, false), ("i-3", HostPlatform.Linux, false)],
            instances.Select(i => (i.InstanceId, i.Platform, i.Managed)));
        Assert.Equal(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero), instances[0].LaunchedAt);
        StubRequest ec2 = server.Requests.Single(r => r.Action == "DescribeInstances" && r.Field("NextToken") is null);
        Assert.Equal(("instance-id", "i-1", "i-3"), (ec2.Field("Filter.1.Name"), ec2.Field("Filter.1.Value.1"), ec2.Field("Filter.1.Value.3")));
    }

    [Fact]
    public async Task A_command_goes_to_the_document_of_the_platform_with_its_lines_as_they_are()
    {
        using var server = new StubServer(Answer);
        using AwsGateways aws = await server.ConnectAsync();

        string id = await aws.Hosts.RunAsync(["i-1", "i-2"], HostPlatform.Windows, ["cumulus 'a b'", "exit $LASTEXITCODE"], TimeSpan.FromSeconds(1), new string('c', 200), default);

        Assert.Equal("cmd-1", id);
        JsonElement body = JsonDocument.Parse(server.Requests.Single().Body).RootElement;
        Assert.Equal("AWS-RunPowerShellScript", body.GetProperty("DocumentName").GetString());
        Assert.Equal(["cumulus 'a b'", "exit $LASTEXITCODE"], body.GetProperty("Parameters").GetProperty("commands").EnumerateArray().Select(l => l.GetString()));
        Assert.Equal("30", body.GetProperty("Parameters").GetProperty("executionTimeout")[0].GetString());
        Assert.Equal(100, body.GetProperty("Comment").GetString()!.Length);
    }

    [Fact]
    public async Task A_result_has_status_code_and_output_and_is_null_while_the_service_does_not_know_it()
    {
        using var server = new StubServer(r => r.Body.Contains("i-9", StringComparison.Ordinal)
            ? StubAnswer.Json("""{"__type":"InvocationDoesNotExist","Message":"not yet"}""", 400)
            : StubAnswer.Json("""{"Status":"Failed","ResponseCode":4,"StandardOutputContent":"out","StandardErrorContent":"err"}"""));
        using AwsGateways aws = await server.ConnectAsync();

        Assert.Null(await aws.Hosts.ResultAsync("cmd-1", "i-9", default));
        Assert.Equal(new HostCommandResult("i-1", "Failed", 4, "out", "err"), await aws.Hosts.ResultAsync("cmd-1", "i-1", default));
    }

    private static StubAnswer Answer(StubRequest request) => request.Action switch
    {
        "DescribeAutoScalingGroups" => StubAnswer.Query("DescribeAutoScalingGroups", "<AutoScalingGroups><member><Instances><member><InstanceId>i-1</InstanceId></member><member><InstanceId>i-2</InstanceId></member></Instances></member></AutoScalingGroups>"),
        "DescribeInstances" => new StubAnswer(200, request.Field("NextToken") is null
            ? "<DescribeInstancesResponse><reservationSet><item><instancesSet><item><instanceId>i-1</instanceId><launchTime>2026-03-01T12:00:00Z</launchTime></item><item><instanceId>i-2</instanceId><platform>windows</platform></item></instancesSet></item></reservationSet><nextToken>n</nextToken></DescribeInstancesResponse>"
            : "<DescribeInstancesResponse><reservationSet><item><instancesSet><item><instanceId>i-3</instanceId></item></instancesSet></item></reservationSet></DescribeInstancesResponse>"),
        "DescribeInstanceInformation" => StubAnswer.Json("""{"InstanceInformationList":[{"InstanceId":"i-1","PingStatus":"Online"},{"InstanceId":"i-2","PingStatus":"ConnectionLost"}]}"""),
        "SendCommand" => StubAnswer.Json("""{"Command":{"CommandId":"cmd-1"}}"""),
        _ => StubAnswer.QueryError(400, "Unexpected", request.Action),
    };
}
