using Amazon.CloudFormation;
using Amazon.CloudFormation.Model;

namespace Cumulus.Engine.Aws;

/// <summary>CloudFormation by the client.</summary>
internal sealed class CloudFormationStackOperations(CloudFormationCalls calls) : IStackOperations
{
    private readonly IAmazonCloudFormation _client = calls.Client;

    public Task RollbackAsync(string nameOrId, string token, CancellationToken cancellationToken)
    {
        var request = new RollbackStackRequest { StackName = nameOrId, ClientRequestToken = token };
        return calls.CallAsync("RollbackStack", () => _client.RollbackStackAsync(request, cancellationToken), cancellationToken);
    }

    public Task ContinueRollbackAsync(string nameOrId, IReadOnlyList<string> skip, string token, CancellationToken cancellationToken)
    {
        var request = new ContinueUpdateRollbackRequest { StackName = nameOrId, ResourcesToSkip = ChangeSetMapping.List(skip), ClientRequestToken = token };
        return calls.CallAsync("ContinueUpdateRollback", () => _client.ContinueUpdateRollbackAsync(request, cancellationToken), cancellationToken);
    }

    public Task CancelUpdateAsync(string nameOrId, string token, CancellationToken cancellationToken)
    {
        var request = new CancelUpdateStackRequest { StackName = nameOrId, ClientRequestToken = token };
        return calls.CallAsync("CancelUpdateStack", () => _client.CancelUpdateStackAsync(request, cancellationToken), cancellationToken);
    }

    public async Task<string?> PolicyAsync(string nameOrId, CancellationToken cancellationToken)
    {
        var request = new GetStackPolicyRequest { StackName = nameOrId };
        return CloudFormationCalls.Text((await calls.OrAbsentAsync("GetStackPolicy", () => _client.GetStackPolicyAsync(request, cancellationToken), cancellationToken))?.StackPolicyBody);
    }

    public Task SetPolicyAsync(string nameOrId, string policy, CancellationToken cancellationToken)
    {
        var request = new SetStackPolicyRequest { StackName = nameOrId, StackPolicyBody = policy };
        return calls.CallAsync("SetStackPolicy", () => _client.SetStackPolicyAsync(request, cancellationToken), cancellationToken);
    }

    public Task ProtectAsync(string nameOrId, bool isProtected, CancellationToken cancellationToken)
    {
        var request = new UpdateTerminationProtectionRequest { StackName = nameOrId, EnableTerminationProtection = isProtected };
        return calls.CallAsync("UpdateTerminationProtection", () => _client.UpdateTerminationProtectionAsync(request, cancellationToken), cancellationToken);
    }

    public async Task<string> DetectDriftAsync(string nameOrId, CancellationToken cancellationToken)
    {
        var request = new DetectStackDriftRequest { StackName = nameOrId };
        return (await calls.CallAsync("DetectStackDrift", () => _client.DetectStackDriftAsync(request, cancellationToken), cancellationToken)).StackDriftDetectionId;
    }

    public async Task<DriftDetection> DriftDetectionAsync(string detectionId, CancellationToken cancellationToken)
    {
        var request = new DescribeStackDriftDetectionStatusRequest { StackDriftDetectionId = detectionId };
        DescribeStackDriftDetectionStatusResponse answer =
            await calls.CallAsync("DescribeStackDriftDetectionStatus", () => _client.DescribeStackDriftDetectionStatusAsync(request, cancellationToken), cancellationToken);
        return new DriftDetection(answer.DetectionStatus?.Value ?? "", CloudFormationCalls.Text(answer.StackDriftStatus?.Value), CloudFormationCalls.Text(answer.DetectionStatusReason));
    }

    public async Task<IReadOnlyList<ResourceDrift>> DriftsAsync(string nameOrId, CancellationToken cancellationToken)
    {
        var all = new List<ResourceDrift>();
        string? next = null;
        do
        {
            var request = new DescribeStackResourceDriftsRequest { StackName = nameOrId, NextToken = next };
            DescribeStackResourceDriftsResponse? page =
                await calls.OrAbsentAsync("DescribeStackResourceDrifts", () => _client.DescribeStackResourceDriftsAsync(request, cancellationToken), cancellationToken);
            all.AddRange((page?.StackResourceDrifts ?? []).Select(d => new ResourceDrift(
                d.LogicalResourceId,
                CloudFormationCalls.Text(d.PhysicalResourceId),
                d.ResourceType,
                d.StackResourceDriftStatus?.Value ?? "",
                [.. (d.PropertyDifferences ?? []).Select(p => new PropertyDrift(p.PropertyPath, CloudFormationCalls.Text(p.ExpectedValue), CloudFormationCalls.Text(p.ActualValue), p.DifferenceType?.Value ?? ""))])));
            next = CloudFormationCalls.Text(page?.NextToken);
        }
        while (next is not null);
        return all;
    }
}
