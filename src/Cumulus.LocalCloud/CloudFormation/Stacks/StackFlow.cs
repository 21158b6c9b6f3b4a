using Cumulus.LocalCloud.CloudFormation.Resources;
using Cumulus.LocalCloud.CloudFormation.Templates;

namespace Cumulus.LocalCloud.CloudFormation.Stacks;

/// <summary>
/// The course of an operation: which resources, in which order, and what becomes of the stack
/// (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html, "stack status codes").
/// </summary>
internal sealed class StackFlow(StackServices services, Stack stack, StackOperation operation)
{
    private static readonly HashSet<string> None = [];

    private readonly ResourceWorker _worker = new(services, stack, operation);

    /// <summary>The stack has been told CREATE_IN_PROGRESS already.</summary>
    public async Task CreateAsync(OnFailure onFailure)
    {
        using var stop = StopSource(stack.TimeoutMinutes);
        var reason = await BuildAsync(stop, new StackPolicy(null), creating: true);
        if (stack.Operation != operation)
        {
            // Somebody deletes the stack before it is complete.
            operation.End(services.Time.GetUtcNow());
            return;
        }
        if (reason is null)
        {
            Tell("CREATE_COMPLETE");
            stack.Stable = null;
            return;
        }
        if (stack.TimeoutMinutes is not null && stop.IsCancellationRequested && IsLate)
            reason = "Stack creation time exceeded the specified timeout.";
        switch (onFailure)
        {
            case OnFailure.DoNothing:
                Tell("CREATE_FAILED", reason);
                break;
            case OnFailure.Delete:
                Tell("DELETE_IN_PROGRESS", $"{reason} Delete requested by user.");
                await RemoveAllAsync("DELETE", None);
                break;
            default:
                Tell("ROLLBACK_IN_PROGRESS", $"{reason} Rollback requested by user.");
                await RemoveAllAsync("ROLLBACK", None);
                break;
        }
    }

    /// <summary>The stack has been told UPDATE_IN_PROGRESS already, and is to become its definition; <see cref="Stack.Stable"/> is the way back.</summary>
    public async Task UpdateAsync(StackPolicy policy, bool disableRollback)
    {
        using var stop = StopSource(null);
        var reason = await BuildAsync(stop, policy, creating: false);
        if (reason is null)
        {
            stack.Stable = null;
            Tell("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS");
            var failed = await CleanUpAsync(rollingBack: false);
            Tell("UPDATE_COMPLETE", failed.Count == 0 ? null : Failed("delete", failed));
        }
        else if (disableRollback)
        {
            Tell("UPDATE_FAILED", reason);
        }
        else
        {
            Tell("UPDATE_ROLLBACK_IN_PROGRESS", operation.Cancelled.IsCancellationRequested ? "User Initiated" : reason);
            await RollBackUpdateAsync(None);
        }
    }

    /// <summary>Makes each resource that the failed update has touched what it was before. The stack has been told UPDATE_ROLLBACK_IN_PROGRESS already.</summary>
    /// <param name="skip">Logical ids to leave as they are.</param>
    public async Task RollBackUpdateAsync(IReadOnlySet<string> skip)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(services.End);
        var stable = stack.Stable!;
        stack.Definition = stable.Definition;
        foreach (var id in skip)
        {
            if (stack.Resources.TryGetValue(id, out var resource))
                stack.Record(operation, resource with { Status = "UPDATE_COMPLETE", Reason = "Resource update skipped", At = services.Time.GetUtcNow(), Attempted = null });
        }
        var touched = stack.Resources.Values.Where(now => !skip.Contains(now.LogicalId) && IsTouched(now, stable.Resources.GetValueOrDefault(now.LogicalId)))
            .Select(now => now.LogicalId).ToList();
        var outcomes = await DependencyRun.RunAsync(touched, id => stable.Resources[id].Dependencies,
            id => _worker.RestoreAsync(stack.Resources[id], stable.Resources[id], stop.Token), stop: null);
        var failed = outcomes.Where(pair => pair.Value == Outcome.Failed).Select(pair => pair.Key).ToList();
        if (failed.Count > 0)
        {
            Tell("UPDATE_ROLLBACK_FAILED", Failed("update", failed));
            return;
        }
        // What was to go in the clean-up stays.
        stack.Leftovers.RemoveAll(leftover => stable.Resources.GetValueOrDefault(leftover.LogicalId)?.PhysicalId == leftover.PhysicalId && leftover.State is not null);
        stack.Outputs = stable.Outputs;
        Tell("UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS");
        var left = await CleanUpAsync(rollingBack: true);
        stack.Stable = null;
        Tell("UPDATE_ROLLBACK_COMPLETE", left.Count == 0 ? null : Failed("delete", left));
    }

    /// <summary>Deletes every resource in reverse order. The stack has been told DELETE_IN_PROGRESS or ROLLBACK_IN_PROGRESS already.</summary>
    /// <param name="verb">DELETE or ROLLBACK: the beginning of the status that the stack comes to.</param>
    /// <param name="retain">Logical ids to leave alone.</param>
    public async Task RemoveAllAsync(string verb, IReadOnlySet<string> retain, bool force = false)
    {
        try
        {
            if (verb == "DELETE")
                services.Exports.Replace(stack, []);
        }
        catch (TemplateException e)
        {
            Tell("DELETE_FAILED", $"Delete canceled. {e.Message}");
            return;
        }
        foreach (var kept in retain)
        {
            if (stack.Resources.TryGetValue(kept, out var resource))
                stack.Record(operation, resource with { Status = "DELETE_SKIPPED", Reason = null, At = services.Time.GetUtcNow() });
        }
        var doomed = stack.Resources.Values.Where(resource => resource.Status is not ("DELETE_COMPLETE" or "DELETE_SKIPPED")).Select(resource => resource.LogicalId).Reverse().ToList();
        var failed = await DeleteAsync(doomed, verb == "ROLLBACK", force);
        var left = await CleanUpLeftoversAsync(verb == "ROLLBACK");
        if (failed.Count + left.Count > 0 && !force)
        {
            Tell(verb + "_FAILED", Failed("delete", [.. failed, .. left]));
            return;
        }
        services.Exports.ForgetImports(stack);
        if (verb == "DELETE")
            stack.DeletedAt = services.Time.GetUtcNow();
        Tell(verb + "_COMPLETE");
    }

    private bool IsLate => services.Time.GetUtcNow() - operation.StartedAt >= TimeSpan.FromMinutes(stack.TimeoutMinutes ?? int.MaxValue / 2);

    /// <summary>Null when everything is there; else the reason for the stack.</summary>
    private async Task<string?> BuildAsync(CancellationTokenSource stop, StackPolicy policy, bool creating)
    {
        try
        {
            services.Exports.ForgetImports(stack);
            var definition = stack.Definition;
            var evaluator = new Evaluator(definition.Template, definition.Values(stack.Name, stack.Id, stack.Region, ResourceWork.Account),
                new LiveValues(stack), name => services.Exports.Import(stack, name));
            var plan = StackPlan.For(definition.Template, evaluator);
            var declared = plan.Resources.ToDictionary(resource => resource.LogicalId);
            foreach (var gone in stack.Resources.Values.Where(resource => !declared.ContainsKey(resource.LogicalId)))
                policy.Require(gone.Declaration, "Update:Delete");
            var outcomes = await DependencyRun.RunAsync([.. declared.Keys], id => plan.Dependencies[id], id =>
            {
                var existing = stack.Resources.GetValueOrDefault(id);
                return existing?.State is null || existing.Status is "DELETE_COMPLETE"
                    ? _worker.CreateAsync(declared[id], plan.Dependencies[id], evaluator, stop.Token)
                    : _worker.UpdateAsync(existing, declared[id], plan.Dependencies[id], evaluator, policy, stop.Token);
            }, stop);
            var failed = declared.Keys.Where(id => outcomes[id] == Outcome.Failed).ToList();
            if (failed.Count > 0 || stop.IsCancellationRequested)
                return FailedToBuild(failed, creating);
            var outputs = OutputsOf(evaluator);
            services.Exports.Replace(stack, outputs);
            stack.Outputs = outputs;
            return null;
        }
        catch (TemplateException e)
        {
            return e.Message;
        }
    }

    private string FailedToBuild(List<string> failed, bool creating)
    {
        var made = failed.Where(id => stack.Resources[id].Status == "CREATE_FAILED").ToList();
        var updated = failed.Except(made).ToList();
        var sentences = new List<string>();
        if (made.Count > 0 || creating)
            sentences.Add(Failed("create", made));
        if (updated.Count > 0)
            sentences.Add(Failed("update", updated));
        return string.Join(' ', sentences);
    }

    private List<StackOutput> OutputsOf(Evaluator evaluator) =>
    [
        .. stack.Definition.Template.Outputs.Where(output => evaluator.Holds(output.Condition)).Select(output => new StackOutput(
            output.Key, evaluator.Text(output.Value), output.Description, output.ExportName is { } name ? evaluator.Text(name) : null)),
    ];

    /// <summary>Deletes what the stack no longer declares, and what was replaced; gives those that could not be deleted.</summary>
    private async Task<IReadOnlyList<string>> CleanUpAsync(bool rollingBack)
    {
        var evaluator = new Evaluator(stack.Definition.Template, stack.Definition.Values(stack.Name, stack.Id, stack.Region, ResourceWork.Account),
            new LiveValues(stack), name => services.Exports.Import(stack, name));
        var declared = StackPlan.For(stack.Definition.Template, evaluator).Resources.Select(resource => resource.LogicalId).ToHashSet();
        var removed = stack.Resources.Values.Where(resource => !declared.Contains(resource.LogicalId)).ToList();
        var ids = removed.Select(resource => resource.LogicalId).ToHashSet();
        stack.Leftovers.RemoveAll(leftover => ids.Contains(leftover.LogicalId) && removed.Any(resource => resource.PhysicalId == leftover.PhysicalId));
        var failed = await DeleteAsync([.. removed.Select(resource => resource.LogicalId).Reverse()], rollingBack, force: false);
        foreach (var gone in ids)
            stack.Forget(gone);
        return [.. failed, .. await CleanUpLeftoversAsync(rollingBack)];
    }

    private async Task<IReadOnlyList<string>> CleanUpLeftoversAsync(bool rollingBack)
    {
        var failed = new List<string>();
        // The last to be replaced depends on those before it.
        foreach (var leftover in stack.Leftovers.AsEnumerable().Reverse().ToList())
        {
            // The policy speaks of what an update replaces, not of what a rollback takes back.
            if (!await _worker.DeleteAsync(leftover, rollingBack ? "Delete" : leftover.Declaration.UpdateReplacePolicy, ofStack: false, services.End))
                failed.Add(leftover.LogicalId);
        }
        stack.Leftovers.Clear();
        return failed;
    }

    private async Task<IReadOnlyList<string>> DeleteAsync(IReadOnlyList<string> ids, bool rollingBack, bool force)
    {
        var all = ids.Select(id => stack.Resources[id]).ToDictionary(resource => resource.LogicalId);
        var outcomes = await DependencyRun.RunAsync(ids,
            id => all.Values.Where(other => other.Dependencies.Contains(id)).Select(other => other.LogicalId),
            async id => await _worker.DeleteAsync(all[id], PolicyOf(all[id], rollingBack), ofStack: true, services.End) || force,
            stop: null);
        return [.. ids.Where(id => outcomes[id] == Outcome.Failed)];
    }

    /// <summary>
    /// What a rollback takes back is not kept where the template or the request says "except on create"
    /// (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html).
    /// </summary>
    private string PolicyOf(StackResource resource, bool rollingBack) => resource.Declaration.DeletionPolicy switch
    {
        "RetainExceptOnCreate" => rollingBack ? "Delete" : "Retain",
        "Retain" when rollingBack && stack.RetainExceptOnCreate => "Delete",
        var policy => policy,
    };

    private static bool IsTouched(StackResource now, StackResource? old) =>
        old is not null && (now.Type == Stack.ResourceType || now.PhysicalId != old.PhysicalId || now.Attempted is not null || !TemplateValue.Same(now.Properties, old.Properties) ||
            (now.Status != old.Status && now.Status.EndsWith("_FAILED", StringComparison.Ordinal)));

    private static string Failed(string verb, IEnumerable<string> ids) => $"The following resource(s) failed to {verb}: [{string.Join(", ", ids)}].";

    private void Tell(string status, string? reason = null)
    {
        var now = services.Time.GetUtcNow();
        stack.Record(operation, now, status, reason);
        if (!status.EndsWith("_IN_PROGRESS", StringComparison.Ordinal))
            operation.End(now);
    }

    private CancellationTokenSource StopSource(int? minutes)
    {
        var late = minutes is { } limit ? new CancellationTokenSource(TimeSpan.FromMinutes(limit), services.Time).Token : CancellationToken.None;
        return CancellationTokenSource.CreateLinkedTokenSource(services.End, operation.Cancelled, late);
    }
}
