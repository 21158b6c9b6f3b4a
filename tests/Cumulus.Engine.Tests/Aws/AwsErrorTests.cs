using Cumulus.Engine.Aws;
using Cumulus.Engine.Tests.Support;

namespace Cumulus.Engine.Tests.Aws;

/// <summary>What services answer, as a person reads it.</summary>
public sealed class AwsErrorTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Denied_by_CloudFormation_names_who_and_what()
    {
        CumulusException e = await FindStackAsync(StubAnswer.QueryError(403, "AccessDenied", "User: arn:aws:iam::1:user/ci is not authorized to perform: cloudformation:DescribeStacks on resource: *"));
        Assert.Equal((ErrorIds.AccessDenied, FailureKind.AccessDenied), (e.ErrorId, e.Kind));
        Assert.Contains("arn:aws:iam::1:user/ci may not call cloudformation:DescribeStacks", e.Message);
        Assert.Contains("req-1", e.Message);
    }

    [Theory]
    [InlineData("GetObject")]
    [InlineData("PutObject")]
    public async Task Denied_by_S3_names_bucket_and_operation(string operation)
    {
        using var server = new StubServer(_ => StubAnswer.S3Error(403, "AccessDenied", "Access Denied"));
        using AwsGateways aws = await server.ConnectAsync();
        _folder.Write("f", "x");

        var e = await Assert.ThrowsAsync<CumulusException>(() => operation == "GetObject"
            ? aws.Objects.DownloadAsync("bkt", "k", _folder["down"], null, default)
            : aws.Objects.UploadAsync("bkt", "k", _folder["f"], ObjectWrite.IfAbsent, null, default));

        Assert.Equal(ErrorIds.AccessDenied, e.ErrorId);
        Assert.Contains($"S3 {operation} on bucket 'bkt'", e.Message);
        Assert.Contains($"s3:{operation}", e.Advice);
        Assert.False(File.Exists(_folder["down"]));
    }

    [Fact]
    public async Task A_head_that_is_denied_has_no_code_and_is_denied_all_the_same()
    {
        using var server = new StubServer(_ => new StubAnswer(403, ""));
        using AwsGateways aws = await server.ConnectAsync();

        var e = await Assert.ThrowsAsync<CumulusException>(() => aws.Objects.FindAsync("bkt", "k", default));

        Assert.Equal(ErrorIds.AccessDenied, e.ErrorId);
        Assert.Contains("'bkt'", e.Message);
        Assert.Contains("s3:ListBucket", e.Advice);
        Assert.DoesNotContain("Error making request", e.Message);
    }

    [Fact]
    public async Task A_head_that_is_a_bad_request_names_the_usual_causes()
    {
        using var server = new StubServer(_ => new StubAnswer(400, ""));
        using AwsGateways aws = await server.ConnectAsync();

        var e = await Assert.ThrowsAsync<CumulusException>(() => aws.Objects.FindAsync("bkt", "k", default));

        Assert.Equal(ErrorIds.AwsRequestFailed, e.ErrorId);
        Assert.Contains("'bkt'", e.Message);
        Assert.DoesNotContain("Error making request", e.Message);
        Assert.Contains("expired", e.Advice);
    }

    [Theory]
    [InlineData("ExpiredToken", "expired")]
    [InlineData("InvalidClientTokenId", "does not accept the credentials")]
    [InlineData("SignatureDoesNotMatch", "does not accept the credentials")]
    public async Task Credentials_that_are_no_good_are_told_from_missing_rights(string code, string text)
    {
        CumulusException e = await FindStackAsync(StubAnswer.QueryError(403, code, "The security token is no good"));
        Assert.Equal(ErrorIds.CredentialsRejected, e.ErrorId);
        Assert.Contains(text, e.Message);
        Assert.NotNull(e.Advice);
    }

    [Fact]
    public async Task Throttling_is_tried_again()
    {
        int calls = 0;
        using var server = new StubServer(_ => ++calls <= 2
            ? StubAnswer.QueryError(400, "Throttling", "Rate exceeded")
            : StubAnswer.Query("DescribeStacks", "<Stacks><member><StackName>s</StackName><StackId>id</StackId><StackStatus>CREATE_COMPLETE</StackStatus></member></Stacks>"));
        using AwsGateways aws = await server.ConnectAsync();

        Assert.Equal("CREATE_COMPLETE", (await aws.Stacks.FindAsync("s", default))!.Status);
        Assert.Equal(3, calls);
    }

    [Fact]
    public async Task Throttling_without_end_is_told_with_code_status_and_request()
    {
        CumulusException e = await FindStackAsync(StubAnswer.QueryError(400, "Throttling", "Rate exceeded"));
        Assert.Equal(ErrorIds.AwsRequestFailed, e.ErrorId);
        Assert.Contains("Rate exceeded. (Throttling, HTTP 400) Request id req-1.", e.Message);
        Assert.Contains("Too many calls", e.Advice);
    }

    [Fact]
    public async Task A_missing_capability_says_where_to_name_it()
    {
        using var server = new StubServer(_ => StubAnswer.QueryError(400, "InsufficientCapabilitiesException", "Requires capabilities : [CAPABILITY_NAMED_IAM]"));
        using AwsGateways aws = await server.ConnectAsync();

        var e = await Assert.ThrowsAsync<CumulusException>(() => aws.Stacks.CreateAsync(Change, default));

        Assert.Contains("CAPABILITY_NAMED_IAM", e.Message);
        Assert.Contains("'capabilities'", e.Advice);
    }

    [Theory]
    [InlineData("The submitted information didn't contain changes. Submit different information to create a change set.", true)]
    [InlineData("No updates are to be performed.", true)]
    [InlineData("Parameters: [Size] must have values", false)]
    public async Task Only_the_services_own_nothing_to_do_makes_a_change_set_empty_D38(string reason, bool isEmpty)
    {
        using var server = new StubServer(_ => StubAnswer.Query(
            "DescribeChangeSet", $"<ChangeSetId>id</ChangeSetId><Status>FAILED</Status><ExecutionStatus>UNAVAILABLE</ExecutionStatus><StatusReason>{reason}</StatusReason>"));
        using AwsGateways aws = await server.ConnectAsync();
        StackChangeSet? set = await aws.Stacks.ChangeSetAsync("id", null, default);
        Assert.Equal((isEmpty, true, false), (set!.IsEmpty, set.HasFailed, set.IsReady));
    }

    [Fact]
    public async Task A_change_set_tells_resource_cause_and_values_of_all_pages()
    {
        const string First = """
            <Changes><member><Type>Resource</Type><ResourceChange><Action>Modify</Action><LogicalResourceId>Template</LogicalResourceId><ResourceType>AWS::EC2::LaunchTemplate</ResourceType><Replacement>False</Replacement>
            <Details><member><Target><Attribute>Properties</Attribute><Name>LaunchTemplateData</Name><Path>/Properties/LaunchTemplateData/UserData</Path><RequiresRecreation>Never</RequiresRecreation><BeforeValue>1</BeforeValue><AfterValue>2</AfterValue></Target>
            <Evaluation>Static</Evaluation><ChangeSource>ParameterReference</ChangeSource><CausingEntity>CumulusVersion</CausingEntity></member></Details></ResourceChange></member></Changes>
            """;
        const string Second = "<Changes><member><Type>Resource</Type><ResourceChange><Action>Remove</Action><LogicalResourceId>Old</LogicalResourceId><ResourceType>AWS::SNS::Topic</ResourceType><PolicyAction>Retain</PolicyAction></ResourceChange></member></Changes>";
        const string Ready = "<ChangeSetId>id</ChangeSetId><Status>CREATE_COMPLETE</Status><ExecutionStatus>AVAILABLE</ExecutionStatus>";
        using var server = new StubServer(r => StubAnswer.Query("DescribeChangeSet", Ready + (r.Field("NextToken") is null ? First + "<NextToken>2</NextToken>" : Second)));
        using AwsGateways aws = await server.ConnectAsync();

        StackChangeSet set = (await aws.Stacks.ChangeSetAsync("id", null, default))!;

        Assert.True(set.IsReady);
        Assert.Equal([("Modify", "Template", "False", null), ("Remove", "Old", null, "Retain")], set.Changes.Select(c => (c.Action, c.LogicalId, c.Replacement, c.PolicyAction)));
        Assert.Equal(new PropertyChangeRecord("LaunchTemplateData.UserData", "Never", "1", "2", true, "ParameterReference", "CumulusVersion"), set.Changes[0].Details.Single());
    }

    [Fact]
    public async Task What_a_service_does_not_know_tells_no_failures()
    {
        using var server = new StubServer(_ => StubAnswer.QueryError(400, "InvalidAction", "Could not find operation DescribeEvents"));
        using AwsGateways aws = await server.ConnectAsync();
        Assert.Empty(await aws.Stacks.FailuresAsync("operation", default));
    }

    [Fact]
    public async Task Express_mode_is_said_once_and_not_beside_what_it_replaces()
    {
        using var server = new StubServer(r => StubAnswer.Query(r.Action, "<Id>id</Id><StackId>stack</StackId>"));
        using AwsGateways aws = await server.ConnectAsync();

        await aws.Stacks.CreateChangeSetAsync(new ChangeSetRequest(Change with { IsExpress = true, OnFailure = "DO_NOTHING" }, "n", IsNew: true, "d"), default);

        StubRequest sent = server.Requests.Single();
        Assert.Equal(("EXPRESS", "true", null), (sent.Field("DeploymentConfig.Mode"), sent.Field("DeploymentConfig.DisableRollback"), sent.Field("OnStackFailure")));
    }

    [Fact]
    public async Task A_request_says_all_that_the_change_says_and_an_update_without_tags_leaves_them()
    {
        using var server = new StubServer(r => StubAnswer.Query(r.Action, "<Id>id</Id><StackId>id</StackId>"));
        using AwsGateways aws = await server.ConnectAsync();

        await aws.Stacks.CreateAsync(Change, default);
        await aws.Stacks.CreateChangeSetAsync(new ChangeSetRequest(Change with { Tags = [], KeptParameters = ["Secret"], MonitoringMinutes = 5, RollbackAlarmArns = ["arn"] }, "n", IsNew: false, "d"), default);

        StubRequest create = server.Requests.First(), update = server.Requests.Last();
        Assert.Equal(
            ("s", "body", "P", "a,b:c", "CAPABILITY_IAM", "true", "7", "tok", "team"),
            (create.Field("StackName"), create.Field("TemplateBody"), create.Field("Parameters.member.1.ParameterKey"), create.Field("Parameters.member.1.ParameterValue"),
             create.Field("Capabilities.member.1"), create.Field("DisableRollback"), create.Field("TimeoutInMinutes"), create.Field("ClientRequestToken"), create.Field("Tags.member.1.Key")));
        Assert.Equal(
            ("UPDATE", "n", "Secret", "true", "arn", "5"),
            (update.Field("ChangeSetType"), update.Field("ChangeSetName"), update.Field("Parameters.member.2.ParameterKey"), update.Field("Parameters.member.2.UsePreviousValue"),
             update.Field("RollbackConfiguration.RollbackTriggers.member.1.Arn"), update.Field("RollbackConfiguration.MonitoringTimeInMinutes")));
        Assert.DoesNotContain("Tags", update.Body);
        Assert.DoesNotContain("TimeoutInMinutes", update.Body);
    }

    [Fact]
    public async Task Events_are_read_by_pages_and_no_further_than_they_are_asked_for_D07()
    {
        using var server = new StubServer(r => StubAnswer.Query("DescribeStackEvents", Page(int.Parse(r.Field("NextToken") ?? "1", System.Globalization.CultureInfo.InvariantCulture))));
        using AwsGateways aws = await server.ConnectAsync();
        var ids = new List<string>();

        await foreach (StackEventRecord e in aws.Stacks.EventsAsync("s", default))
        {
            ids.Add(e.EventId);
            if (e.EventId == "3-0") break;
        }

        Assert.Equal(["1-0", "1-1", "2-0", "2-1", "3-0"], ids);
        Assert.Equal(3, server.Requests.Count);

        static string Page(int n) =>
            $"<StackEvents>{string.Concat(Enumerable.Range(0, 2).Select(i => $"<member><EventId>{n}-{i}</EventId><StackId>id</StackId><StackName>s</StackName><Timestamp>2026-03-01T12:00:00.5Z</Timestamp></member>"))}</StackEvents><NextToken>{n + 1}</NextToken>";
    }

    [Fact]
    public async Task Resources_are_read_to_the_last_page_D08()
    {
        using var server = new StubServer(r => StubAnswer.Query("ListStackResources", r.Field("NextToken") is null
            ? "<StackResourceSummaries><member><LogicalResourceId>A</LogicalResourceId></member></StackResourceSummaries><NextToken>x</NextToken>"
            : "<StackResourceSummaries><member><LogicalResourceId>B</LogicalResourceId></member></StackResourceSummaries>"));
        using AwsGateways aws = await server.ConnectAsync();
        Assert.Equal(["A", "B"], (await aws.Stacks.ResourcesAsync("s", default)).Select(r => r.LogicalId));
    }

    [Fact]
    public async Task An_endpoint_where_nobody_answers_is_named()
    {
        var connection = new AwsConnection { Region = "eu-west-1", EndpointUrl = $"http://127.0.0.1:{MotoServer.FreePort()}", Keys = new("AKIDEXAMPLE", "very-secret") };
        using AwsGateways aws = await AwsGateways.ConnectAsync(connection, default);

        var e = await Assert.ThrowsAsync<CumulusException>(() => aws.Stacks.FindAsync("s", default));

        Assert.Equal((ErrorIds.EndpointUnreachable, FailureKind.Unavailable), (e.ErrorId, e.Kind));
        Assert.Contains(connection.EndpointUrl, e.Message);
        Assert.DoesNotContain("very-secret", e.ToString());
    }

    [Fact]
    public async Task A_call_in_flight_ends_when_it_is_cancelled()
    {
        var never = new TaskCompletionSource<StubAnswer>();
        using var stop = new CancellationTokenSource();
        using var server = new StubServer(async _ =>
        {
            await stop.CancelAsync();
            return await never.Task;
        });
        using AwsGateways aws = await server.ConnectAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => aws.Stacks.FindAsync("s", stop.Token));
        never.SetResult(new StubAnswer(200, ""));
    }

    [Fact]
    public async Task A_download_that_breaks_off_is_taken_up_where_it_broke()
    {
        string content = new('x', 300_000);
        using var server = new StubServer(r => r.Headers.TryGetValue("Range", out string? range)
            ? new StubAnswer(206, content[int.Parse(range["bytes=".Length..^1], System.Globalization.CultureInfo.InvariantCulture)..], "application/octet-stream")
            : new StubAnswer(200, content, "application/octet-stream", CutAfter: 200_000) { Headers = new Dictionary<string, string> { ["ETag"] = "\"e1\"" } });
        using AwsGateways aws = await server.ConnectAsync();

        Assert.True(await aws.Objects.DownloadAsync("bkt", "k", _folder["down"], null, default));

        Assert.Equal(content, _folder.Read("down"));
        Assert.Equal(2, server.Requests.Count);
        Assert.Equal("\"e1\"", server.Requests.Last().Headers["If-Match"]);
    }

    [Theory]
    [InlineData("eu-west-1")]
    [InlineData(null)]
    public async Task A_profile_that_is_not_there_is_named_before_any_call(string? region)
    {
        var e = await Assert.ThrowsAsync<CumulusException>(() => AwsGateways.ConnectAsync(new AwsConnection { ProfileName = "no-such-profile", Region = region }, default));
        Assert.Equal(ErrorIds.CredentialsNotFound, e.ErrorId);
        Assert.Contains("'no-such-profile'", e.Message);
    }

    [Theory]
    [InlineData("localhost:4566")]
    [InlineData("ftp://x")]
    [InlineData("")]
    public async Task An_endpoint_that_is_no_address_is_refused(string url)
    {
        var e = await Assert.ThrowsAsync<CumulusException>(() => AwsGateways.ConnectAsync(new AwsConnection { EndpointUrl = url, Region = "eu-west-1", Keys = new("A", "s") }, default));
        Assert.Equal(ErrorIds.ConfigurationInvalid, e.ErrorId);
    }

    [Fact]
    public async Task A_role_that_may_not_be_assumed_is_told_when_connecting_D33()
    {
        using var server = new StubServer(_ => StubAnswer.QueryError(403, "AccessDenied", "User: arn:aws:iam::1:user/ci is not authorized to perform: sts:AssumeRole on resource: r"));
        var connection = new AwsConnection { Region = "eu-west-1", EndpointUrl = server.Url, Keys = new("AKIDEXAMPLE", "s"), RoleArn = "arn:aws:iam::1:role/r" };

        var e = await Assert.ThrowsAsync<CumulusException>(() => AwsGateways.ConnectAsync(connection, default));

        Assert.Equal(ErrorIds.AccessDenied, e.ErrorId);
        Assert.Contains("arn:aws:iam::1:role/r", e.Message);
    }

    private static StackChange Change => new(
        "s", new TemplateSource("body", null), [KeyValuePair.Create("P", "a,b:c")], [KeyValuePair.Create("team", "web")], ["CAPABILITY_IAM"], DisableRollback: true, TimeoutInMinutes: 7, "tok");

    private static async Task<CumulusException> FindStackAsync(StubAnswer answer)
    {
        using var server = new StubServer(_ => answer);
        using AwsGateways aws = await server.ConnectAsync();
        return await Assert.ThrowsAsync<CumulusException>(() => aws.Stacks.FindAsync("s", default));
    }
}
