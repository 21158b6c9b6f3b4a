using System.Text;
using Cumulus.Engine;
using Cumulus.LocalCloud.CloudFormation.Stacks;
using Cumulus.LocalCloud.CloudFormation.Templates;
using Cumulus.LocalCloud.Moto;

namespace Cumulus.LocalCloud.CloudFormation.Api;

/// <summary>Gets a template from where a request says it is.</summary>
internal sealed class TemplateSource(MotoClient moto)
{
    /// <summary>Bytes in a request, and in an object (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html).</summary>
    private const int BodyLimit = 51_200;
    private const int ObjectLimit = 1_048_576;

    /// <summary>Null when the request has neither body nor URL.</summary>
    /// <exception cref="Proxy.AwsError">ValidationError: it cannot be had, is too long, or is no template.</exception>
    public async Task<Template?> FindAsync(QueryForm form, string region, CancellationToken cancellationToken) =>
        await FindTextAsync(form, "Template", region, cancellationToken) is { } text ? Parse(text) : null;

    /// <summary>The text of <c>{name}Body</c>, or what is at <c>{name}URL</c>.</summary>
    public async Task<string?> FindTextAsync(QueryForm form, string name, string region, CancellationToken cancellationToken)
    {
        if (form.Text(name + "Body") is { } body)
        {
            return Encoding.UTF8.GetByteCount(body) <= BodyLimit
                ? body
                : throw StackEngine.Refused($"1 validation error detected: Value at '{char.ToLowerInvariant(name[0])}{name[1..]}Body' failed to satisfy constraint: Member must have length less than or equal to {BodyLimit}");
        }
        return form.Text(name + "URL") is { } address ? await FetchAsync(address, region, cancellationToken) : null;
    }

    public static Template Parse(string text)
    {
        try
        {
            return Template.Parse(text);
        }
        catch (TemplateException e)
        {
            throw StackEngine.Refused(e.Message);
        }
    }

    public async Task<string> FetchAsync(string address, string region, CancellationToken cancellationToken)
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
            throw StackEngine.Refused("TemplateURL must be a supported URL.");
        try
        {
            var text = await moto.GetObjectAsync(PathOf(url), region, cancellationToken);
            return Encoding.UTF8.GetByteCount(text) <= ObjectLimit ? text : throw StackEngine.Refused($"Template may not exceed {ObjectLimit} bytes in size.");
        }
        catch (CumulusException e)
        {
            throw StackEngine.Refused($"S3 error: {e.Message}");
        }
    }

    /// <summary>Bucket and key, also where the host names the bucket: bucket.s3.eu-west-1.amazonaws.com.</summary>
    private static string PathOf(Uri url)
    {
        var end = url.Host.EndsWith(".amazonaws.com", StringComparison.Ordinal) ? url.Host.IndexOf(".s3", StringComparison.Ordinal) : -1;
        return end > 0 ? $"/{url.Host[..end]}{url.PathAndQuery}" : url.PathAndQuery;
    }
}
