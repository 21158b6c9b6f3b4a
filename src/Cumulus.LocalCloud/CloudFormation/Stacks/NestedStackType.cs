using System.Globalization;
using System.Text.Json.Nodes;
using Cumulus.LocalCloud.CloudFormation.Api;
using Cumulus.LocalCloud.CloudFormation.Resources;
using Cumulus.LocalCloud.CloudFormation.Templates;

namespace Cumulus.LocalCloud.CloudFormation.Stacks;

/// <summary>https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-nested-stacks.html.</summary>
internal sealed class NestedStackType(StackEngine engine, DefinitionReader definitions) : ResourceType
{
    public override async Task<ResourceState> CreateAsync(ResourceWork work, CancellationToken cancellationToken)
    {
        var parent = engine.Require(work.Region, work.StackId);
        var definition = await definitions.ReadNestedAsync(work, parent.Definition.Capabilities, cancellationToken);
        var stack = engine.Nested(parent, work.LogicalId, definition, work.NewName(128));
        stack.TimeoutMinutes = int.TryParse(work.Text("TimeoutInMinutes"), CultureInfo.InvariantCulture, out var minutes) ? minutes : null;
        // The parent decides what becomes of it.
        engine.Create(stack, OptionsOf(parent) with { OnFailure = OnFailure.DoNothing });
        return new ResourceState(stack.Id);
    }

    public override async Task<ResourceState> SettleAsync(ResourceWork work, ResourceState made, CancellationToken stop)
    {
        var stack = engine.Require(work.Region, made.PhysicalId);
        using var cancel = stop.Register(() => stack.Operation!.Cancel());
        await stack.Operation!.Ended.WaitAsync(stop);
        if (stack.Status.StartsWith("CREATE_", StringComparison.Ordinal) && stack.Status != "CREATE_COMPLETE")
            throw new TemplateException($"Embedded stack {stack.Id} was not successfully created: {stack.Reason}");
        if (stack.Status is not ("CREATE_COMPLETE" or "UPDATE_COMPLETE") && stack.Operation.Type == "UPDATE_STACK")
            throw new TemplateException($"Embedded stack {stack.Id} was not successfully updated. Currently in {stack.Status} with reason: {stack.Reason ?? stack.Events.LastOrDefault(e => e.IsFailure)?.Reason}");
        return made.With([("StackId", stack.Id), .. stack.Outputs.Select(output => ($"Outputs.{output.Key}", (JsonNode?)output.Value))]);
    }

    public override async Task<ResourceState> UpdateAsync(ResourceWork work, ResourceState now, CancellationToken cancellationToken)
    {
        var stack = engine.Require(work.Region, now.PhysicalId);
        var parent = engine.Require(work.Region, work.StackId);
        var definition = await definitions.ReadNestedAsync(work, parent.Definition.Capabilities, cancellationToken);
        stack.Former = stack.Definition;
        if (!stack.Definition.IsSameAs(definition))
            engine.Update(stack, definition, OptionsOf(parent));
        return now;
    }

    /// <summary>To the template that it had, whatever is at the template's address by now.</summary>
    public override async Task<ResourceState> RestoreAsync(ResourceWork work, ResourceState now, CancellationToken stop)
    {
        var stack = engine.Require(work.Region, now.PhysicalId);
        // One that has rolled back itself is what it was already.
        if (stack.Former is not { } former || ReferenceEquals(stack.Definition, former))
            return now;
        engine.Update(stack, former, OperationOptions.None);
        return await SettleAsync(work, now, stop);
    }

    public override async Task DeleteAsync(ResourceWork work, ResourceState now, CancellationToken cancellationToken)
    {
        if (engine.Find(work.Region, now.PhysicalId) is not { IsDeleted: false } stack)
            return;
        engine.Delete(stack, new HashSet<string>(), force: false, OptionsOf(engine.Require(work.Region, work.StackId)));
        await stack.Operation!.Ended.WaitAsync(cancellationToken);
        if (!stack.IsDeleted)
            throw new TemplateException($"Embedded stack {stack.Id} was not successfully deleted: {stack.Reason}");
    }

    private static OperationOptions OptionsOf(Stack parent) => new() { IsExpress = parent.Operation!.Options.IsExpress };
}
