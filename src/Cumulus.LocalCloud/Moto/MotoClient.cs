using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Cumulus.Engine;
using Cumulus.LocalCloud.Proxy;

namespace Cumulus.LocalCloud.Moto;

/// <summary>The few calls that the cloud itself makes to moto, which looks at no signature.</summary>
/// <param name="played">What is asked first; null to ask moto only.</param>
internal sealed partial class MotoClient(HttpClient http, Uri address, PlayedServices? played = null)
{
    private static readonly Dictionary<string, string> Versions = new()
    {
        ["ec2"] = "2016-11-15",
        ["autoscaling"] = "2011-01-01",
        ["cloudformation"] = "2010-05-15",
        ["elasticloadbalancing"] = "2015-12-01",
        ["elb"] = "2012-06-01",
        ["iam"] = "2010-05-08",
        ["monitoring"] = "2010-08-01",
        ["ses"] = "2010-12-01",
        ["sns"] = "2010-03-31",
        ["sqs"] = "2012-11-05",
    };

    /// <summary>One query-protocol call. The answer's names are without namespace.</summary>
    /// <exception cref="CumulusException"><c>AwsRequestFailed</c> when moto answers with an error.</exception>
    public async Task<XElement> CallAsync(string service, string region, string action, IEnumerable<(string Name, string Value)> parameters, CancellationToken cancellationToken)
    {
        var form = parameters.Append(("Action", action)).Append(("Version", Versions[service]))
            .Select(p => KeyValuePair.Create(p.Item1, p.Item2)).ToList();
        // The classic load balancers have the same name and another version.
        service = service == "elb" ? "elasticloadbalancing" : service;
        if (played is not null)
        {
            var call = new AwsCall { AccessKeyId = "", Region = region, Service = service, Protocol = AwsProtocol.Query, Operation = action, Form = form.DistinctBy(p => p.Key).ToDictionary() };
            if (await played.TryCallAsync(call, cancellationToken) is { } own)
                return own;
        }
        using var message = new HttpRequestMessage(HttpMethod.Post, address) { Content = new FormUrlEncodedContent(form) };
        message.Headers.Host = $"{service}.{region}.amazonaws.com";
        var text = await SendAsync(message, service, region, action, cancellationToken);
        var root = XElement.Parse(text);
        foreach (var element in root.DescendantsAndSelf())
            element.Name = element.Name.LocalName;
        return root;
    }

    /// <summary>Makes a bucket; one that is there already is fine.</summary>
    /// <exception cref="CumulusException"><c>AwsRequestFailed</c> when moto refuses, as it does for a name that is none.</exception>
    public async Task CreateBucketAsync(string bucket, string region, CancellationToken cancellationToken)
    {
        using var message = new HttpRequestMessage(HttpMethod.Put, new Uri(address, Uri.EscapeDataString(bucket)));
        // S3 refuses to be told that its first region is a constraint.
        if (region != "us-east-1")
        {
            message.Content = new StringContent(
                $"<CreateBucketConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><LocationConstraint>{region}</LocationConstraint></CreateBucketConfiguration>");
        }
        await SendAsync(message, "s3", region, $"CreateBucket {bucket}", cancellationToken);
    }

    /// <summary>Makes a bucket that must not be there yet: S3 in us-east-1 would take the name of one's own a second time.</summary>
    /// <exception cref="CumulusException"><c>AwsRequestFailed</c> when the name is taken or none.</exception>
    public async Task CreateNewBucketAsync(string bucket, string region, CancellationToken cancellationToken)
    {
        try
        {
            await CallS3Async(HttpMethod.Head, $"/{bucket}", region, null, cancellationToken);
        }
        catch (MotoException e) when (e.IsNotFound)
        {
            await CreateBucketAsync(bucket, region, cancellationToken);
            return;
        }
        throw new MotoException("s3", "CreateBucket", (int)HttpStatusCode.Conflict, "BucketAlreadyExists", $"{bucket} already exists");
    }

    /// <param name="path">Slash, bucket, slash and key, as in a URL.</param>
    /// <exception cref="CumulusException"><c>AwsRequestFailed</c> when there is no such object.</exception>
    public async Task<string> GetObjectAsync(string path, string region, CancellationToken cancellationToken)
    {
        using var message = new HttpRequestMessage(HttpMethod.Get, new Uri(address, "/" + path.TrimStart('/')));
        return await SendAsync(message, "s3", region, "GetObject", cancellationToken);
    }

    /// <summary>One call of SSM, whose protocol is JSON.</summary>
    /// <exception cref="CumulusException"><c>AwsRequestFailed</c> when moto answers with an error.</exception>
    public Task<JsonNode> CallSsmAsync(string region, string action, JsonObject parameters, CancellationToken cancellationToken) =>
        CallJsonAsync("ssm", "AmazonSSM", region, action, parameters, cancellationToken);

    /// <param name="target">The beginning of the operation's full name.</param>
    /// <exception cref="CumulusException"><c>AwsRequestFailed</c> when moto answers with an error.</exception>
    public async Task<JsonNode> CallJsonAsync(string service, string target, string region, string action, JsonObject parameters, CancellationToken cancellationToken)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, address)
        {
            Content = new StringContent(parameters.ToJsonString(), Encoding.UTF8, "application/x-amz-json-1.1"),
        };
        message.Headers.Add("X-Amz-Target", $"{target}.{action}");
        return JsonNode.Parse(await SendAsync(message, service, region, action, cancellationToken)) ?? new JsonObject();
    }

    /// <param name="path">Slash, bucket, and what follows.</param>
    /// <param name="body">XML or JSON; null for none.</param>
    /// <exception cref="CumulusException"><c>AwsRequestFailed</c> when moto answers with an error.</exception>
    public async Task<string> CallS3Async(HttpMethod method, string path, string region, string? body, CancellationToken cancellationToken)
    {
        using var message = new HttpRequestMessage(method, new Uri(address, path)) { Content = body is null ? null : new StringContent(body) };
        return await SendAsync(message, "s3", region, $"{method} {path}", cancellationToken);
    }

    private async Task<string> SendAsync(HttpRequestMessage message, string service, string region, string action, CancellationToken cancellationToken)
    {
        message.Headers.TryAddWithoutValidation("Authorization",
            $"AWS4-HMAC-SHA256 Credential=LOCALCLOUD/20260101/{region}/{service}/aws4_request, SignedHeaders=host, Signature=none");
        using var response = await http.SendAsync(message, cancellationToken);
        var text = await response.Content.ReadAsStringAsync(cancellationToken);
        if (response.IsSuccessStatusCode)
            return text;
        var (code, reason) = ReasonIn(text);
        throw new MotoException(service, action, (int)response.StatusCode, code, reason);
    }

    /// <summary>Code and message of an error in XML or JSON; else the answer's beginning.</summary>
    public static (string Code, string Reason) ReasonIn(string answer)
    {
        var code = WebUtility.HtmlDecode(Code().Match(answer) is { Success: true } found ? found.Groups[1].Value + found.Groups[2].Value : "");
        var reason = Message().Match(answer) is { Success: true } match ? match.Groups[1].Value + match.Groups[2].Value : answer[..Math.Min(answer.Length, 500)];
        return (code, WebUtility.HtmlDecode(reason));
    }

    [GeneratedRegex("<Code>(.*?)</Code>|\"__type\": ?\"(?:[^\"#]*#)?([^\"]*)\"", RegexOptions.Singleline)]
    private static partial Regex Code();

    [GeneratedRegex("<Message>(.*?)</Message>|\"[mM]essage\": ?\"([^\"]*)\"", RegexOptions.Singleline)]
    private static partial Regex Message();
}
