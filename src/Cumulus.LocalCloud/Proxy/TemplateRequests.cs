using System.Net;
using System.Text;
using System.Xml.Linq;
using Cumulus.Engine;
using Cumulus.LocalCloud.Moto;
using Cumulus.LocalCloud.Templates;

namespace Cumulus.LocalCloud.Proxy;

/// <summary>
/// ValidateTemplate and GetTemplateSummary. moto has a linter in their place, which refuses templates that CloudFormation takes,
/// and names no parameters.
/// </summary>
internal sealed class TemplateRequests(MotoClient moto, StackGate gate)
{
    /// <summary>Bytes in a request (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html).</summary>
    private const int BodyLimit = 51_200;

    private static readonly XNamespace Names = "http://cloudformation.amazonaws.com/doc/2010-05-15/";

    public static bool Handles(AwsCall call) => call.Service == "cloudformation" && call.Operation is "ValidateTemplate" or "GetTemplateSummary";

    public async Task<Answer> AnswerAsync(AwsCall call, CancellationToken cancellationToken)
    {
        try
        {
            var template = Template.Parse(await ReadAsync(call, cancellationToken));
            return Xml(call.Operation!, call.Operation == "ValidateTemplate" ? Validated(template) : Summary(template));
        }
        catch (TemplateException e)
        {
            throw Refused(e.Message);
        }
    }

    private async Task<string> ReadAsync(AwsCall call, CancellationToken cancellationToken)
    {
        if (call.Form.TryGetValue("TemplateBody", out var body))
        {
            return Encoding.UTF8.GetByteCount(body) <= BodyLimit
                ? body
                : throw Refused($"1 validation error detected: Value at 'templateBody' failed to satisfy constraint: Member must have length less than or equal to {BodyLimit}");
        }
        if (call.Form.TryGetValue("TemplateURL", out var address))
            return await FetchAsync(address, call.Region, cancellationToken);
        if (call.Operation == "GetTemplateSummary" && call.Form.TryGetValue("StackName", out var stack))
            return await OfStackAsync(stack, call.Region, cancellationToken);
        throw Refused("Either Template URL or Template Body must be specified.");
    }

    private async Task<string> FetchAsync(string address, string region, CancellationToken cancellationToken)
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
            throw Refused("TemplateURL must be a supported URL.");
        try
        {
            return await moto.GetObjectAsync(PathOf(url), region, cancellationToken);
        }
        catch (CumulusException e)
        {
            throw Refused($"S3 error: {e.Message}");
        }
    }

    /// <summary>Bucket and key, also where the host names the bucket: bucket.s3.eu-west-1.amazonaws.com.</summary>
    private static string PathOf(Uri url)
    {
        var end = url.Host.EndsWith(".amazonaws.com", StringComparison.Ordinal) ? url.Host.IndexOf(".s3", StringComparison.Ordinal) : -1;
        return end > 0 ? $"/{url.Host[..end]}{url.PathAndQuery}" : url.PathAndQuery;
    }

    private async Task<string> OfStackAsync(string stack, string region, CancellationToken cancellationToken)
    {
        using var turn = await gate.EnterAsync(cancellationToken);
        try
        {
            var answer = await moto.CallAsync("cloudformation", region, "GetTemplate", [("StackName", stack)], cancellationToken);
            return answer.Descendants("TemplateBody").Single().Value;
        }
        catch (CumulusException)
        {
            throw Refused($"Stack with id {stack} does not exist");
        }
    }

    private static IEnumerable<XElement> Validated(Template template) =>
    [
        List("Parameters", template.Parameters.Select(parameter => Member(
            Text("ParameterKey", parameter.Key),
            Text("DefaultValue", parameter.Default),
            Flag("NoEcho", parameter.NoEcho),
            Text("Description", parameter.Description)))),
        .. Common(template),
    ];

    private static IEnumerable<XElement> Summary(Template template) =>
    [
        List("Parameters", template.Parameters.Select(parameter => Member(
            Text("ParameterKey", parameter.Key),
            Text("DefaultValue", parameter.Default),
            Text("ParameterType", parameter.Type),
            Flag("NoEcho", parameter.NoEcho),
            Text("Description", parameter.Description),
            new XElement(Names + "ParameterConstraints",
                parameter.AllowedValues.Count == 0 ? null : List("AllowedValues", parameter.AllowedValues.Select(value => Member(value))))))),
        .. Common(template),
        List("ResourceTypes", template.ResourceTypes.Select(type => Member(type))),
        .. Text("Version", template.Version) is { } version ? new[] { version } : [],
    ];

    private static IEnumerable<XElement> Common(Template template)
    {
        if (Text("Description", template.Description) is { } description)
            yield return description;
        yield return List("Capabilities", template.Capabilities.Select(capability => Member(capability)));
        if (template.IamTypes.Count > 0)
            yield return Text("CapabilitiesReason", $"The following resource(s) require capabilities: [{string.Join(", ", template.IamTypes)}]")!;
        yield return List("DeclaredTransforms", template.Transforms.Select(transform => Member(transform)));
    }

    private static Answer Xml(string operation, IEnumerable<XElement> result)
    {
        var document = new XElement(Names + $"{operation}Response",
            new XElement(Names + $"{operation}Result", result),
            new XElement(Names + "ResponseMetadata", new XElement(Names + "RequestId", Guid.NewGuid().ToString())));
        return new Answer(HttpStatusCode.OK, "text/xml", Encoding.UTF8.GetBytes(document.ToString(SaveOptions.DisableFormatting)));
    }

    private static XElement List(string name, IEnumerable<XElement> members) => new(Names + name, members);

    private static XElement Member(params object?[] content) => new(Names + "member", content);

    private static XElement? Text(string name, string? value) => value is null ? null : new XElement(Names + name, value);

    private static XElement Flag(string name, bool value) => new(Names + name, value);

    private static AwsError Refused(string message) => new(HttpStatusCode.BadRequest, "ValidationError", message);
}
