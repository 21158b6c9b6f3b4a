using Amazon.CloudFormation;
using Amazon.EC2;
using Amazon.Runtime;
using Amazon.SimpleSystemsManagement;
using Amazon.SimpleSystemsManagement.Model;
using Cumulus.AwsClients.Tests.Support;

namespace Cumulus.AwsClients.Tests;

/// <summary>A call that is under way ends when its token is cancelled, and lets its connection go.</summary>
public sealed class CancellationTests
{
    // Only so that a defect is a failed test instead of a hanging one.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Cancelling_while_the_service_is_silent_ends_the_call_and_closes_the_connection()
    {
        await using var server = new StubServer(StubAnswer.Never);
        using var cloudFormation = new AmazonCloudFormationClient(Services.Credentials, server.Configure(new AmazonCloudFormationConfig()));
        using var source = new CancellationTokenSource();

        var call = cloudFormation.DescribeStacksAsync(source.Token);
        await server.Received.WaitAsync(Limit);
        Assert.False(call.IsCompleted);
        await source.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.WaitAsync(Limit));
        await server.Abandoned.WaitAsync(Limit);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task Cancelling_a_JSON_call_ends_it_too()
    {
        await using var server = new StubServer(StubAnswer.Never);
        using var ssm = new AmazonSimpleSystemsManagementClient(Services.Credentials, server.Configure(new AmazonSimpleSystemsManagementConfig()));
        using var source = new CancellationTokenSource();

        var call = ssm.SendCommandAsync(new SendCommandRequest(), source.Token);
        await server.Received.WaitAsync(Limit);
        await source.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.WaitAsync(Limit));
        await server.Abandoned.WaitAsync(Limit);
    }

    [Fact]
    public async Task Cancelling_while_a_retry_waits_ends_the_call_without_a_further_request()
    {
        using var source = new CancellationTokenSource();
        await using var server = new StubServer(_ =>
        {
            source.Cancel();
            return new StubAnswer(503, "<Response><Errors><Error><Code>RequestLimitExceeded</Code></Error></Errors></Response>");
        });
        using var ec2 = new AmazonEC2Client(Services.Credentials, server.Configure(new AmazonEC2Config()));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ec2.DescribeInstancesAsync(source.Token).WaitAsync(Limit));

        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task A_token_that_is_cancelled_already_sends_nothing()
    {
        await using var server = new StubServer(new StubAnswer(200, "<Answer/>"));
        using var ec2 = new AmazonEC2Client(Services.Credentials, server.Configure(new AmazonEC2Config()));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ec2.DescribeInstancesAsync(new CancellationToken(true)));

        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task Cancelling_between_pages_ends_a_paginator()
    {
        await using var server = new StubServer(new StubAnswer(200, "<R><ListStacksResult><NextToken>t</NextToken></ListStacksResult></R>"), StubAnswer.Never);
        using var cloudFormation = new AmazonCloudFormationClient(Services.Credentials, server.Configure(new AmazonCloudFormationConfig()));
        using var source = new CancellationTokenSource();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var page in cloudFormation.Paginators.ListStacks(new()).Responses.WithCancellation(source.Token))
            {
                Assert.Equal("t", page.NextToken);
                await source.CancelAsync();
            }
        });
    }
}
