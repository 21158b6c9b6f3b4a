using System.Runtime.CompilerServices;
using Amazon.CloudFormation;
using Amazon.CloudFormation.Model;
using Amazon.Runtime;

namespace Cumulus.Engine.Aws;

/// <summary>CloudFormation by the client. Texts are looked at only where the service has no code of its own.</summary>
/// <param name="endpoint">Where the client goes, for errors.</param>
internal sealed class CloudFormationStackService(IAmazonCloudFormation client, string endpoint) : IStackService
{
    // The code for everything that the service does not like about a request.
    private const string ValidationError = "ValidationError";

    public async Task<StackDescription?> FindAsync(string nameOrId, CancellationToken cancellationToken)
    {
        DescribeStacksResponse? answer = await OrAbsentAsync("DescribeStacks", () => client.DescribeStacksAsync(new DescribeStacksRequest { StackName = nameOrId }, cancellationToken), cancellationToken);
        return answer?.Stacks is [{ } stack] && stack.StackStatus != StackStatus.DELETE_COMPLETE ? Description(stack) : null;
    }

    public async IAsyncEnumerable<StackEventRecord> EventsAsync(
        string nameOrId,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? next = null;
        do
        {
            var request = new DescribeStackEventsRequest { StackName = nameOrId, NextToken = next };
            DescribeStackEventsResponse? page = await OrAbsentAsync("DescribeStackEvents", () => client.DescribeStackEventsAsync(request, cancellationToken), cancellationToken);
            foreach (StackEvent e in page?.StackEvents ?? [])
            {
                yield return new StackEventRecord(
                    e.EventId,
                    Time(e.Timestamp),
                    e.StackId,
                    e.StackName,
                    e.LogicalResourceId,
                    e.PhysicalResourceId,
                    e.ResourceType,
                    e.ResourceStatus?.Value ?? "",
                    e.ResourceStatusReason,
                    Text(e.ClientRequestToken));
            }

            next = Text(page?.NextToken);
        }
        while (next is not null);
    }

    public async Task<IReadOnlyList<StackResourceRecord>> ResourcesAsync(string nameOrId, CancellationToken cancellationToken)
    {
        var all = new List<StackResourceRecord>();
        string? next = null;
        do
        {
            var request = new ListStackResourcesRequest { StackName = nameOrId, NextToken = next };
            ListStackResourcesResponse? page = await OrAbsentAsync("ListStackResources", () => client.ListStackResourcesAsync(request, cancellationToken), cancellationToken);
            all.AddRange((page?.StackResourceSummaries ?? []).Select(r => new StackResourceRecord(r.LogicalResourceId, Text(r.PhysicalResourceId), r.ResourceType, r.ResourceStatus?.Value ?? "", r.ResourceStatusReason)));
            next = Text(page?.NextToken);
        }
        while (next is not null);
        return all;
    }

    public async Task<IReadOnlyList<TemplateParameter>> ValidateAsync(TemplateSource template, CancellationToken cancellationToken)
    {
        // The one call says whether the template holds, the other what it declares.
        var validation = new ValidateTemplateRequest { TemplateBody = template.Body, TemplateURL = template.Url };
        var summary = new GetTemplateSummaryRequest { TemplateBody = template.Body, TemplateURL = template.Url };
        try
        {
            await CallAsync("ValidateTemplate", () => client.ValidateTemplateAsync(validation, cancellationToken), cancellationToken);
            GetTemplateSummaryResponse answer = await CallAsync("GetTemplateSummary", () => client.GetTemplateSummaryAsync(summary, cancellationToken), cancellationToken);
            return [.. (answer.Parameters ?? []).Select(p => new TemplateParameter(p.ParameterKey, p.DefaultValue, p.NoEcho == true, Text(p.Description)))];
        }
        catch (CumulusException e) when (IsRefusal(e, out string reason))
        {
            throw new CumulusException(ErrorIds.TemplateInvalid, FailureKind.InvalidInput, reason, e) { Target = template.Url };
        }
    }

    public async Task<string?> TemplateBodyAsync(string nameOrId, CancellationToken cancellationToken)
    {
        var request = new GetTemplateRequest { StackName = nameOrId, TemplateStage = TemplateStage.Original };
        return (await OrAbsentAsync("GetTemplate", () => client.GetTemplateAsync(request, cancellationToken), cancellationToken))?.TemplateBody;
    }

    public async Task<string> CreateAsync(StackChange change, CancellationToken cancellationToken)
    {
        var request = new CreateStackRequest
        {
            StackName = change.StackName,
            TemplateBody = change.Template.Body,
            TemplateURL = change.Template.Url,
            Parameters = Parameters(change),
            Tags = Tags(change),
            Capabilities = [.. change.Capabilities],
            DisableRollback = change.DisableRollback,
            TimeoutInMinutes = change.TimeoutInMinutes,
            ClientRequestToken = change.Token,
        };
        return (await CallAsync("CreateStack", () => client.CreateStackAsync(request, cancellationToken), cancellationToken)).StackId;
    }

    public async Task<string?> UpdateAsync(StackChange change, CancellationToken cancellationToken)
    {
        var request = new UpdateStackRequest
        {
            StackName = change.StackName,
            TemplateBody = change.Template.Body,
            TemplateURL = change.Template.Url,
            Parameters = Parameters(change),
            Tags = Tags(change),
            Capabilities = [.. change.Capabilities],
            DisableRollback = change.DisableRollback,
            ClientRequestToken = change.Token,
        };
        try
        {
            return (await CallAsync("UpdateStack", () => client.UpdateStackAsync(request, cancellationToken), cancellationToken)).StackId;
        }
        catch (CumulusException e) when (IsRefusal(e, out string reason) && reason.StartsWith("No updates are to be performed", StringComparison.Ordinal))
        {
            // The last resort: what could be compared has been compared before the call.
            return null;
        }
    }

    public Task DeleteAsync(string nameOrId, string clientRequestToken, CancellationToken cancellationToken) =>
        CallAsync("DeleteStack", () => client.DeleteStackAsync(new DeleteStackRequest { StackName = nameOrId, ClientRequestToken = clientRequestToken }, cancellationToken), cancellationToken);

    private Task<T> CallAsync<T>(string operation, Func<Task<T>> call, CancellationToken cancellationToken) =>
        AwsErrors.GuardAsync(new AwsCall("CloudFormation", operation, endpoint), call, cancellationToken);

    // A stack that is not there has no error code of its own.
    private async Task<T?> OrAbsentAsync<T>(string operation, Func<Task<T>> call, CancellationToken cancellationToken)
        where T : AmazonWebServiceResponse
    {
        try
        {
            return await CallAsync(operation, call, cancellationToken);
        }
        catch (CumulusException e) when (IsRefusal(e, out string reason) && reason.Contains("does not exist", StringComparison.Ordinal))
        {
            return null;
        }
    }

    private static bool IsRefusal(CumulusException e, out string reason)
    {
        var cause = e.InnerException as AmazonServiceException;
        reason = cause?.Message ?? "";
        return cause?.ErrorCode == ValidationError;
    }

    private static StackDescription Description(Stack s) => new(
        s.StackName,
        s.StackId,
        s.StackStatus?.Value ?? "",
        Text(s.StackStatusReason),
        Time(s.CreationTime),
        s.LastUpdatedTime is { } updated ? Time(updated) : null,
        [.. (s.Parameters ?? []).Select(p => KeyValuePair.Create(p.ParameterKey, p.ParameterValue ?? ""))],
        [.. (s.Outputs ?? []).Select(o => KeyValuePair.Create(o.OutputKey, o.OutputValue ?? ""))],
        [.. (s.Tags ?? []).Select(t => KeyValuePair.Create(t.Key, t.Value ?? ""))]);

    private static List<Parameter> Parameters(StackChange change) => [.. change.Parameters.Select(p => new Parameter { ParameterKey = p.Key, ParameterValue = p.Value })];

    // Null leaves the tags of a stack alone; an empty list would take away all of them.
    private static List<Tag>? Tags(StackChange change) => change.Tags.Count == 0 ? null : [.. change.Tags.Select(t => new Tag { Key = t.Key, Value = t.Value })];

    private static string? Text(string? text) => string.IsNullOrEmpty(text) ? null : text;

    private static DateTimeOffset Time(DateTime? time) => time is { } t ? new DateTimeOffset(t.ToUniversalTime(), TimeSpan.Zero) : default;
}
