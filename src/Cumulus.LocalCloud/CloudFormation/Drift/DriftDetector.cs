using System.Collections.Concurrent;
using Cumulus.Engine;
using Cumulus.LocalCloud.CloudFormation.Resources;
using Cumulus.LocalCloud.CloudFormation.Stacks;
using Cumulus.LocalCloud.Moto;
using Cumulus.LocalCloud.Proxy;

namespace Cumulus.LocalCloud.CloudFormation.Drift;

/// <summary>Finds out how far the real things have gone from what their stacks made of them.</summary>
internal sealed class DriftDetector(StackServices services)
{
    // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-drift.html
    private static readonly string[] Fit =
        ["CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "UPDATE_ROLLBACK_FAILED", "IMPORT_COMPLETE", "IMPORT_ROLLBACK_COMPLETE"];

    private readonly ConcurrentDictionary<string, DriftDetection> _detections = new();

    public DriftDetection? Find(string id) => _detections.GetValueOrDefault(id);

    /// <param name="logicalIds">Empty: all that can be looked at.</param>
    /// <exception cref="AwsError">ValidationError: the stack is in no state for it, or another detection is under way.</exception>
    public DriftDetection Begin(Stack stack, IReadOnlyList<string> logicalIds)
    {
        RequireFit(stack);
        if (_detections.Values.Any(other => other.Stack == stack && other.Status == "DETECTION_IN_PROGRESS"))
            throw StackEngine.Refused($"Drift detection is already in progress for stack [{stack.Id}]");
        if (logicalIds.Where(id => !stack.Resources.ContainsKey(id)).ToList() is { Count: > 0 } unknown)
            throw StackEngine.Refused($"Resources [{string.Join(", ", unknown)}] do not exist for stack {stack.Name}");
        var detection = new DriftDetection(stack, services.Time.GetUtcNow());
        _detections[detection.Id] = detection;
        return detection;
    }

    /// <summary>The work of a detection; what it finds becomes part of the stack.</summary>
    public async Task RunAsync(DriftDetection detection, IReadOnlyList<string> logicalIds, CancellationToken cancellationToken)
    {
        await Task.Delay(services.Pace, services.Time, cancellationToken);
        try
        {
            foreach (var resource in detection.Stack.Resources.Values.Where(resource => logicalIds.Count == 0 || logicalIds.Contains(resource.LogicalId)))
            {
                if (await DetectAsync(detection.Stack, resource, cancellationToken) is { } drift)
                    detection.Stack.Record(drift);
            }
            detection.Drifted = detection.Stack.Drifts.Values.Count(drift => drift.IsDrifted);
            detection.Stack.DriftCheckedAt = detection.StartedAt;
            detection.Status = "DETECTION_COMPLETE";
        }
        catch (Exception e) when (e is CumulusException or HttpRequestException)
        {
            (detection.Reason, detection.Status) = (e.Message, "DETECTION_FAILED");
        }
    }

    /// <summary>Null when its type cannot be read, or it was never made.</summary>
    public async Task<ResourceDrift?> DetectAsync(Stack stack, StackResource resource, CancellationToken cancellationToken)
    {
        if (resource.State is null || resource.Status == "DELETE_COMPLETE" || services.Types(resource.Type) is not IReadableType type)
            return null;
        var work = await services.WorkAsync(stack, resource, resource.Properties, null, cancellationToken);
        var now = services.Time.GetUtcNow();
        if (await FindAsync(type, work, resource.PhysicalId, cancellationToken) is not { } live)
            return new ResourceDrift(resource, "DELETED", null, [], now);
        var comparison = DriftComparison.Of(resource.Properties, live.Properties);
        return new ResourceDrift(resource, comparison.Differences.Count == 0 ? "IN_SYNC" : "MODIFIED", comparison.Actual, comparison.Differences, now);
    }

    /// <exception cref="AwsError">ValidationError.</exception>
    public static void RequireFit(Stack stack)
    {
        if (!Fit.Contains(stack.Status))
            throw StackEngine.Refused($"Drift detection cannot be performed on stack [{stack.Id}] in state {stack.Status}");
    }

    /// <summary>That a service does not know it is an answer.</summary>
    public static async Task<LiveResource?> FindAsync(IReadableType type, ResourceWork work, string physicalId, CancellationToken cancellationToken)
    {
        try
        {
            return await type.ReadAsync(work, physicalId, cancellationToken);
        }
        catch (MotoException e) when (e.IsNotFound)
        {
            return null;
        }
    }
}
