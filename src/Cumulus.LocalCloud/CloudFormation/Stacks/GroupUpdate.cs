using System.Globalization;
using System.Text.Json.Nodes;
using System.Xml;
using System.Xml.Linq;
using Cumulus.LocalCloud.CloudFormation.Resources;
using Cumulus.LocalCloud.CloudFormation.Templates;

namespace Cumulus.LocalCloud.CloudFormation.Stacks;

/// <summary>
/// What the update policy of an Auto Scaling group asks for
/// (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-updatepolicy.html).
/// </summary>
internal sealed class GroupUpdate(StackServices services, Stack stack, StackOperation operation, SignalWait signals)
{
    // Only what instances are launched from, and where, makes those that run obsolete.
    private static readonly string[] OfInstances = ["LaunchConfigurationName", "LaunchTemplate", "MixedInstancesPolicy", "VPCZoneIdentifier"];

    public static bool WillReplace(string type, IEnumerable<PropertyChange> changes, JsonNode? policy) =>
        IsOfInstances(type, changes) && TemplateValue.IsTrue(TemplateValue.Child(TemplateValue.Child(policy, "AutoScalingReplacingUpdate"), "WillReplace"));

    /// <summary>Replaces the instances batch by batch; nothing where the policy or the changes do not call for it.</summary>
    /// <exception cref="TemplateException">Too few of the new instances have signalled success.</exception>
    public async Task RollAsync(StackResource group, IEnumerable<PropertyChange> changes, JsonNode? policy, CancellationToken stop)
    {
        if (TemplateValue.Child(policy, "AutoScalingRollingUpdate") is not { } rolling || !IsOfInstances(group.Type, changes))
            return;
        var obsolete = await InstancesAsync(group, stop);
        var least = Number(rolling, "MinInstancesInService", 0);
        var batch = Math.Clamp(obsolete.Count - least, 1, Number(rolling, "MaxBatchSize", 1));
        var pause = XmlConvert.ToTimeSpan(TemplateValue.Text(rolling, "PauseTime") ?? "PT0S");
        var waits = TemplateValue.IsTrue(TemplateValue.Child(rolling, "WaitOnResourceSignals"));
        Tell(group, $"Rolling update initiated. Terminating {obsolete.Count} obsolete instance(s) in batches of {batch}" + (least > 0 ? $", while keeping at least {least} instance(s) in service." : "."));
        var done = 0;
        foreach (var ids in obsolete.Chunk(batch))
        {
            Tell(group, $"Terminating instance(s) [{string.Join(",", ids)}]; replacing with {ids.Length} new instance(s).");
            stack.Signals.Clear(group.LogicalId);
            foreach (var id in ids)
            {
                await services.Moto.CallAsync("autoscaling", stack.Region, "TerminateInstanceInAutoScalingGroup",
                    new QueryArguments { { "InstanceId", id }, { "ShouldDecrementDesiredCapacity", "false" } }, stop);
            }
            services.Changed(stack.Region);
            done += ids.Length;
            Tell(group, string.Create(CultureInfo.InvariantCulture, $"Successfully terminated instance(s) [{string.Join(",", ids)}] (Progress {100 * done / obsolete.Count}%)."));
            if (waits)
            {
                Tell(group, $"New instance(s) added to autoscaling group - Waiting on {ids.Length} resource signal(s) with a timeout of {XmlConvert.ToString(pause)}.");
                var wanted = (int)Math.Ceiling(ids.Length * Number(rolling, "MinSuccessfulInstancesPercent", 100) / 100.0);
                await signals.WaitAsync(group, ids.Length, wanted, pause, stop);
            }
            else
            {
                await Task.Delay(pause, services.Time, stop);
            }
        }
    }

    private static bool IsOfInstances(string type, IEnumerable<PropertyChange> changes) =>
        type == "AWS::AutoScaling::AutoScalingGroup" && changes.Any(change => OfInstances.Contains(change.Name));

    private async Task<IReadOnlyList<string>> InstancesAsync(StackResource group, CancellationToken stop)
    {
        var answer = await services.Moto.CallAsync(
            "autoscaling", stack.Region, "DescribeAutoScalingGroups", new QueryArguments { { "AutoScalingGroupNames.member.1", group.PhysicalId } }, stop);
        return [.. answer.Descendants("Instances").Elements("member").Select(member => member.Element("InstanceId")!.Value)];
    }

    private static int Number(JsonNode policy, string name, int otherwise) => int.TryParse(TemplateValue.Text(policy, name), CultureInfo.InvariantCulture, out var number) ? number : otherwise;

    private void Tell(StackResource group, string reason) =>
        stack.Record(operation, group with { Status = "UPDATE_IN_PROGRESS", Reason = reason, At = services.Time.GetUtcNow() });
}
