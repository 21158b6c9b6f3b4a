using Amazon.CloudFormation;
using Amazon.CloudFormation.Model;
using Amazon.Runtime;
using Amazon.SimpleSystemsManagement;
using Amazon.SimpleSystemsManagement.Model;
using Cumulus.AwsClients.Tests.Support;

namespace Cumulus.AwsClients.Tests;

/// <summary>Paginators fetch page after page, and no page before somebody wants it.</summary>
public sealed class PaginatorTests
{
    private static readonly StubAnswer[] ThreePages =
    [
        Page("<member><EventId>1</EventId></member><member><EventId>2</EventId></member>", "<NextToken>p/2+</NextToken>"),
        Page("", "<NextToken>p3</NextToken>"),
        Page("<member><EventId>3</EventId></member>", ""),
    ];

    [Fact]
    public async Task All_items_of_all_pages_come_in_order()
    {
        await using var server = new StubServer(ThreePages);
        using var client = new AmazonCloudFormationClient(Services.Credentials, server.Configure(new AmazonCloudFormationConfig()));
        var ids = new List<string>();

        await foreach (var e in client.Paginators.DescribeStackEvents(new DescribeStackEventsRequest { StackName = "s" }).StackEvents)
            ids.Add(e.EventId);

        Assert.Equal(["1", "2", "3"], ids);
        Assert.Equal([null, "p/2+", "p3"], server.Requests.Select(r => r.Field("NextToken")));
        Assert.All(server.Requests, r => Assert.Equal("s", r.Field("StackName")));
    }

    [Fact]
    public async Task Responses_come_page_by_page()
    {
        await using var server = new StubServer(ThreePages);
        using var client = new AmazonCloudFormationClient(Services.Credentials, server.Configure(new AmazonCloudFormationConfig()));
        var sizes = new List<int?>();

        await foreach (var page in client.Paginators.DescribeStackEvents(new DescribeStackEventsRequest()).Responses)
            sizes.Add(page.StackEvents?.Count);

        Assert.Equal([2, null, 1], sizes);
    }

    [Fact]
    public async Task Who_stops_early_fetches_no_further_page()
    {
        await using var server = new StubServer(ThreePages);
        using var client = new AmazonCloudFormationClient(Services.Credentials, server.Configure(new AmazonCloudFormationConfig()));

        await foreach (var e in client.Paginators.DescribeStackEvents(new DescribeStackEventsRequest()).StackEvents)
        {
            if (e.EventId == "2")
                break;
        }

        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task A_request_with_a_token_starts_there()
    {
        await using var server = new StubServer(new StubAnswer(200, """{"Commands":[{"CommandId":"c"}],"NextToken":""}"""));
        using var client = new AmazonSimpleSystemsManagementClient(Services.Credentials, server.Configure(new AmazonSimpleSystemsManagementConfig()));
        var ids = new List<string>();

        await foreach (var command in client.Paginators.ListCommands(new ListCommandsRequest { NextToken = "here" }).Commands)
            ids.Add(command.CommandId);

        Assert.Equal(["c"], ids);
        Assert.Equal("""{"NextToken":"here"}""", Assert.Single(server.Requests).Text);
    }

    [Fact]
    public async Task A_service_that_names_the_same_page_for_ever_is_an_error()
    {
        await using var server = new StubServer(Page("", "<NextToken>same</NextToken>"));
        using var client = new AmazonCloudFormationClient(Services.Credentials, server.Configure(new AmazonCloudFormationConfig()));

        await Assert.ThrowsAsync<AmazonClientException>(async () =>
        {
            await foreach (var _ in client.Paginators.DescribeStackEvents(new DescribeStackEventsRequest()).Responses)
                Assert.True(server.Requests.Count < 10);
        });

        Assert.Equal(2, server.Requests.Count);
    }

    [Fact]
    public async Task A_paginator_runs_once()
    {
        await using var server = new StubServer(Page("", ""));
        using var client = new AmazonCloudFormationClient(Services.Credentials, server.Configure(new AmazonCloudFormationConfig()));
        var paginator = client.Paginators.DescribeStackEvents(new DescribeStackEventsRequest());
        await foreach (var _ in paginator.Responses)
        {
        }

        await Assert.ThrowsAsync<InvalidOperationException>(async () =>
        {
            await foreach (var _ in paginator.StackEvents)
                Assert.Fail("there is nothing to read");
        });
    }

    private static StubAnswer Page(string events, string token) => new(
        200, $"<DescribeStackEventsResponse><DescribeStackEventsResult><StackEvents>{events}</StackEvents>{token}</DescribeStackEventsResult></DescribeStackEventsResponse>");
}
