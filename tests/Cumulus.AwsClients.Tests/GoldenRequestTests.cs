using System.Text.Json;
using System.Text.Json.Nodes;
using Amazon;
using Cumulus.AwsClients.Tests.Support;

namespace Cumulus.AwsClients.Tests;

/// <summary>What goes over the wire is what botocore's serializers send for the same input.</summary>
public sealed class GoldenRequestTests
{
    private static readonly IReadOnlyList<JsonElement> Cases = [.. Golden.Rows("cases.json"), .. Golden.Rows("generated-cases.json")];
    private static readonly IReadOnlyList<JsonElement> Requests = Golden.Rows("requests.json");

    public static TheoryData<int, string> Indexes()
    {
        var data = new TheoryData<int, string>();
        for (var i = 0; i < Cases.Count; i++)
            data.Add(i, $"{Cases[i].Text("service")} {Cases[i].Text("operation")}");
        return data;
    }

    [Theory]
    [MemberData(nameof(Indexes))]
    public async Task A_request_equals_botocores(int index, string name)
    {
        var (input, expected) = (Cases[index], Requests[index]);
        var service = input.Text("service");
        Assert.Equal(name, $"{service} {expected.Text("operation")}");
        var isJson = expected.TryGetProperty("json", out var json);

        var sent = await SendAsync(service, input.Text("operation"), input.GetProperty("input"), isJson ? "{}" : "<Answer/>");

        if (isJson)
        {
            Assert.Equal(expected.Text("target"), sent.Request!.Headers.GetValues("X-Amz-Target").Single());
            Assert.Equal(expected.Text("contentType"), sent.Request.Content!.Headers.ContentType!.ToString());
            Assert.True(JsonNode.DeepEquals(JsonNode.Parse(json.GetRawText()), JsonNode.Parse(sent.Body)), $"expected {json}\nbut was  {sent.Body}");
        }
        else
        {
            Assert.Equal(Lines(expected.GetProperty("form").EnumerateObject().Select(p => (p.Name, p.Value.GetString()!))), Lines(Form(sent.Body)));
            Assert.StartsWith("application/x-www-form-urlencoded", sent.Request!.Content!.Headers.ContentType!.ToString(), StringComparison.Ordinal);
        }
        Assert.Equal(HttpMethod.Post, sent.Request.Method);
        Assert.Equal("/", sent.Request.RequestUri!.PathAndQuery);
    }

    [Fact]
    public void Every_operation_and_all_three_protocols_are_among_the_cases()
    {
        var covered = Requests.Select(r => (r.Text("service"), r.Text("operation"))).ToHashSet();
        var methods = Services.All.SelectMany(service => Services.Type(service, Services.Config(service).GetType().Name.Replace("Config", "Client"))
            .GetMethods().Where(m => m.Name.EndsWith("Async", StringComparison.Ordinal) && m.IsVirtual).Select(m => (service, m.Name[..^"Async".Length]))).ToHashSet();

        Assert.Empty(methods.Except(covered));
        Assert.True(Requests.Count(r => r.TryGetProperty("json", out _)) >= 40);
        Assert.True(Requests.Count(r => r.TryGetProperty("form", out _) && r.Text("service") == "ec2") >= 40);
        Assert.True(Requests.Count(r => r.TryGetProperty("form", out _) && r.Text("service") != "ec2") >= 40);
    }

    [Fact]
    public async Task A_missing_idempotency_token_is_made_up_once_per_call()
    {
        var http = new CannedHttp("<Answer/>");
        var config = new Amazon.EC2.AmazonEC2Config { RegionEndpoint = RegionEndpoint.EUWest1, HttpClientFactory = http };
        using var client = new Amazon.EC2.AmazonEC2Client(Services.Credentials, config);
        var request = new Amazon.EC2.Model.RunInstancesRequest { ImageId = "ami-1", MinCount = 1, MaxCount = 1 };

        await client.RunInstancesAsync(request);
        var first = Form(http.Body).Single(p => p.Name == "ClientToken").Value;
        await client.RunInstancesAsync(request);
        var second = Form(http.Body).Single(p => p.Name == "ClientToken").Value;

        Assert.True(Guid.TryParse(first, out _));
        Assert.NotEqual(first, second);
        Assert.Null(request.ClientToken);
    }

    private static async Task<CannedHttp> SendAsync(string service, string operation, JsonElement input, string answer)
    {
        var http = new CannedHttp(answer);
        var config = Services.Config(service);
        config.RegionEndpoint = RegionEndpoint.EUWest1;
        config.HttpClientFactory = http;
        using var client = Services.Client(service, config);
        await Services.CallAsync(client, operation, ShapeJson.Build(Services.ModelType(service, operation + "Request"), input));
        return http;
    }

    private static IEnumerable<(string Name, string Value)> Form(string body) =>
        body.Split('&').Select(pair => pair.Split('=')).Select(pair => (Uri.UnescapeDataString(pair[0]), Uri.UnescapeDataString(pair[1])));

    private static string Lines(IEnumerable<(string Name, string Value)> form) =>
        string.Join('\n', form.OrderBy(p => p.Name, StringComparer.Ordinal).Select(p => $"{p.Name}={p.Value}"));
}
