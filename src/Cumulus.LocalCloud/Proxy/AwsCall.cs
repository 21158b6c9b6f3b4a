using System.Net;
using System.Web;
using Cumulus.LocalCloud.Calls;
using Cumulus.LocalCloud.Signing;

namespace Cumulus.LocalCloud.Proxy;

/// <summary>How a service writes its answers and errors.</summary>
internal enum AwsProtocol
{
    S3,
    Query,
    Ec2,
    Json,
    RestJson,
    Cbor,
}

/// <summary>What can be said of a request to AWS without knowing its service: who signed it, for what, and which operation it is.</summary>
internal sealed record AwsCall
{
    public required string AccessKeyId { get; init; }

    public required string Region { get; init; }

    /// <summary>The name that the service is signed with: <c>s3</c>, <c>ec2</c>, <c>cloudformation</c>.</summary>
    public required string Service { get; init; }

    public required AwsProtocol Protocol { get; init; }

    /// <summary>Where only the service knows which path is which (REST with JSON): method and path.</summary>
    public string? Operation { get; init; }

    /// <summary>Parameters of the query protocol.</summary>
    public IReadOnlyDictionary<string, string> Form { get; init; } = new Dictionary<string, string>();

    /// <summary>What it is about, as it is named there.</summary>
    public IReadOnlyList<string> Resources { get; init; } = [];

    /// <summary>The same as policies name it; empty when the call is about nothing that a policy can name.</summary>
    public IReadOnlyList<string> Arns { get; init; } = [];

    public override string ToString() => Operation is null ? Service : $"{Service} {Operation}";

    /// <summary>Reads the headers.</summary>
    public static AwsCall FromHeaders(HttpListenerRequest request, Signature signature)
    {
        var target = request.Headers["X-Amz-Target"];
        var isForm = request.ContentType?.StartsWith("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase) == true;
        var protocol = signature.Service switch
        {
            "s3" => AwsProtocol.S3,
            "ec2" => AwsProtocol.Ec2,
            _ when request.Headers["Smithy-Protocol"] == "rpc-v2-cbor" => AwsProtocol.Cbor,
            _ when target is not null => AwsProtocol.Json,
            _ when isForm || request.QueryString["Action"] is not null => AwsProtocol.Query,
            _ => AwsProtocol.RestJson,
        };
        var path = Uri.UnescapeDataString(request.RawUrl!.Split('?')[0]);
        var call = new AwsCall { AccessKeyId = signature.AccessKeyId, Region = signature.Region, Service = signature.Service, Protocol = protocol };
        return protocol switch
        {
            AwsProtocol.S3 => call.ForS3(request, path),
            AwsProtocol.Json => call with { Operation = target!.Split('.')[^1] },
            AwsProtocol.Query or AwsProtocol.Ec2 => call with { Operation = request.QueryString["Action"] },
            // https://smithy.io/2.0/additional-specs/protocols/smithy-rpc-v2.html
            AwsProtocol.Cbor => call with { Operation = path.Split('/')[^1] },
            _ => call with { Operation = $"{request.HttpMethod} {path}" },
        };
    }

    /// <summary>With what the body says.</summary>
    public AwsCall WithBody(byte[] body)
    {
        var call = Protocol is AwsProtocol.Query or AwsProtocol.Ec2 && body.Length > 0 ? WithForm(System.Text.Encoding.UTF8.GetString(body)) : this;
        var names = CallResources.Of(call, body);
        return call with
        {
            Resources = [.. names.Select(name => name.Value).Distinct()],
            Arns = [.. names.Select(name => ResourceArns.Of(Service, Region, name.Parameter, name.Value)).OfType<string>().Distinct()],
        };
    }

    /// <summary>Reading changes nothing; what is not plainly a reading may change something.</summary>
    public bool IsReading => Operation is { } name &&
        (name.StartsWith("Describe", StringComparison.Ordinal) || name.StartsWith("Get", StringComparison.Ordinal) || name.StartsWith("List", StringComparison.Ordinal));

    private AwsCall WithForm(string body)
    {
        var pairs = HttpUtility.ParseQueryString(body);
        var form = pairs.AllKeys.OfType<string>().ToDictionary(name => name, name => pairs[name] ?? "");
        return this with { Form = form, Operation = form.GetValueOrDefault("Action") ?? Operation };
    }

    private AwsCall ForS3(HttpListenerRequest request, string path)
    {
        var source = Uri.UnescapeDataString(request.Headers["X-Amz-Copy-Source"] ?? "").TrimStart('/').Split('?')[0];
        string[] names = [.. new[] { path.Trim('/') == "" ? "" : path.TrimStart('/'), source }.Where(name => name != "")];
        return this with
        {
            Operation = S3Operation.Of(request.HttpMethod, path, request.QueryString, isCopy: source != ""),
            Resources = names,
            Arns = [.. names.Select(name => $"arn:aws:s3:::{name}")],
        };
    }
}
