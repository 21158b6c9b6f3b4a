using System.Net;
using Cumulus.Engine.Aws;
using Cumulus.Engine.Configuration;

namespace Cumulus.Engine.Tests.Aws;

/// <summary>What an instance knows of itself, and that nobody waits long for it elsewhere.</summary>
public sealed class InstanceMetadataTests
{
    [Fact]
    public async Task Id_and_role_are_asked_for_with_one_token()
    {
        using var handler = new Answering(r => r.RequestUri!.AbsolutePath switch
        {
            "/latest/api/token" => (HttpStatusCode.OK, "t0ken"),
            "/latest/meta-data/instance-id" => (HttpStatusCode.OK, "i-1\n"),
            "/latest/meta-data/iam/security-credentials/" => (HttpStatusCode.OK, "webrole"),
            _ => (HttpStatusCode.NotFound, ""),
        });
        using var instance = new InstanceMetadata(handler, _ => null);
        Assert.Equal("i-1", await instance.InstanceIdAsync(default));
        Assert.Equal("webrole", await instance.RoleAsync(default));
        Assert.Equal(["PUT http://169.254.169.254/latest/api/token", "GET http://169.254.169.254/latest/meta-data/instance-id t0ken", "GET http://169.254.169.254/latest/meta-data/iam/security-credentials/ t0ken"], handler.Requests);
    }

    [Theory]
    [InlineData(HttpStatusCode.NotFound)]
    [InlineData(HttpStatusCode.Forbidden)]
    [InlineData(HttpStatusCode.InternalServerError)]
    public async Task Where_the_service_says_no_there_is_nothing(HttpStatusCode status)
    {
        using var handler = new Answering(_ => (status, "<html>no</html>"));
        using var instance = new InstanceMetadata(handler, _ => null);
        Assert.Null(await instance.InstanceIdAsync(default));
        Assert.Null(await instance.RoleAsync(default));
        Assert.Single(handler.Requests);
    }

    [Fact]
    public async Task Where_nobody_answers_it_is_asked_once()
    {
        using var handler = new Answering(_ => throw new HttpRequestException("no route"));
        using var instance = new InstanceMetadata(handler, _ => null);
        Assert.Null(await instance.RoleAsync(default));
        Assert.Null(await instance.InstanceIdAsync(default));
        Assert.Single(handler.Requests);
    }

    [Fact]
    public async Task Who_does_not_want_to_be_asked_is_not()
    {
        using var handler = new Answering(_ => throw new InvalidOperationException("asked"));
        using var off = new InstanceMetadata(handler, v => v == "AWS_EC2_METADATA_DISABLED" ? "TRUE" : null);
        Assert.Null(await off.InstanceIdAsync(default));
        using var local = new InstanceMetadata(handler, v => v switch { "AWS_EC2_METADATA_DISABLED" => "true", "CUMULUS_INSTANCE_ID" => "i-local", _ => null });
        Assert.Equal("i-local", await local.InstanceIdAsync(default));
        Assert.Null(await local.RoleAsync(default));
    }

    [Fact]
    public async Task Another_address_is_taken_from_the_SDKs_own_variable()
    {
        using var handler = new Answering(_ => (HttpStatusCode.OK, "x"));
        using var instance = new InstanceMetadata(handler, v => v == "AWS_EC2_METADATA_SERVICE_ENDPOINT" ? "http://[fd00:ec2::254]" : null);
        await instance.InstanceIdAsync(default);
        Assert.StartsWith("PUT http://[fd00:ec2::254]/", handler.Requests[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Signals_go_out_as_the_services_want_them()
    {
        using var server = new StubServer(r => StubAnswer.Query(r.Action, ""));
        using AwsGateways aws = await server.ConnectAsync();
        await aws.Signals.SignalAsync("stage-web", "Group", "i-1", true, default);
        await aws.Signals.SignalAsync("stage-web", "Group", "i-1", false, default);
        await aws.Signals.CompleteLifecycleAsync("asg", "boot", "i-1", true, default);
        await aws.Signals.CompleteLifecycleAsync("asg", "boot", "i-1", false, default);
        StubRequest[] requests = [.. server.Requests];
        Assert.Equal(["SignalResource", "SignalResource", "CompleteLifecycleAction", "CompleteLifecycleAction"], requests.Select(r => r.Action));
        Assert.Equal(["SUCCESS", "FAILURE"], requests[..2].Select(r => r.Field("Status")));
        Assert.Equal(["CONTINUE", "ABANDON"], requests[2..].Select(r => r.Field("LifecycleActionResult")));
        Assert.Equal(("stage-web", "Group", "i-1"), (requests[0].Field("StackName"), requests[0].Field("LogicalResourceId"), requests[0].Field("UniqueId")));
        Assert.Equal(("asg", "boot", "i-1"), (requests[2].Field("AutoScalingGroupName"), requests[2].Field("LifecycleHookName"), requests[2].Field("InstanceId")));
    }

    [Fact]
    public async Task Keys_that_were_given_come_before_the_role_of_the_instance_D33()
    {
        using var handler = new Answering(r => r.RequestUri!.AbsolutePath.EndsWith("token", StringComparison.Ordinal) ? (HttpStatusCode.OK, "t") : (HttpStatusCode.OK, "webrole"));
        using var instance = new InstanceMetadata(handler, _ => null);
        using AwsGateways given = await AwsGateways.ConnectAsync(new AwsConnection { Region = "eu-west-1", Keys = new StaticKeys("AKIDEXAMPLE123", "secret") }, default, instance);
        Assert.StartsWith("given keys", given.CredentialSource, StringComparison.Ordinal);
        Assert.Empty(handler.Requests);
    }

    private sealed class Answering(Func<HttpRequestMessage, (HttpStatusCode Status, string Body)> answer) : HttpMessageHandler
    {
        public List<string> Requests { get; } = [];

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            string token = request.Headers.TryGetValues("X-aws-ec2-metadata-token", out IEnumerable<string>? values) ? " " + values.Single() : "";
            Requests.Add($"{request.Method} {request.RequestUri}{token}");
            (HttpStatusCode status, string body) = answer(request);
            return Task.FromResult(new HttpResponseMessage(status) { Content = new StringContent(body) });
        }
    }
}
