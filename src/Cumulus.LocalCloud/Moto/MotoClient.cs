using System.Net;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Cumulus.Engine;

namespace Cumulus.LocalCloud.Moto;

/// <summary>The few calls that the cloud itself makes to moto, which looks at no signature.</summary>
internal sealed partial class MotoClient(HttpClient http, Uri address)
{
    private static readonly Dictionary<string, string> Versions = new()
    {
        ["ec2"] = "2016-11-15",
        ["autoscaling"] = "2011-01-01",
        ["cloudformation"] = "2010-05-15",
    };

    /// <summary>One query-protocol call. The answer's names are without namespace.</summary>
    /// <exception cref="CumulusException"><c>AwsRequestFailed</c> when moto answers with an error.</exception>
    public async Task<XElement> CallAsync(string service, string region, string action, IEnumerable<(string Name, string Value)> parameters, CancellationToken cancellationToken)
    {
        var form = parameters.Append(("Action", action)).Append(("Version", Versions[service]))
            .Select(p => KeyValuePair.Create(p.Item1, p.Item2));
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

    /// <param name="path">Slash, bucket, slash and key, as in a URL.</param>
    /// <exception cref="CumulusException"><c>AwsRequestFailed</c> when there is no such object.</exception>
    public async Task<string> GetObjectAsync(string path, string region, CancellationToken cancellationToken)
    {
        using var message = new HttpRequestMessage(HttpMethod.Get, new Uri(address, "/" + path.TrimStart('/')));
        return await SendAsync(message, "s3", region, "GetObject", cancellationToken);
    }

    private async Task<string> SendAsync(HttpRequestMessage message, string service, string region, string action, CancellationToken cancellationToken)
    {
        message.Headers.TryAddWithoutValidation("Authorization",
            $"AWS4-HMAC-SHA256 Credential=LOCALCLOUD/20260101/{region}/{service}/aws4_request, SignedHeaders=host, Signature=none");
        using var response = await http.SendAsync(message, cancellationToken);
        var text = await response.Content.ReadAsStringAsync(cancellationToken);
        if (response.IsSuccessStatusCode)
            return text;
        throw new CumulusException(ErrorIds.AwsRequestFailed, FailureKind.OperationFailed,
            $"moto answered {service} {action} with {(int)response.StatusCode}: {ReasonIn(text)}");
    }

    /// <summary>The message of an error in XML; else the answer's beginning.</summary>
    private static string ReasonIn(string answer) =>
        Message().Match(answer) is { Success: true } match ? WebUtility.HtmlDecode(match.Groups[1].Value) : answer[..Math.Min(answer.Length, 500)];

    [GeneratedRegex("<Message>(.*?)</Message>", RegexOptions.Singleline)]
    private static partial Regex Message();
}
