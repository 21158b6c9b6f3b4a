using System.Globalization;
using System.Net;
using System.Text;
using System.Web;
using System.Xml.Linq;
using Cumulus.Engine;
using Cumulus.LocalCloud.Moto;

namespace Cumulus.LocalCloud.Proxy;

/// <summary>Where CloudFormation in moto needs help until the cloud has an engine of its own.</summary>
internal sealed class StackRequests(StackGate gate, MotoClient moto, Uri motoAddress, Uri endpoint, CloudLog log)
{
    private readonly StackRequestMemory _memory = new();

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

    /// <summary>What <see cref="AfterAsync"/> must know of the state before the call: launch templates and their latest versions.</summary>
    public async Task<IReadOnlyDictionary<string, string>> BeforeAsync(AwsCall call, CancellationToken cancellationToken)
    {
        if (_memory.ChangesNothing(call))
            throw new AwsError(HttpStatusCode.BadRequest, "ValidationError", "No updates are to be performed.");
        var updates = call.Operation is "UpdateStack" or "ExecuteChangeSet" && call.Form.ContainsKey("StackName");
        return updates ? await LatestVersionsAsync(call.Region, cancellationToken) : [];
    }

    public async Task AfterAsync(AwsCall call, IReadOnlyDictionary<string, string> before, bool succeeded, CancellationToken cancellationToken)
    {
        gate.Changed(call.Region);
        if (succeeded)
            _memory.Remember(call);
        if (!succeeded && call.Operation == "CreateStack")
            await RemoveBrokenAsync(call, cancellationToken);
        if (succeeded && before.Count > 0)
            await FollowLaunchTemplatesAsync(call, before, cancellationToken);
    }

    /// <summary>
    /// An update in moto gives a launch template its new version but leaves the groups that refer to
    /// <c>LatestVersionNumber</c> at the old one. As with AWS, the instances that run are not replaced by this.
    /// </summary>
    private async Task FollowLaunchTemplatesAsync(AwsCall call, IReadOnlyDictionary<string, string> before, CancellationToken cancellationToken)
    {
        var after = await LatestVersionsAsync(call.Region, cancellationToken);
        var changed = after.Where(now => before.TryGetValue(now.Key, out var old) && old != now.Value).ToDictionary();
        if (changed.Count == 0 || !await MentionsLatestVersionAsync(call, cancellationToken))
            return;
        var groups = await moto.CallAsync("autoscaling", call.Region, "DescribeAutoScalingGroups", [], cancellationToken);
        foreach (var group in groups.Descendants("AutoScalingGroups").Elements("member"))
        {
            var id = group.Element("LaunchTemplate")?.Element("LaunchTemplateId")?.Value ?? "";
            if (changed.TryGetValue(id, out var newest) && group.Element("LaunchTemplate")!.Element("Version")?.Value == before[id])
            {
                await moto.CallAsync("autoscaling", call.Region, "UpdateAutoScalingGroup",
                    [("AutoScalingGroupName", group.Element("AutoScalingGroupName")!.Value), ("LaunchTemplate.LaunchTemplateId", id), ("LaunchTemplate.Version", newest)],
                    cancellationToken);
            }
        }
    }

    private async Task<bool> MentionsLatestVersionAsync(AwsCall call, CancellationToken cancellationToken)
    {
        var template = await moto.CallAsync("cloudformation", call.Region, "GetTemplate", [("StackName", call.Form["StackName"])], cancellationToken);
        return template.Value.Contains("LatestVersionNumber", StringComparison.Ordinal);
    }

    private async Task<Dictionary<string, string>> LatestVersionsAsync(string region, CancellationToken cancellationToken)
    {
        var templates = await moto.CallAsync("ec2", region, "DescribeLaunchTemplates", [], cancellationToken);
        return templates.Descendants("launchTemplates").Elements("item")
            .ToDictionary(item => item.Element("launchTemplateId")!.Value, item => item.Element("latestVersionNumber")!.Value);
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
