using System.Text.Json;
using Amazon;
using Amazon.EC2;
using Amazon.EC2.Model;
using Amazon.ElasticLoadBalancingV2;
using Amazon.Runtime;
using Amazon.Runtime.Endpoints;
using Cumulus.AwsClients.Tests.Support;

namespace Cumulus.AwsClients.Tests;

/// <summary>Calls go where botocore's endpoint rules lead: four regions of every partition, FIPS and dual stack, for every service.</summary>
public sealed class EndpointTests
{
    private static readonly IReadOnlyList<JsonElement> Endpoints = Golden.Rows("endpoints.json");

    public static TheoryData<string> ServiceNames() => [.. Services.All];

    [Theory]
    [MemberData(nameof(ServiceNames))]
    public void Endpoints_equal_botocores(string service)
    {
        var urls = Endpoints.Single(row => row.Text("service") == service).GetProperty("urls").EnumerateObject().ToList();
        var wrong = urls.Select(url => (url.Name, Expected: url.Value.GetString(), Actual: Resolve(service, url.Name))).Where(url => url.Expected != url.Actual);

        Assert.True(urls.Count >= 60, $"{urls.Count} endpoints");
        Assert.Equal("", string.Join('\n', wrong));
    }

    [Theory]
    [InlineData("eu-west-1", "https://ec2.eu-west-1.amazonaws.com")]
    [InlineData("cn-north-1", "https://ec2.cn-north-1.amazonaws.com.cn")]
    [InlineData("cn-north-1 dualstack", "https://ec2.cn-north-1.api.amazonwebservices.com.cn")]
    [InlineData("us-gov-west-1 fips", "https://ec2.us-gov-west-1.amazonaws.com")]
    [InlineData("us-east-1 fips", "https://ec2-fips.us-east-1.amazonaws.com")]
    [InlineData("us-east-1 fips dualstack", "https://ec2-fips.us-east-1.api.aws")]
    [InlineData("mx-future-9", "https://ec2.mx-future-9.amazonaws.com")]
    public void Known_endpoints_of_EC2(string place, string url) => Assert.Equal(url, Resolve("ec2", place));

    [Fact]
    public void Email_has_FIPS_names_in_GovCloud_too() => Assert.Equal("https://email-fips.us-gov-west-1.amazonaws.com", Resolve("ses", "us-gov-west-1 fips"));

    [Fact]
    public void A_service_URL_wins_over_the_region()
    {
        var config = new AmazonEC2Config { RegionEndpoint = RegionEndpoint.EUWest1 };
        config.ServiceURL = "http://localhost:4566";

        Assert.Equal("http://localhost:4566/", Determine(config));
    }

    [Fact]
    public void The_environment_names_an_endpoint_for_one_service()
    {
        const string Variable = "AWS_ENDPOINT_URL_ELASTIC_LOAD_BALANCING_V2";
        Environment.SetEnvironmentVariable(Variable, "http://elb.local:1");
        try
        {
            Assert.Equal("http://elb.local:1/", Determine(new AmazonElasticLoadBalancingV2Config { RegionEndpoint = RegionEndpoint.EUWest1 }));
            Assert.Equal("https://ec2.eu-west-1.amazonaws.com/", Determine(new AmazonEC2Config { RegionEndpoint = RegionEndpoint.EUWest1 }));
        }
        finally
        {
            Environment.SetEnvironmentVariable(Variable, null);
        }
    }

    private static string Resolve(string service, string place)
    {
        var words = place.Split(' ');
        var config = Services.Config(service);
        config.RegionEndpoint = RegionEndpoint.GetBySystemName(words[0]);
        config.UseFIPSEndpoint = words.Contains("fips");
        config.UseDualstackEndpoint = words.Contains("dualstack");
        return Determine(config).TrimEnd('/');
    }

    private static string Determine(ClientConfig config) =>
        config.DetermineServiceOperationEndpoint(new ServiceOperationEndpointParameters(new DescribeInstancesRequest())).URL;
}
