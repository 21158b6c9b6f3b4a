using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Cumulus.Engine;
using Cumulus.LocalCloud.CloudFormation.Api;
using Cumulus.LocalCloud.CloudFormation.Drift;
using Cumulus.LocalCloud.CloudFormation.Resources;
using Cumulus.LocalCloud.CloudFormation.Stacks;
using Cumulus.LocalCloud.CloudFormation.Templates;
using Cumulus.LocalCloud.Proxy;

namespace Cumulus.LocalCloud.CloudFormation.ChangeSets;

/// <summary>Finds out what a change set would do.</summary>
/// <param name="add">Takes the change set of a nested stack into the store.</param>
internal sealed class ChangeSetBuilder(StackEngine engine, DefinitionReader definitions, Action<ChangeSet> add)
{
    /// <summary>AWS's words; clients look for them (<c>aws cloudformation deploy</c> does).</summary>
    private const string NoChanges = "The submitted information didn't contain changes. Submit different information to create a change set.";

    public async Task BuildAsync(ChangeSet set, CancellationToken cancellationToken)
    {
        set.Status = "CREATE_IN_PROGRESS";
        await engine.PaceAsync();
        try
        {
            await PlanAsync(set, cancellationToken);
            if (set.Status != "FAILED")
                (set.ExecutionStatus, set.Status) = ("AVAILABLE", "CREATE_COMPLETE");
        }
        catch (Exception e) when (e is TemplateException or AwsError or CumulusException or HttpRequestException)
        {
            set.Fail(e.Message);
        }
        set.Operation.End(engine.Time.GetUtcNow());
    }

    private async Task PlanAsync(ChangeSet set, CancellationToken cancellationToken)
    {
        var stack = set.Stack;
        var now = stack.Snapshot();
        var isNew = stack.Status == "REVIEW_IN_PROGRESS";
        if (!isNew && !set.RevertsDrift && now.Definition.IsSameAs(set.Target))
        {
            set.Fail(NoChanges);
            return;
        }
        var drifts = set.RevertsDrift ? await DriftsAsync(stack, cancellationToken) : null;
        set.DriftStatus = drifts is null ? null : drifts.Values.Any(drift => drift.IsDrifted) ? "DRIFTED" : "IN_SYNC";
        var planner = new ChangeSetPlanner(
            now, set.Target, set.Target.Values(stack.Name, stack.Id, stack.Region, ResourceWork.Account), name => engine.Exports.ValueOf(stack.Region, name), drifts,
            set.IncludesNested ? (declaration, properties, existing) => NestedAsync(set, declaration, properties, existing, cancellationToken) : null);
        set.Changes = await planner.PlanAsync();
        if (!isNew && set.Changes.Count == 0 && now.Definition.IsWrittenAs(set.Target))
        {
            set.Fail(NoChanges);
            return;
        }
        await ImportAsync(set, cancellationToken);
        if (set.Status != "FAILED" && !set.IsNotValidated)
            await ValidateAsync(set, cancellationToken);
    }

    private async Task<Dictionary<string, ResourceDrift>> DriftsAsync(Stack stack, CancellationToken cancellationToken)
    {
        var drifts = new Dictionary<string, ResourceDrift>();
        foreach (var resource in stack.Resources.Values)
        {
            if (await engine.Drift.DetectAsync(stack, resource, cancellationToken) is { } drift)
                drifts[resource.LogicalId] = drift;
        }
        return drifts;
    }

    private async Task<ChangeSet?> NestedAsync(ChangeSet parent, ResourceDeclaration declaration, JsonObject properties, StackResource? existing, CancellationToken cancellationToken)
    {
        var work = engine.Services.Work(parent.Stack, new StackResource(declaration), properties);
        var target = await definitions.ReadNestedAsync(work, parent.Target.Capabilities, cancellationToken);
        var stack = existing is null
            ? engine.Review(parent.Stack.Region, work.NewName(128), target, parent.Stack, declaration.LogicalId)
            : engine.Require(parent.Stack.Region, existing.PhysicalId);
        var name = $"{parent.Name}-{declaration.LogicalId}-{RandomNumberGenerator.GetString("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", 12)}";
        var set = new ChangeSet(name, IdOf(name, stack.Region), existing is null ? ChangeSetKind.Create : ChangeSetKind.Update, stack, target, engine.Time.GetUtcNow())
        {
            IncludesNested = true,
            ImportsExisting = parent.ImportsExisting,
            IsNotValidated = parent.IsNotValidated,
            Deployment = parent.Deployment,
            Parent = parent,
        };
        await BuildAsync(set, cancellationToken);
        if (set is { Status: "FAILED", Reason: NoChanges })
            return null;
        add(set);
        return set.Status == "FAILED" ? throw new TemplateException($"Nested change set {set.Id} was not successfully created: Currently in FAILED.") : set;
    }

    public static string IdOf(string name, string region) => $"arn:aws:cloudformation:{region}:{ResourceWork.Account}:changeSet/{name}/{Guid.NewGuid()}";

    private async Task ImportAsync(ChangeSet set, CancellationToken cancellationToken)
    {
        if (set.ImportsExisting)
            set.Imports = await NamesakesAsync(set, cancellationToken);
        set.Changes = [.. set.Changes.Select(change => change.Action == "Add" && set.Imports.TryGetValue(change.LogicalId, out var id) ? change with { Action = "Import", PhysicalId = id } : change)];
        if (set.Kind == ChangeSetKind.Import && set.Changes.Where(change => change.Action != "Import").Select(change => change.LogicalId).ToList() is { Count: > 0 } others)
        {
            set.Fail($"You have modified resources [{string.Join(", ", others)}] in your template that are not being imported. " +
                "Update, create or delete operations cannot be executed during import operations.");
        }
    }

    private async Task<Dictionary<string, string>> NamesakesAsync(ChangeSet set, CancellationToken cancellationToken)
    {
        var found = new Dictionary<string, string>();
        var declared = set.Target.Template.Resources.ToDictionary(resource => resource.LogicalId);
        foreach (var change in set.Changes.Where(change => change.Action == "Add"))
        {
            if (await ResourceImport.FindNamesakeAsync(engine.Services, set.Stack, declared[change.LogicalId], change.After!, cancellationToken) is { } physicalId)
                found[change.LogicalId] = physicalId;
        }
        if (found.Where(pair => declared[pair.Key].DeletionPolicy is not ("Retain" or "RetainExceptOnCreate")).ToList() is { Count: > 0 } unguarded)
        {
            var named = unguarded.Select(pair => $"{pair.Key} ({{{TypeTable.Find(declared[pair.Key].Type)!.PrimaryIdentifier[^1]}={pair.Value}}})");
            set.Fail("CloudFormation is attempting to import some resources because they already exist in your account. The resources must have the DeletionPolicy attribute " +
                $"set to 'Retain' or 'RetainExceptOnCreate' in the template for successful import. The affected resources are {string.Join(", ", named)}");
        }
        return found;
    }

    private async Task ValidateAsync(ChangeSet set, CancellationToken cancellationToken)
    {
        var findings = await EarlyValidation.FindAsync(engine.Services, set.Stack, set.Target, set.Changes, cancellationToken);
        foreach (var finding in findings)
            set.Stack.Record(set.Operation, engine.Time.GetUtcNow(), finding);
        if (findings.Any(finding => !finding.IsWarning))
            set.Fail(EarlyValidation.Words(findings));
    }
}
