using System.Globalization;
using System.Text.Json.Nodes;
using System.Xml;
using Cumulus.LocalCloud.CloudFormation.Templates;

namespace Cumulus.LocalCloud.CloudFormation.Stacks;

/// <summary>
/// Waits for the signals that a creation policy asks for
/// (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-creationpolicy.html).
/// </summary>
internal sealed class SignalWait(StackServices services, Stack stack, StackOperation operation)
{
    /// <param name="policy">Evaluated; null waits for nothing.</param>
    /// <exception cref="TemplateException">A failure was signalled, or too few came in time.</exception>
    public async Task WaitAsync(StackResource resource, JsonNode? policy, CancellationToken stop)
    {
        if (TemplateValue.Child(policy, "ResourceSignal") is not { } signal)
            return;
        var count = int.Parse(TemplateValue.Text(signal, "Count") ?? "1", CultureInfo.InvariantCulture);
        var percent = TemplateValue.Text(TemplateValue.Child(policy, "AutoScalingCreationPolicy"), "MinSuccessfulInstancesPercent");
        var wanted = (int)Math.Ceiling(count * int.Parse(percent ?? "100", CultureInfo.InvariantCulture) / 100.0);
        await WaitAsync(resource, count, wanted, XmlConvert.ToTimeSpan(TemplateValue.Text(signal, "Timeout") ?? "PT5M"), stop);
    }

    /// <param name="count">Of signals to come.</param>
    /// <param name="wanted">Of these must tell success.</param>
    /// <exception cref="TemplateException">As above.</exception>
    public async Task WaitAsync(StackResource resource, int count, int wanted, TimeSpan limit, CancellationToken stop)
    {
        var deadline = Task.Delay(limit, services.Time, stop);
        var told = new HashSet<string>();
        while (true)
        {
            var next = stack.Signals.Changed;
            var signals = stack.Signals.Of(resource.LogicalId);
            foreach (var (id, (isSuccess, _)) in signals.Where(pair => told.Add(pair.Key)))
                Tell(resource, $"Received {(isSuccess ? "SUCCESS" : "FAILURE")} signal with UniqueId {id}");
            var (successes, failures) = (signals.Count(pair => pair.Value.IsSuccess), signals.Count(pair => !pair.Value.IsSuccess));
            if (successes >= wanted)
                return;
            if (failures > count - wanted)
                throw new TemplateException(Failure(resource, "FAILURE", failures, count, wanted));
            if (deadline.IsCompleted)
            {
                await deadline;
                throw new TemplateException(resource.Type == "AWS::AutoScaling::AutoScalingGroup"
                    ? Failure(resource, "SUCCESS", successes, count, wanted)
                    : $"Failed to receive {wanted - successes} resource signal(s) within the specified duration");
            }
            await Task.WhenAny(next, deadline);
        }
    }

    private void Tell(StackResource resource, string reason) => stack.Record(operation, resource with { At = services.Time.GetUtcNow(), Reason = reason });

    private static string Failure(StackResource resource, string kind, int received, int count, int wanted) =>
        $"Received {received} {kind} signal(s) out of {count}." + (resource.Type == "AWS::AutoScaling::AutoScalingGroup"
            ? string.Create(CultureInfo.InvariantCulture, $"  Unable to satisfy {100 * wanted / count}% MinSuccessfulInstancesPercent requirement")
            : "");
}
