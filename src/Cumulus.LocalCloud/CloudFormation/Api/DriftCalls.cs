using System.Xml.Linq;
using Cumulus.LocalCloud.CloudFormation.Drift;
using Cumulus.LocalCloud.CloudFormation.Stacks;

namespace Cumulus.LocalCloud.CloudFormation.Api;

/// <summary>The operations on drift.</summary>
internal sealed class DriftCalls(StackEngine engine)
{
    private const int OnPage = 100;

    // https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DetectStackDrift.html
    public IEnumerable<XElement?> Detect(QueryForm form, string region)
    {
        var ids = form.Texts("LogicalResourceIds");
        var detection = engine.Drift.Begin(engine.Require(region, form.Required("StackName")), ids);
        engine.RunBeside(stop => engine.Drift.RunAsync(detection, ids, stop));
        return [Wire.Text("StackDriftDetectionId", detection.Id)];
    }

    // https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStackDriftDetectionStatus.html
    public IEnumerable<XElement?> DescribeDetection(QueryForm form, string region)
    {
        var id = form.Required("StackDriftDetectionId");
        var detection = engine.Drift.Find(id) is { } found && found.Stack.Region == region ? found : throw StackEngine.Refused($"Drift detection [{id}] does not exist");
        var isDone = detection.Status == "DETECTION_COMPLETE";
        return
        [
            Wire.Text("StackId", detection.Stack.Id),
            Wire.Text("StackDriftDetectionId", id),
            Wire.Text("StackDriftStatus", isDone ? detection.Drifted > 0 ? "DRIFTED" : "IN_SYNC" : null),
            Wire.Text("DetectionStatus", detection.Status),
            Wire.Text("DetectionStatusReason", detection.Reason),
            isDone ? Wire.Number("DriftedStackResourceCount", detection.Drifted) : null,
            Wire.Time("Timestamp", detection.StartedAt),
        ];
    }

    // https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DetectStackResourceDrift.html
    public async Task<IEnumerable<XElement?>> DetectOneAsync(QueryForm form, string region, CancellationToken cancellationToken)
    {
        var stack = engine.Require(region, form.Required("StackName"));
        DriftDetector.RequireFit(stack);
        var id = form.Required("LogicalResourceId");
        var resource = stack.Resources.GetValueOrDefault(id) ?? throw StackEngine.Refused($"Resource {id} does not exist for stack {stack.Name}");
        var drift = await engine.Drift.DetectAsync(stack, resource, cancellationToken) ??
            throw StackEngine.Refused($"Drift detection is not supported for resource type {resource.Type}");
        stack.Record(drift);
        stack.DriftCheckedAt = drift.At;
        return [Wire.Part("StackResourceDrift", Describe(stack, drift))];
    }

    // https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStackResourceDrifts.html
    public IEnumerable<XElement?> DescribeAll(QueryForm form, string region)
    {
        var stack = engine.Require(region, form.Required("StackName"));
        var wanted = form.Texts("StackResourceDriftStatusFilters");
        var drifts = stack.Drifts.Values.Where(drift => wanted.Count == 0 || wanted.Contains(drift.Status)).OrderBy(drift => drift.Resource.LogicalId, StringComparer.Ordinal);
        return Wire.Page("StackResourceDrifts", drifts.Select(drift => Wire.Member(Describe(stack, drift))), form.Text("NextToken"), form.Number("MaxResults") ?? OnPage);
    }

    /// <summary>Of a stack, as its descriptions tell it.</summary>
    public static XElement Of(Stack stack) => Wire.Part("DriftInformation",
        Wire.Text("StackDriftStatus", stack.DriftStatus),
        Wire.Time("LastCheckTimestamp", stack.DriftCheckedAt));

    public static XElement Of(Stack stack, StackResource resource)
    {
        var drift = stack.Drifts.GetValueOrDefault(resource.LogicalId);
        return Wire.Part("DriftInformation", Wire.Text("StackResourceDriftStatus", drift?.Status ?? "NOT_CHECKED"), Wire.Time("LastCheckTimestamp", drift?.At));
    }

    private static IEnumerable<XElement?> Describe(Stack stack, ResourceDrift drift) =>
    [
        Wire.Text("StackId", stack.Id),
        Wire.Text("LogicalResourceId", drift.Resource.LogicalId),
        Wire.Text("PhysicalResourceId", drift.Resource.PhysicalId),
        Wire.Text("ResourceType", drift.Resource.Type),
        Wire.Text("ExpectedProperties", drift.Expected.ToJsonString()),
        Wire.Text("ActualProperties", drift.Actual?.ToJsonString()),
        Wire.List("PropertyDifferences", drift.Differences.Select(difference => Wire.Member(
            Wire.Text("PropertyPath", difference.Path),
            Wire.Text("ExpectedValue", difference.Expected),
            Wire.Text("ActualValue", difference.Actual),
            Wire.Text("DifferenceType", difference.Kind)))),
        Wire.Text("StackResourceDriftStatus", drift.Status),
        Wire.Time("Timestamp", drift.At),
    ];
}
