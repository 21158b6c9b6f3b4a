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
        var definition = await ReadAsync(work, parent, cancellationToken);
        var stack = engine.Add(work.Region, work.NewName(128), _ => definition, parent.Id, parent.RootId ?? parent.Id);
        stack.TimeoutMinutes = int.TryParse(work.Text("TimeoutInMinutes"), CultureInfo.InvariantCulture, out var minutes) ? minutes : null;
        // The parent decides what becomes of it.
        engine.Create(stack, OnFailure.DoNothing, null);
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
        var definition = await ReadAsync(work, engine.Require(work.Region, work.StackId), cancellationToken);
        stack.Former = stack.Definition;
        if (!stack.Definition.IsSameAs(definition))
            engine.Update(stack, definition, StackPolicy.Parse(null), disableRollback: false, null);
        return now;
    }

    /// <summary>To the template that it had, whatever is at the template's address by now.</summary>
    public override async Task<ResourceState> RestoreAsync(ResourceWork work, ResourceState now, CancellationToken stop)
    {
        var stack = engine.Require(work.Region, now.PhysicalId);
        // One that has rolled back itself is what it was already.
        if (stack.Former is not { } former || ReferenceEquals(stack.Definition, former))
            return now;
        engine.Update(stack, former, StackPolicy.Parse(null), disableRollback: false, null);
        return await SettleAsync(work, now, stop);
    }

    public override async Task DeleteAsync(ResourceWork work, ResourceState now, CancellationToken cancellationToken)
    {
        if (engine.Find(work.Region, now.PhysicalId) is not { IsDeleted: false } stack)
            return;
        engine.Delete(stack, new HashSet<string>(), force: false, null);
        await stack.Operation!.Ended.WaitAsync(cancellationToken);
        if (!stack.IsDeleted)
            throw new TemplateException($"Embedded stack {stack.Id} was not successfully deleted: {stack.Reason}");
    }

    private async Task<StackDefinition> ReadAsync(ResourceWork work, Stack parent, CancellationToken cancellationToken)
    {
        var form = new Dictionary<string, string> { ["TemplateURL"] = work.Text("TemplateURL") ?? "" };
        void Add(string list, int index, string name, string value) => form[string.Create(CultureInfo.InvariantCulture, $"{list}.member.{index + 1}{name}")] = value;

        foreach (var (parameter, index) in (work["Parameters"] as JsonObject ?? []).Select((parameter, index) => (parameter, index)))
        {
            Add("Parameters", index, ".ParameterKey", parameter.Key);
            Add("Parameters", index, ".ParameterValue", string.Join(',', TemplateValue.Texts(parameter.Value)));
        }
        foreach (var (capability, index) in parent.Definition.Capabilities.Select((capability, index) => (capability, index)))
            Add("Capabilities", index, "", capability);
        foreach (var (tag, index) in work.Tags.Where(tag => !tag.Key.StartsWith("aws:", StringComparison.Ordinal)).Select((tag, index) => (tag, index)))
        {
            Add("Tags", index, ".Key", tag.Key);
            Add("Tags", index, ".Value", tag.Value);
        }
        return await definitions.ReadAsync(new QueryForm(form), work.Region, null, cancellationToken);
    }
}
