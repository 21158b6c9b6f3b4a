using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;
using Amazon.SimpleSystemsManagement.Model;

namespace Cumulus.LocalCloud.Tests.Support;

/// <summary>What there is in a cloud, past CloudFormation: by the services themselves.</summary>
internal static class CloudInventory
{
    private static readonly (string Service, string Version, string Action, Func<XElement, IEnumerable<string>> Ids)[] Kinds =
    [
        ("autoscaling", "2011-01-01", "DescribeAutoScalingGroups", answer => Values(answer, "AutoScalingGroupName")),
        ("ec2", "2016-11-15", "DescribeInstances", answer => Values(answer.Descendants("item").Where(item => item.Element("instanceState")?.Element("name")?.Value is not (null or "terminated")), "instanceId")),
        ("ec2", "2016-11-15", "DescribeLaunchTemplates", answer => Values(answer, "launchTemplateId")),
        ("ec2", "2016-11-15", "DescribeSecurityGroups", answer => Values(answer.Descendants("item").Where(item => item.Element("groupName") is { Value: not "default" } && item.Element("ownerId") is not null), "groupId")),
        ("ec2", "2016-11-15", "DescribeSubnets", answer => Values(answer.Descendants("item").Where(item => item.Element("defaultForAz")?.Value == "false"), "subnetId")),
        ("ec2", "2016-11-15", "DescribeVpcs", answer => Values(answer.Descendants("item").Where(item => item.Element("isDefault")?.Value == "false"), "vpcId")),
        ("elasticloadbalancing", "2015-12-01", "DescribeLoadBalancers", answer => Values(answer, "LoadBalancerArn")),
        ("elasticloadbalancing", "2015-12-01", "DescribeTargetGroups", answer => Values(answer, "TargetGroupArn")),
        ("iam", "2010-05-08", "ListInstanceProfiles", answer => Values(answer, "InstanceProfileName")),
        ("iam", "2010-05-08", "ListRoles", answer => Values(answer, "RoleName")),
        ("monitoring", "2010-08-01", "DescribeAlarms", answer => Values(answer, "AlarmName")),
        ("sns", "2010-03-31", "ListTopics", answer => Values(answer, "TopicArn")),
        ("sqs", "2012-11-05", "ListQueues", answer => Values(answer, "QueueUrl")),
    ];

    /// <summary>Names and ids of everything that is there and that a stack may have made.</summary>
    public static async Task<IReadOnlyList<string>> ReadAsync(CloudFixture cloud)
    {
        using var http = new HttpClient();
        var found = new List<string>();
        foreach (var (service, version, action, ids) in Kinds)
        {
            using var request = Sign(cloud, service, $"Action={action}&Version={version}");
            using var response = await http.SendAsync(request, CloudFixture.Within());
            response.EnsureSuccessStatusCode();
            var answer = XElement.Parse(await response.Content.ReadAsStringAsync(CloudFixture.Within()));
            foreach (var element in answer.DescendantsAndSelf())
                element.Name = element.Name.LocalName;
            found.AddRange(ids(answer));
        }
        found.AddRange((await cloud.S3.ListBucketsAsync(CloudFixture.Within())).Buckets?.Select(bucket => bucket.BucketName) ?? []);
        found.AddRange((await cloud.Ssm.DescribeParametersAsync(new DescribeParametersRequest(), CloudFixture.Within())).Parameters?.Select(parameter => parameter.Name) ?? []);
        return found;
    }

    // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
    private static HttpRequestMessage Sign(CloudFixture cloud, string service, string form)
    {
        const string type = "application/x-www-form-urlencoded";
        const string headers = "content-type;host;x-amz-date";
        var now = DateTime.UtcNow.ToString("yyyyMMddTHHmmssZ", CultureInfo.InvariantCulture);
        var scope = $"{now[..8]}/{cloud.Info.Region}/{service}/aws4_request";
        var canonical = $"POST\n/\n\ncontent-type:{type}\nhost:{new Uri(cloud.Info.Endpoint).Authority}\nx-amz-date:{now}\n\n{headers}\n{Hash(form)}";
        var key = Encoding.UTF8.GetBytes("AWS4" + cloud.Info.SecretAccessKey);
        foreach (var part in scope.Split('/'))
            key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(part));
        var signature = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"AWS4-HMAC-SHA256\n{now}\n{scope}\n{Hash(canonical)}"));
        var request = new HttpRequestMessage(HttpMethod.Post, cloud.Info.Endpoint) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(form)) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(type);
        request.Headers.Add("X-Amz-Date", now);
        request.Headers.Authorization = new AuthenticationHeaderValue(
            "AWS4-HMAC-SHA256", $"Credential={cloud.Info.AccessKeyId}/{scope}, SignedHeaders={headers}, Signature={Convert.ToHexString(signature).ToLowerInvariant()}");
        return request;
    }

    private static string Hash(string text) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text))).ToLowerInvariant();

    private static IEnumerable<string> Values(XElement answer, string name) => answer.Descendants(name).Select(element => element.Value).Distinct();

    private static IEnumerable<string> Values(IEnumerable<XElement> items, string name) => items.Elements(name).Select(element => element.Value);
}
