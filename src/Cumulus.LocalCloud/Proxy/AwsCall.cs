using System.Net;
using System.Web;

namespace Cumulus.LocalCloud.Proxy;

/// <summary>How a service writes its answers and errors.</summary>
internal enum AwsProtocol
{
    S3,
    Query,
    Ec2,
    Json,
    RestJson,
}

/// <summary>What can be said of a request to AWS without knowing its service: who signed it, for what, and which operation it is.</summary>
internal sealed record AwsCall
{
    public required string AccessKeyId { get; init; }

    public required string Region { get; init; }

    /// <summary>The name that the service is signed with: <c>s3</c>, <c>ec2</c>, <c>cloudformation</c>.</summary>
    public required string Service { get; init; }

    public required AwsProtocol Protocol { get; init; }

    /// <summary>Null where the path and method tell (S3, REST).</summary>
    public string? Operation { get; init; }

    /// <summary>Parameters of the query protocol.</summary>
    public IReadOnlyDictionary<string, string> Form { get; init; } = new Dictionary<string, string>();

    public override string ToString() => Operation is null ? Service : $"{Service} {Operation}";

    /// <summary>Reads the headers; null when the request is not signed (signature version 4).</summary>
    public static AwsCall? FromHeaders(HttpListenerRequest request)
    {
        // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-authentication-methods.html
        var scope = (Between(request.Headers["Authorization"] ?? "", "Credential=", ',') ?? request.QueryString["X-Amz-Credential"])?.Split('/');
        if (scope is not [var key, _, var region, var service, _])
            return null;
        var target = request.Headers["X-Amz-Target"];
        var isForm = request.ContentType?.StartsWith("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase) == true;
        return new AwsCall
        {
            AccessKeyId = key,
            Region = region,
            Service = service,
            Operation = target?[(target.LastIndexOf('.') + 1)..] ?? request.QueryString["Action"],
            Protocol = service switch
            {
                "s3" => AwsProtocol.S3,
                "ec2" => AwsProtocol.Ec2,
                _ when target is not null => AwsProtocol.Json,
                _ when isForm || request.QueryString["Action"] is not null => AwsProtocol.Query,
                _ => AwsProtocol.RestJson,
            },
        };
    }

    public AwsCall WithForm(string body)
    {
        var pairs = HttpUtility.ParseQueryString(body);
        var form = pairs.AllKeys.OfType<string>().ToDictionary(name => name, name => pairs[name] ?? "");
        return this with { Form = form, Operation = form.GetValueOrDefault("Action") ?? Operation };
    }

    /// <summary>Reading changes nothing; what is not plainly a reading may change something.</summary>
    public bool IsReading => Operation is { } name &&
        (name.StartsWith("Describe", StringComparison.Ordinal) || name.StartsWith("Get", StringComparison.Ordinal) || name.StartsWith("List", StringComparison.Ordinal));

    private static string? Between(string text, string start, char end)
    {
        var from = text.IndexOf(start, StringComparison.Ordinal);
        return from < 0 ? null : text[(from + start.Length)..].Split(end)[0].Trim();
    }
}
