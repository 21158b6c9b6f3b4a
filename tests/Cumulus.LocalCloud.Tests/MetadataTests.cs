using System.Text.Json;
using Amazon.EC2.Model;
using Cumulus.LocalCloud.Tests.Support;
using Xunit;

namespace Cumulus.LocalCloud.Tests;

/// <summary>https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html.</summary>
public sealed class MetadataTests(CloudFixture cloud) : IClassFixture<CloudFixture>
{
    private const string Ask = """
        #!/bin/sh
        base=$AWS_EC2_METADATA_SERVICE_ENDPOINT/latest
        token=$(curl -s -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60' $base/api/token)
        get() { curl -s -H "X-aws-ec2-metadata-token: $token" "$base/$1"; echo; }

        """;

    [Fact]
    public async Task A_host_asks_who_it_is()
    {
        var host = await cloud.BootAsync(Ask + """
            get meta-data/instance-id
            get meta-data/placement/region
            get meta-data/local-ipv4
            get meta-data/placement/
            get user-data > /tmp/user-data; head -1 /tmp/user-data
            get dynamic/instance-identity/document
            curl -s -o /dev/null -w '%{http_code}\n' "$base/meta-data/missing"
            curl -s -o /dev/null -w '%{http_code}\n' -H 'X-aws-ec2-metadata-token: other' "$base/meta-data/instance-id"
            curl -s -o /dev/null -w '%{http_code}\n' -X PUT "$base/api/token"
            """);

        var lines = await File.ReadAllLinesAsync(host.BootLog);
        Assert.Equal([host.InstanceId, "us-east-1", host.Address, "availability-zone", "region", "#!/bin/sh"], lines[..6]);
        using var identity = JsonDocument.Parse(lines[6]);
        Assert.Equal(host.InstanceId, identity.RootElement.GetProperty("instanceId").GetString());
        Assert.Equal(["404", "401", "400"], lines[7..]);
    }

    // .../ec2-instance-metadata-options: HttpTokens, InstanceMetadataTags, HttpEndpoint
    [Fact]
    public async Task The_metadata_options_of_the_instance_hold()
    {
        var host = await cloud.BootAsync("", ("Name", "web 1"));
        string[] modify = ["ec2", "modify-instance-metadata-options", "--instance-id", host.InstanceId];
        var endpoint = await EndpointAsync(host);
        using var http = new HttpClient();

        Assert.Equal(200, await StatusAsync(http, endpoint + "/latest/meta-data/instance-id"));
        await cloud.AwsAsync([.. modify, "--http-tokens", "required", "--instance-metadata-tags", "enabled"]);
        Assert.Equal(401, await StatusAsync(http, endpoint + "/latest/meta-data/instance-id"));
        using var request = new HttpRequestMessage(HttpMethod.Put, endpoint + "/latest/api/token") { Headers = { { "X-aws-ec2-metadata-token-ttl-seconds", "60" } } };
        using var token = await http.SendAsync(request);
        http.DefaultRequestHeaders.Add("X-aws-ec2-metadata-token", await token.Content.ReadAsStringAsync());
        Assert.Equal("web 1", await http.GetStringAsync(new Uri(endpoint + "/latest/meta-data/tags/instance/Name")));
        await cloud.AwsAsync([.. modify, "--http-endpoint", "disabled"]);
        Assert.Equal(403, await StatusAsync(http, endpoint + "/latest/meta-data/instance-id"));
    }

    // .../iam-roles-for-amazon-ec2.html#instance-metadata-security-credentials
    [Fact]
    public async Task A_foreign_client_on_the_host_works_with_the_role_of_its_instance()
    {
        var name = $"role-{Guid.NewGuid():N}"[..20];
        await cloud.AwsAsync("iam", "create-role", "--role-name", name, "--assume-role-policy-document", "{}");
        await cloud.AwsAsync("iam", "create-instance-profile", "--instance-profile-name", name);
        await cloud.AwsAsync("iam", "add-role-to-instance-profile", "--instance-profile-name", name, "--role-name", name);
        var script = Ask + "get meta-data/iam/security-credentials/\nunset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY\naws sts get-caller-identity --query Account --output text\n";
        var run = await cloud.Ec2.RunInstancesAsync(new RunInstancesRequest
        {
            ImageId = "ami-0123456789abcdef0", MinCount = 1, MaxCount = 1, IamInstanceProfile = new IamInstanceProfileSpecification { Name = name },
            UserData = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(script)),
        }, CloudFixture.Within());

        var host = await cloud.HostAsync(run.Reservation.Instances[0].InstanceId, h => h.State == LocalCloudHostState.Running);

        Assert.Equal($"{name}\n123456789012\n", await File.ReadAllTextAsync(host.BootLog));
    }

    private async Task<string> EndpointAsync(LocalCloudHost host)
    {
        await cloud.RunOnAsync(host.InstanceId, "echo $AWS_EC2_METADATA_SERVICE_ENDPOINT > /srv/endpoint.new && mv /srv/endpoint.new /srv/endpoint");
        var path = Path.Combine(host.RootPath, "srv/endpoint");
        await CloudFixture.UntilAsync(() => Task.FromResult(File.Exists(path)), () => "no endpoint");
        return (await File.ReadAllTextAsync(path)).Trim();
    }

    private static async Task<int> StatusAsync(HttpClient http, string address)
    {
        using var answer = await http.GetAsync(new Uri(address));
        return (int)answer.StatusCode;
    }
}
