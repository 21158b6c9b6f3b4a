using System.Globalization;
using System.Text;
using System.Web;
using Cumulus.Engine;
using Cumulus.LocalCloud.Moto;

namespace Cumulus.LocalCloud.Proxy;

/// <summary>Where CloudFormation in moto needs help until the cloud has an engine of its own.</summary>
internal sealed class StackRequests(StackGate gate, MotoClient moto, Uri motoAddress, Uri endpoint, CloudLog log)
{
    public Task<IDisposable> EnterAsync(CancellationToken cancellationToken) => gate.EnterAsync(cancellationToken);

    /// <summary>Points a TemplateURL at moto itself: it takes a bucket from the path only where the URL says localhost.</summary>
    public byte[]? Rewrite(AwsCall call, byte[]? body)
    {
        if (body is null || !call.Form.TryGetValue("TemplateURL", out var text) || !Uri.TryCreate(text, UriKind.Absolute, out var url) ||
            url.Authority != endpoint.Authority)
        {
            return body;
        }
        var pairs = HttpUtility.ParseQueryString(Encoding.UTF8.GetString(body));
        pairs["TemplateURL"] = string.Create(CultureInfo.InvariantCulture, $"http://localhost:{motoAddress.Port}{url.PathAndQuery}");
        return Encoding.UTF8.GetBytes(pairs.ToString()!);
    }

    public async Task AfterAsync(AwsCall call, bool succeeded, CancellationToken cancellationToken)
    {
        if (call.Service == "cloudformation")
            gate.Changed(call.Region);
        if (!succeeded && call.Operation == "CreateStack")
            await RemoveBrokenAsync(call, cancellationToken);
    }

    /// <summary>
    /// A stack that moto failed to create would make every later DescribeStacks fail. AWS would roll it back; here it is
    /// removed, and the caller has the error.
    /// </summary>
    private async Task RemoveBrokenAsync(AwsCall call, CancellationToken cancellationToken)
    {
        var name = call.Form.GetValueOrDefault("StackName", "");
        try
        {
            var status = await moto.CallAsync("cloudformation", call.Region, "ListStacks", [("StackStatusFilter.member.1", "CREATE_IN_PROGRESS")], cancellationToken);
            if (status.Descendants("StackName").Any(element => element.Value == name))
                await moto.CallAsync("cloudformation", call.Region, "DeleteStack", [("StackName", name)], cancellationToken);
        }
        catch (CumulusException e)
        {
            log.Write($"stack {name}, which moto failed to create, could not be removed: {e.Message}");
        }
    }
}
