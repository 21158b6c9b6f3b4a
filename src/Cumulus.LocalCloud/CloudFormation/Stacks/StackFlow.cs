using System.Collections.Concurrent;
using Cumulus.LocalCloud.CloudFormation.ChangeSets;
using Cumulus.LocalCloud.CloudFormation.Drift;
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
    public async Task CreateAsync()
    {
        using var stop = StopSource(stack.TimeoutMinutes);
        var reason = await new AlarmWatch(services, stack).GuardAsync(() => BuildAsync(stop, creating: true), stop);
        if (stack.Operation != operation)
        {
            // Somebody deletes the stack before it is complete.
            operation.End(services.Time.GetUtcNow());
            return;
        }
        if (reason is null)
        {
            Settle();
            Tell("CREATE_COMPLETE");
            return;
        }
        if (stack.TimeoutMinutes is not null && stop.IsCancellationRequested && IsLate)
            reason = "Stack creation time exceeded the specified timeout.";
        switch (operation.Options.OnFailure)
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
    public async Task UpdateAsync()
    {
        using var stop = StopSource(null);
        if (operation.Options.RevertsDrift)
            await AdoptAsync();
        var reason = await new AlarmWatch(services, stack).GuardAsync(() => BuildAsync(stop, creating: false), stop);
        if (reason is null)
        {
            Settle();
            Tell("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS");
            var failed = await CleanUpAsync(rollingBack: false);
            Tell("UPDATE_COMPLETE", failed.Count == 0 ? null : Failed("delete", failed));
        }
        else if (operation.Options.OnFailure == OnFailure.DoNothing)
        {
            Tell("UPDATE_FAILED", reason);
        }
        else
        {
            Tell("UPDATE_ROLLBACK_IN_PROGRESS", operation.Cancelled.IsCancellationRequested ? "User Initiated" : reason);
            await RollBackUpdateAsync(None);
        }
    }

    /// <summary>The stack has been told IMPORT_IN_PROGRESS already. Nothing is made or changed; what fails leaves everything as it was.</summary>
    public async Task ImportAsync()
    {
        using var stop = StopSource(null);
        var reason = await BuildAsync(stop, creating: false);
        if (reason is null)
        {
            Settle();
            Tell("IMPORT_COMPLETE");
            return;
        }
        Tell("IMPORT_ROLLBACK_IN_PROGRESS", reason);
        var stable = stack.Stable!;
        foreach (var resource in stack.Resources.Values.Where(resource => !stable.Resources.ContainsKey(resource.LogicalId)))
        {
            stack.RecordEvent(operation, resource with { Status = "IMPORT_ROLLBACK_COMPLETE", Reason = null, At = services.Time.GetUtcNow() });
            stack.Forget(resource.LogicalId);
        }
        Return(stable);
        Tell("IMPORT_ROLLBACK_COMPLETE");
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
        Tell("UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS");
        var left = await CleanUpAsync(rollingBack: true);
        Return(stable);
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
        services.Exports.KeepImports(stack, None);
        if (verb == "DELETE")
            stack.DeletedAt = services.Time.GetUtcNow();
        Tell(verb + "_COMPLETE");
    }

    private bool IsLate => services.Time.GetUtcNow() - operation.StartedAt >= TimeSpan.FromMinutes(stack.TimeoutMinutes ?? int.MaxValue / 2);

    /// <summary>The stack is as it is wanted; there is no way back any more.</summary>
    private void Settle()
    {
        stack.Stable = null;
        foreach (var resource in stack.Resources.Values.Where(resource => resource.IsTakenOver))
            stack.Keep(resource with { IsTakenOver = false });
    }

    private void Return(StackSnapshot stable)
    {
        stack.Definition = stable.Definition;
        stack.Outputs = stable.Outputs;
        stack.ImportedExports = stable.ImportedExports;
        services.Exports.KeepImports(stack, stable.ImportedExports);
        Settle();
    }

    /// <summary>Takes what is there for what the stack made: also a rollback leads back to it, and what is gone is made anew.</summary>
    private async Task AdoptAsync()
    {
        var detector = new DriftDetector(services);
        foreach (var resource in stack.Resources.Values)
        {
            if (await detector.DetectAsync(stack, resource, services.End) is not { IsDrifted: true } drift)
                continue;
            if (drift.Actual is { } actual)
                stack.Keep(resource with { Properties = actual });
            else
                stack.Forget(resource.LogicalId);
        }
        stack.Stable = stack.Stable! with { Resources = stack.Resources };
    }

    /// <summary>Null when everything is there; else the reason for the stack.</summary>
    private async Task<string?> BuildAsync(CancellationTokenSource stop, bool creating)
    {
        try
        {
            var imported = new ConcurrentDictionary<string, bool>();
            string Import(string name)
            {
                imported[name] = true;
                return services.Exports.Import(stack, name);
            }

            var definition = stack.Definition;
            var evaluator = new Evaluator(definition.Template, definition.Values(stack.Name, stack.Id, stack.Region, ResourceWork.Account),
                new LiveValues(stack), Import);
            var plan = StackPlan.For(definition.Template, evaluator);
            if (await ValidateAsync() is { } invalid)
                return invalid;
            var declared = plan.Resources.ToDictionary(resource => resource.LogicalId);
            foreach (var gone in stack.Resources.Values.Where(resource => !declared.ContainsKey(resource.LogicalId)))
                operation.Options.Policy.Require(gone.Declaration, "Update:Delete");
            var outcomes = await DependencyRun.RunAsync([.. declared.Keys], id => plan.Dependencies[id], id =>
            {
                var existing = stack.Resources.GetValueOrDefault(id);
                if (existing?.State is not null && existing.Status is not "DELETE_COMPLETE")
                    return _worker.UpdateAsync(existing, declared[id], plan.Dependencies[id], evaluator, stop.Token);
                return operation.Options.Imports.TryGetValue(id, out var physicalId)
                    ? _worker.ImportAsync(declared[id], plan.Dependencies[id], evaluator, physicalId, stop.Token)
                    : _worker.CreateAsync(declared[id], plan.Dependencies[id], evaluator, stop.Token);
            }, stop);
            var failed = declared.Keys.Where(id => outcomes[id] == Outcome.Failed).ToList();
            if (failed.Count > 0 || stop.IsCancellationRequested)
                return FailedToBuild(failed, creating);
            var outputs = OutputsOf(evaluator);
            services.Exports.Replace(stack, outputs);
            stack.Outputs = outputs;
            stack.ImportedExports = imported.Keys.ToHashSet();
            services.Exports.KeepImports(stack, stack.ImportedExports);
            return null;
        }
        catch (TemplateException e)
        {
            return e.Message;
        }
    }

    /// <summary>Null when nothing speaks against it; what only shows as resources are made is found then.</summary>
    private async Task<string?> ValidateAsync()
    {
        if (operation.Options.IsNotValidated)
            return null;
        IReadOnlyList<ResourceChange> changes;
        try
        {
            var definition = stack.Definition;
            var values = definition.Values(stack.Name, stack.Id, stack.Region, ResourceWork.Account);
            changes = await new ChangeSetPlanner(stack.Snapshot(), definition, values, name => services.Exports.ValueOf(stack.Region, name)).PlanAsync();
        }
        catch (TemplateException)
        {
            // The resource that cannot be evaluated fails with this reason.
            return null;
        }
        var added = changes.Where(change => !operation.Options.Imports.ContainsKey(change.LogicalId)).ToList();
        var findings = (await EarlyValidation.FindAsync(services, stack, stack.Definition, added, services.End)).Where(finding => !finding.IsWarning).ToList();
        foreach (var finding in findings)
            stack.Record(operation, services.Time.GetUtcNow(), finding);
        return findings.Count == 0 ? null : EarlyValidation.Words(findings);
    }

    private string FailedToBuild(List<string> failed, bool creating)
    {
        var made = failed.Where(id => stack.Resources[id].Status == "CREATE_FAILED").ToList();
        var taken = failed.Where(id => stack.Resources[id].Status == "IMPORT_FAILED").ToList();
        var updated = failed.Except(made).Except(taken).ToList();
        var sentences = new List<string>();
        if (taken.Count > 0)
            sentences.Add(Failed("import", taken));
        if (made.Count > 0 || (creating && taken.Count == 0))
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
            new LiveValues(stack), name => services.Exports.ValueOf(stack.Region, name));
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
        _ when rollingBack && resource.IsTakenOver => "Retain",
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
