using System.Text.Json;
using Amazon;
using Amazon.Runtime;
using Cumulus.AwsClients.Tests.Support;

namespace Cumulus.AwsClients.Tests;

/// <summary>Out of the same answer comes what botocore's parsers read, for every operation and every member.</summary>
public sealed class GoldenResponseTests
{
    // The whole output of these operations is one property in the official package.
    private static readonly HashSet<string> Wrapped =
    [
        "AttachVolume", "CreateKeyPair", "CreateSnapshot", "CreateVolume", "DescribeImageAttribute", "DescribeInstanceAttribute", "DetachVolume", "RunInstances",
    ];

    private static readonly IReadOnlyList<JsonElement> Responses = Golden.Rows("responses.json");

    public static TheoryData<int, string> Indexes()
    {
        var data = new TheoryData<int, string>();
        for (var i = 0; i < Responses.Count; i++)
            data.Add(i, $"{Responses[i].Text("service")} {Responses[i].Text("operation")}");
        return data;
    }

    [Theory]
    [MemberData(nameof(Indexes))]
    public async Task A_response_equals_botocores(int index, string name)
    {
        var (row, operation) = (Responses[index], Responses[index].Text("operation"));
        var service = row.Text("service");
        var config = Services.Config(service);
        config.RegionEndpoint = RegionEndpoint.EUWest1;
        config.HttpClientFactory = new CannedHttp(row.Text("body"));
        using var client = Services.Client(service, config);

        var response = await Services.CallAsync(client, operation, Activator.CreateInstance(Services.ModelType(service, operation + "Request"))!);

        var read = service == "ec2" && Wrapped.Contains(operation) ? response.GetType().GetProperties().First(p => p.DeclaringType == response.GetType()).GetValue(response)! : response;
        Assert.Equal("", string.Join("\n", ShapeJson.Differences(row.GetProperty("value"), read, name)));
        if (!row.Text("body").StartsWith('{'))
            Assert.Equal("r-1", ((AmazonWebServiceResponse)response).ResponseMetadata.RequestId);
    }
}
