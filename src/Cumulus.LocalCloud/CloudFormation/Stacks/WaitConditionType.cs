using System.Globalization;
using System.Text.Json.Nodes;
using Cumulus.LocalCloud.CloudFormation.Resources;
using Cumulus.LocalCloud.CloudFormation.Templates;

namespace Cumulus.LocalCloud.CloudFormation.Stacks;

/// <summary>
/// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-waitcondition.html: is there when its handle has had
/// its signals. One with a creation policy waits for that instead.
/// </summary>
/// <param name="signals">By the last part of the handle's address.</param>
internal sealed class WaitConditionType(SignalBoard signals, TimeProvider time) : ResourceType
{
    public override Task<ResourceState> CreateAsync(ResourceWork work, CancellationToken cancellationToken)
    {
        var id = $"{work.StackId}/{work.LogicalId}";
        return Task.FromResult(new ResourceState(id).With(("Id", id), ("Data", "{}")));
    }

    public override async Task<ResourceState> SettleAsync(ResourceWork work, ResourceState made, CancellationToken stop)
    {
        if (work.Text("Handle") is not { } handle)
            return made;
        var (key, count) = (handle[(handle.LastIndexOf('/') + 1)..], int.Parse(work.Text("Count") ?? "1", CultureInfo.InvariantCulture));
        var deadline = Task.Delay(TimeSpan.FromSeconds(int.Parse(work.Text("Timeout") ?? "43200", CultureInfo.InvariantCulture)), time, stop);
        while (true)
        {
            var next = signals.Changed;
            var received = signals.Of(key);
            if (received.FirstOrDefault(signal => !signal.Value.IsSuccess) is { Key: { } id } failure)
                throw new TemplateException($"WaitCondition received failed message: '{failure.Value.Data}' for uniqueId: {id}");
            if (received.Count >= count)
            {
                var data = new JsonObject(received.Select(signal => KeyValuePair.Create(signal.Key, (JsonNode?)signal.Value.Data)));
                return made.With(("Id", made.PhysicalId), ("Data", data.ToJsonString()));
            }
            if (deadline.IsCompleted)
            {
                await deadline;
                throw new TemplateException($"WaitCondition timed out. Received {received.Count} conditions when expecting {count}");
            }
            await Task.WhenAny(next, deadline);
        }
    }

    public override Task DeleteAsync(ResourceWork work, ResourceState now, CancellationToken cancellationToken) => Task.CompletedTask;
}
