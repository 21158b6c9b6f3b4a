using System.Runtime.CompilerServices;
using Amazon.CloudFormation;
using Amazon.CloudFormation.Model;

namespace Cumulus.Engine.Aws;

/// <summary>CloudFormation by the client. Texts are looked at only where the service has no code of its own.</summary>
internal sealed class CloudFormationStackService(CloudFormationCalls calls) : IStackService
{
    private readonly IAmazonCloudFormation _client = calls.Client;

    public async Task<StackDescription?> FindAsync(string nameOrId, CancellationToken cancellationToken)
    {
        DescribeStacksResponse? answer = await calls.OrAbsentAsync("DescribeStacks", () => _client.DescribeStacksAsync(new DescribeStacksRequest { StackName = nameOrId }, cancellationToken), cancellationToken);
        return answer?.Stacks is [{ } stack] && stack.StackStatus != StackStatus.DELETE_COMPLETE ? Description(stack) : null;
    }

    public async IAsyncEnumerable<StackDescription> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? next = null;
        do
        {
            var request = new DescribeStacksRequest { NextToken = next };
            DescribeStacksResponse page = await calls.CallAsync("DescribeStacks", () => _client.DescribeStacksAsync(request, cancellationToken), cancellationToken);
            foreach (Stack stack in page.Stacks ?? [])
            {
                if (stack.StackStatus != StackStatus.DELETE_COMPLETE) yield return Description(stack);
            }

            next = CloudFormationCalls.Text(page.NextToken);
        }
        while (next is not null);
    }

    public async IAsyncEnumerable<StackEventRecord> EventsAsync(
        string nameOrId,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? next = null;
        do
        {
            var request = new DescribeStackEventsRequest { StackName = nameOrId, NextToken = next };
            DescribeStackEventsResponse? page = await calls.OrAbsentAsync("DescribeStackEvents", () => _client.DescribeStackEventsAsync(request, cancellationToken), cancellationToken);
            foreach (StackEvent e in page?.StackEvents ?? [])
            {
                yield return new StackEventRecord(
                    e.EventId,
                    CloudFormationCalls.Time(e.Timestamp),
                    e.StackId,
                    e.StackName,
                    e.LogicalResourceId,
                    e.PhysicalResourceId,
                    e.ResourceType,
                    e.ResourceStatus?.Value ?? "",
                    e.ResourceStatusReason,
                    CloudFormationCalls.Text(e.ClientRequestToken))
                { OperationId = CloudFormationCalls.Text(e.OperationId) };
            }

            next = CloudFormationCalls.Text(page?.NextToken);
        }
        while (next is not null);
    }

    public async Task<IReadOnlyList<OperationFailure>> FailuresAsync(string operationIdOrChangeSetId, CancellationToken cancellationToken)
    {
        bool isChangeSet = operationIdOrChangeSetId.Contains(":changeSet/", StringComparison.Ordinal);
        var all = new List<OperationFailure>();
        string? next = null;
        do
        {
            var request = new DescribeEventsRequest
            {
                OperationId = isChangeSet ? null : operationIdOrChangeSetId,
                ChangeSetName = isChangeSet ? operationIdOrChangeSetId : null,
                Filters = new EventFilter { FailedEvents = true },
                NextToken = next,
            };
            DescribeEventsResponse? page = await calls.IfKnownAsync("DescribeEvents", () => _client.DescribeEventsAsync(request, cancellationToken), cancellationToken);
            all.AddRange((page?.OperationEvents ?? []).Select(Failure));
            next = CloudFormationCalls.Text(page?.NextToken);
        }
        while (next is not null);
        return all;
    }

    public async Task<IReadOnlyList<StackResourceRecord>> ResourcesAsync(string nameOrId, CancellationToken cancellationToken)
    {
        var all = new List<StackResourceRecord>();
        string? next = null;
        do
        {
            var request = new ListStackResourcesRequest { StackName = nameOrId, NextToken = next };
            ListStackResourcesResponse? page = await calls.OrAbsentAsync("ListStackResources", () => _client.ListStackResourcesAsync(request, cancellationToken), cancellationToken);
            all.AddRange((page?.StackResourceSummaries ?? []).Select(r =>
                new StackResourceRecord(r.LogicalResourceId, CloudFormationCalls.Text(r.PhysicalResourceId), r.ResourceType, r.ResourceStatus?.Value ?? "", r.ResourceStatusReason)
                {
                    ChangedAt = r.LastUpdatedTimestamp is { } at ? CloudFormationCalls.Time(at) : null,
                }));
            next = CloudFormationCalls.Text(page?.NextToken);
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
            await calls.CallAsync("ValidateTemplate", () => _client.ValidateTemplateAsync(validation, cancellationToken), cancellationToken);
            GetTemplateSummaryResponse answer = await calls.CallAsync("GetTemplateSummary", () => _client.GetTemplateSummaryAsync(summary, cancellationToken), cancellationToken);
            return [.. (answer.Parameters ?? []).Select(p => new TemplateParameter(p.ParameterKey, p.DefaultValue, p.NoEcho == true, CloudFormationCalls.Text(p.Description)))];
        }
        catch (CumulusException e) when (CloudFormationCalls.IsRefusal(e, out string reason))
        {
            throw new CumulusException(ErrorIds.TemplateInvalid, FailureKind.InvalidInput, reason, e) { Target = template.Url };
        }
    }

    public async Task<string?> TemplateBodyAsync(string nameOrId, CancellationToken cancellationToken)
    {
        var request = new GetTemplateRequest { StackName = nameOrId, TemplateStage = TemplateStage.Original };
        return (await calls.OrAbsentAsync("GetTemplate", () => _client.GetTemplateAsync(request, cancellationToken), cancellationToken))?.TemplateBody;
    }

    public async Task<string> CreateAsync(StackChange change, CancellationToken cancellationToken)
    {
        var request = new CreateStackRequest
        {
            StackName = change.StackName,
            TemplateBody = change.Template.Body,
            TemplateURL = change.Template.Url,
            Parameters = ChangeSetMapping.Parameters(change),
            Tags = ChangeSetMapping.Tags(change),
            Capabilities = [.. change.Capabilities],
            DisableRollback = change.IsExpress || change.OnFailure is not null ? null : change.DisableRollback,
            OnFailure = change.IsExpress ? null : change.OnFailure,
            DeploymentConfig = ChangeSetMapping.Mode(change),
            TimeoutInMinutes = change.TimeoutInMinutes,
            RoleARN = change.RoleArn,
            NotificationARNs = ChangeSetMapping.List(change.NotificationArns),
            RollbackConfiguration = ChangeSetMapping.Triggers(change),
            ClientRequestToken = change.Token,
        };
        return (await calls.CallAsync("CreateStack", () => _client.CreateStackAsync(request, cancellationToken), cancellationToken)).StackId;
    }

    public async Task<ChangeSetReference> CreateChangeSetAsync(ChangeSetRequest request, CancellationToken cancellationToken)
    {
        try
        {
            CreateChangeSetResponse answer = await calls.CallAsync("CreateChangeSet", () => _client.CreateChangeSetAsync(ChangeSetMapping.Request(request), cancellationToken), cancellationToken);
            return new ChangeSetReference(answer.Id, answer.StackId);
        }
        catch (CumulusException e) when (CloudFormationCalls.Code(e) is "AlreadyExistsException")
        {
            throw new CumulusException(ErrorIds.ChangeSetExists, FailureKind.Conflict, $"Stack '{request.Change.StackName}' has a change set '{request.Name}' already.", e) { Target = request.Change.StackName };
        }
    }

    public async Task<StackChangeSet?> ChangeSetAsync(string nameOrId, string? stackName, CancellationToken cancellationToken)
    {
        StackChangeSet? whole = null;
        string? next = null;
        do
        {
            // The values of properties are what a person wants to see; secrets are masked by the service.
            var request = new DescribeChangeSetRequest { ChangeSetName = nameOrId, StackName = stackName, IncludePropertyValues = true, NextToken = next };
            DescribeChangeSetResponse? page = await calls.OrAbsentAsync("DescribeChangeSet", () => _client.DescribeChangeSetAsync(request, cancellationToken), cancellationToken);
            if (page is null) return null;
            StackChangeSet part = ChangeSetMapping.Read(page);
            whole = whole is null ? part : part with { Changes = [.. whole.Changes, .. part.Changes] };
            next = CloudFormationCalls.Text(page.NextToken);
        }
        while (next is not null);
        return whole;
    }

    public async Task<IReadOnlyList<string>> ChangeSetsAsync(string nameOrId, CancellationToken cancellationToken)
    {
        var ids = new List<string>();
        string? next = null;
        do
        {
            var request = new ListChangeSetsRequest { StackName = nameOrId, NextToken = next };
            ListChangeSetsResponse? page = await calls.OrAbsentAsync("ListChangeSets", () => _client.ListChangeSetsAsync(request, cancellationToken), cancellationToken);
            ids.AddRange((page?.Summaries ?? []).Where(s => s.ExecutionStatus?.Value.StartsWith("EXECUTE_", StringComparison.Ordinal) != true).Select(s => s.ChangeSetId));
            next = CloudFormationCalls.Text(page?.NextToken);
        }
        while (next is not null);
        return ids;
    }

    public Task ExecuteChangeSetAsync(string id, string token, bool? disableRollback, CancellationToken cancellationToken)
    {
        var request = new ExecuteChangeSetRequest { ChangeSetName = id, ClientRequestToken = token, DisableRollback = disableRollback };
        return calls.CallAsync("ExecuteChangeSet", () => _client.ExecuteChangeSetAsync(request, cancellationToken), cancellationToken);
    }

    public Task DeleteChangeSetAsync(string id, CancellationToken cancellationToken) =>
        calls.OrAbsentAsync("DeleteChangeSet", () => _client.DeleteChangeSetAsync(new DeleteChangeSetRequest { ChangeSetName = id }, cancellationToken), cancellationToken);

    public Task DeleteAsync(StackDeletion deletion, CancellationToken cancellationToken)
    {
        var request = new DeleteStackRequest
        {
            StackName = deletion.NameOrId,
            ClientRequestToken = deletion.Token,
            RetainResources = ChangeSetMapping.List(deletion.RetainResources),
            RoleARN = deletion.RoleArn,
        };
        return calls.CallAsync("DeleteStack", () => _client.DeleteStackAsync(request, cancellationToken), cancellationToken);
    }

    // One event tells of a resource, of a validation or of a hook.
    private static OperationFailure Failure(OperationEvent e)
    {
        (string? status, string? reason, string? mode) = e.ValidationStatus is not null
            ? ($"{e.ValidationName} {e.ValidationStatus}", e.ValidationStatusReason, e.ValidationFailureMode?.Value)
            : e.HookStatus is not null ? ($"{e.HookType} {e.HookStatus}", e.HookStatusReason, e.HookFailureMode?.Value)
            : (e.ResourceStatus?.Value, e.ResourceStatusReason, null);
        return new OperationFailure(CloudFormationCalls.Time(e.Timestamp), e.StackId, e.LogicalResourceId ?? "", e.ResourceType ?? "", status ?? "", reason ?? "", mode != "WARN");
    }

    private static StackDescription Description(Stack s) => new(
        s.StackName,
        s.StackId,
        s.StackStatus?.Value ?? "",
        CloudFormationCalls.Text(s.StackStatusReason),
        CloudFormationCalls.Time(s.CreationTime),
        s.LastUpdatedTime is { } updated ? CloudFormationCalls.Time(updated) : null,
        [.. (s.Parameters ?? []).Select(p => KeyValuePair.Create(p.ParameterKey, p.ParameterValue ?? ""))],
        [.. (s.Outputs ?? []).Select(o => KeyValuePair.Create(o.OutputKey, o.OutputValue ?? ""))],
        [.. (s.Tags ?? []).Select(t => KeyValuePair.Create(t.Key, t.Value ?? ""))])
    {
        OperationId = s.LastOperations is [{ } last, ..] ? CloudFormationCalls.Text(last.OperationId) : null,
        IsProtected = s.EnableTerminationProtection == true,
        ParentId = CloudFormationCalls.Text(s.ParentId),
    };
}
