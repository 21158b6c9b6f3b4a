using System.Text.Json.Nodes;
using Cumulus.Engine;
using Cumulus.LocalCloud.CloudFormation.Resources;
using Cumulus.LocalCloud.CloudFormation.Templates;
using Cumulus.LocalCloud.Moto;
using Cumulus.LocalCloud.Proxy;

namespace Cumulus.LocalCloud.CloudFormation.Stacks;

/// <summary>
/// Makes, changes, replaces and deletes single resources of a stack, with the events in the order in which CloudFormation gives them
/// (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html).
/// </summary>
internal sealed class ResourceWorker(StackServices services, Stack stack, StackOperation operation)
{
    private const string ExpressNote = "Resource operation completed using Express Mode. It may continue becoming available in the background.";

    private readonly SignalWait _signals = new(services, stack, operation);
    private readonly GroupUpdate _groups = new(services, stack, operation, new SignalWait(services, stack, operation));

    public Task<bool> CreateAsync(ResourceDeclaration declaration, IReadOnlySet<string> dependencies, Evaluator evaluator, CancellationToken stop)
    {
        var resource = Report(new StackResource(declaration) { Dependencies = dependencies }, "CREATE_IN_PROGRESS");
        return GuardAsync(() => resource, "CREATE_FAILED", "Resource creation cancelled", async () =>
        {
            resource = resource with { Properties = Evaluate(declaration, evaluator) };
            await MakeAsync(resource, "CREATE_IN_PROGRESS", made => resource = made, stop);
            await AwaitSignalsAsync(resource, declaration, evaluator, stop);
            Complete(resource, "CREATE_COMPLETE", services.Types(resource.Type) is RecordedType ? RecordedType.Note : null);
        });
    }

    /// <summary>Makes a thing that is there already a resource of the stack, as it is.</summary>
    public Task<bool> ImportAsync(ResourceDeclaration declaration, IReadOnlySet<string> dependencies, Evaluator evaluator, string physicalId, CancellationToken stop)
    {
        var resource = Report(new StackResource(declaration) { Dependencies = dependencies }, "IMPORT_IN_PROGRESS", "Resource import started.");
        return GuardAsync(() => resource, "IMPORT_FAILED", "Resource import cancelled", async () =>
        {
            resource = resource with { Properties = Evaluate(declaration, evaluator) };
            await services.Faults.MeetAsync(stack.Name, resource, StackFaultOperation.Create, stop);
            await PaceAsync(stop);
            var state = await ResourceImport.FindAsync(services, await WorkAsync(resource, resource.Properties), resource.Type, physicalId, services.End)
                ?? throw new TemplateException($"Resource of type '{resource.Type}' with identifier '{physicalId}' was not found.");
            resource = resource with { State = state, IsTakenOver = true };
            Report(resource, "IMPORT_COMPLETE", "Resource import completed.");
        });
    }

    /// <summary>Brings a resource that is there to what the template says; in place or by another one in its stead.</summary>
    public Task<bool> UpdateAsync(StackResource old, ResourceDeclaration declaration, IReadOnlySet<string> dependencies, Evaluator evaluator, CancellationToken stop)
    {
        var resource = old with { Declaration = declaration, Dependencies = dependencies, Attempted = null };
        return GuardAsync(() => resource, "UPDATE_FAILED", "Resource update cancelled", async () =>
        {
            var properties = Evaluate(declaration, evaluator);
            var type = TypeTable.Find(declaration.Type)!;
            var changes = StackPlan.Changes(type, old.Properties, properties);
            var updatePolicy = evaluator.Evaluate(declaration.UpdatePolicy);
            var replaces = old.Type != declaration.Type || StackPlan.MeansReplacement(changes) || GroupUpdate.WillReplace(declaration.Type, changes, updatePolicy);
            // What a nested stack's template says is known only to the nested stack.
            if (changes.Count == 0 && !replaces && declaration.Type != Stack.ResourceType && !old.Status.EndsWith("_FAILED", StringComparison.Ordinal))
            {
                stack.Keep(resource);
                return;
            }
            operation.Options.Policy.Require(declaration, replaces ? "Update:Replace" : "Update:Modify");
            // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stack-failure-options.html
            if (replaces && operation.Options.OnFailure == OnFailure.DoNothing)
                throw new TemplateException("Replacement type updates not supported on stack with disable-rollback.");
            if (!replaces)
            {
                resource = Report(resource, "UPDATE_IN_PROGRESS");
                resource = resource with { Attempted = properties };
                await services.Faults.MeetAsync(stack.Name, resource, StackFaultOperation.Update, stop);
                await PaceAsync(stop);
                var state = await services.Types(resource.Type).UpdateAsync(await WorkAsync(resource, properties, old.Properties), old.State!, services.End);
                await SettlePaceAsync(stop);
                state = await services.Types(resource.Type).SettleAsync(await WorkAsync(resource, properties), state, stop);
                resource = resource with { State = state, Properties = properties };
                services.Changed(stack.Region);
                await _groups.RollAsync(resource, changes, updatePolicy, stop);
                resource = resource with { Attempted = null };
                Complete(resource, "UPDATE_COMPLETE");
                return;
            }
            resource = Report(resource, "UPDATE_IN_PROGRESS", "Requested update requires the creation of a new physical resource; hence creating one.");
            if (old.Type == declaration.Type && StackPlan.NameInTheWay(type, changes, properties) is { } name)
                throw new TemplateException($"CloudFormation cannot update a stack when a custom-named resource requires replacing. Rename {name} and update the stack again.");
            await MakeAsync(resource with { State = null, Properties = properties }, "UPDATE_IN_PROGRESS", made =>
            {
                resource = made;
                Supersede(made, old);
            }, stop);
            await AwaitSignalsAsync(resource, declaration, evaluator, stop);
            Complete(resource, "UPDATE_COMPLETE");
        });
    }

    /// <summary>Back to what it was before the update that failed.</summary>
    public Task<bool> RestoreAsync(StackResource now, StackResource old, CancellationToken stop)
    {
        var resource = Report(now with { Attempted = null }, "UPDATE_IN_PROGRESS");
        return GuardAsync(() => resource, "UPDATE_FAILED", "Resource update cancelled", async () =>
        {
            await services.Faults.MeetAsync(stack.Name, resource, StackFaultOperation.Update, stop);
            await PaceAsync(stop);
            var state = old.State!;
            if (now.PhysicalId == old.PhysicalId)
            {
                var before = now.Attempted ?? now.Properties;
                state = await services.Types(old.Type).RestoreAsync(await WorkAsync(old, old.Properties, before), now.State!, stop);
                services.Changed(stack.Region);
                await _groups.RollAsync(resource, StackPlan.Changes(TypeTable.Find(old.Type)!, before, old.Properties), old.Declaration.UpdatePolicy, stop);
            }
            else
            {
                Supersede(old, now);
            }
            Report(old with { State = state }, "UPDATE_COMPLETE");
        });
    }

    /// <param name="ofStack">Whether it is still a resource of the stack, and not one that was replaced.</param>
    public async Task<bool> DeleteAsync(StackResource old, string deletionPolicy, bool ofStack, CancellationToken stop)
    {
        var resource = old;
        StackResource Tell(string status, string? reason = null)
        {
            resource = resource with { Status = status, Reason = reason, At = services.Time.GetUtcNow() };
            if (ofStack)
                stack.Record(operation, resource);
            else
                stack.RecordEvent(operation, resource);
            return resource;
        }

        if (deletionPolicy == "Retain" && resource.State is not null)
        {
            Tell("DELETE_SKIPPED");
            return true;
        }
        if (resource.State is null)
        {
            Tell("DELETE_COMPLETE");
            return true;
        }
        Tell("DELETE_IN_PROGRESS");
        try
        {
            await services.Faults.MeetAsync(stack.Name, resource, StackFaultOperation.Delete, stop);
            await PaceAsync(stop);
            await services.Types(resource.Type).DeleteAsync(services.Work(stack, resource, resource.Properties), resource.State, services.End);
        }
        catch (MotoException e) when (e.IsNotFound)
        {
            // It was deleted behind the stack's back.
        }
        catch (Exception e) when (IsExpected(e))
        {
            Tell("DELETE_FAILED", e is OperationCanceledException ? "Resource deletion cancelled" : ReasonOf(e));
            return false;
        }
        services.Changed(stack.Region);
        Tell("DELETE_COMPLETE");
        return true;
    }

    /// <summary>One thing takes the place of another, which is to go.</summary>
    private void Supersede(StackResource by, StackResource old)
    {
        lock (stack.Gate)
        {
            stack.Leftovers.RemoveAll(leftover => leftover.LogicalId == old.LogicalId && (leftover.PhysicalId == old.PhysicalId || leftover.PhysicalId == by.PhysicalId));
            stack.Leftovers.Add(old);
        }
    }

    /// <param name="made">Told as soon as there is something real, also when what follows fails.</param>
    private async Task MakeAsync(StackResource resource, string status, Action<StackResource> made, CancellationToken stop)
    {
        await services.Faults.MeetAsync(stack.Name, resource, StackFaultOperation.Create, stop);
        await PaceAsync(stop);
        stack.Signals.Clear(resource.LogicalId);
        // Not to be stopped in the middle: what is half made would belong to nobody.
        var state = await services.Types(resource.Type).CreateAsync(await WorkAsync(resource, resource.Properties), services.End);
        resource = Report(resource with { State = state }, status, "Resource creation Initiated");
        made(resource);
        services.Changed(stack.Region);
        await SettlePaceAsync(stop);
        made(resource with { State = await services.Types(resource.Type).SettleAsync(await WorkAsync(resource, resource.Properties), state, stop) });
    }

    private static JsonObject Evaluate(ResourceDeclaration declaration, Evaluator evaluator)
    {
        var properties = StackPlan.PropertiesOf(declaration, evaluator);
        var problems = PropertyRules.Check(TypeTable.Find(declaration.Type)!, properties);
        return problems.Count == 0
            ? properties
            : throw new TemplateException($"Properties validation failed for resource {declaration.LogicalId} with message: [{string.Join(", ", problems.Select(problem => problem.Reason))}]");
    }

    /// <summary>The failure becomes the resource's status; false tells of it.</summary>
    private async Task<bool> GuardAsync(Func<StackResource> resource, string failed, string cancelled, Func<Task> work)
    {
        try
        {
            await work();
            return true;
        }
        catch (Exception e) when (IsExpected(e))
        {
            Report(resource(), failed, e is OperationCanceledException ? cancelled : ReasonOf(e));
            return false;
        }
    }

    private bool IsExpected(Exception e) =>
        !services.End.IsCancellationRequested &&
        e is CumulusException or TemplateException or AwsError or HttpRequestException or IOException or OperationCanceledException or FormatException or KeyNotFoundException or InvalidOperationException;

    private StackResource Report(StackResource resource, string status, string? reason = null)
    {
        resource = resource with { Status = status, Reason = reason, At = services.Time.GetUtcNow() };
        stack.Record(operation, resource);
        return resource;
    }

    /// <summary>It is as it is wanted; in express mode perhaps not of use yet.</summary>
    private void Complete(StackResource resource, string status, string? reason = null)
    {
        var isExpress = operation.Options.IsExpress;
        resource = resource with { Status = status, Reason = reason ?? (isExpress ? ExpressNote : null), At = services.Time.GetUtcNow() };
        stack.Record(operation, resource, isExpress ? "CONFIGURATION_COMPLETE" : null);
    }

    private Task AwaitSignalsAsync(StackResource resource, ResourceDeclaration declaration, Evaluator evaluator, CancellationToken stop) =>
        operation.Options.IsExpress ? Task.CompletedTask : _signals.WaitAsync(resource, evaluator.Evaluate(declaration.CreationPolicy), stop);

    /// <summary>The time in which what is configured becomes of use.</summary>
    private Task SettlePaceAsync(CancellationToken stop) => operation.Options.IsExpress ? Task.CompletedTask : PaceAsync(stop);

    private Task PaceAsync(CancellationToken stop) => Task.Delay(services.Pace, services.Time, stop);

    private Task<ResourceWork> WorkAsync(StackResource resource, JsonObject properties, JsonObject? before = null) =>
        services.WorkAsync(stack, resource, properties, before, services.End);

    /// <summary>A service's refusal in the words of CloudFormation's handlers; they tell codes of their own.</summary>
    private static string ReasonOf(Exception e)
    {
        if (e is not MotoException moto)
            return e.Message;
        var code = moto.Code.Contains("AlreadyExists", StringComparison.Ordinal) || moto.Code.Contains("Duplicate", StringComparison.Ordinal) ? "AlreadyExists"
            : moto.IsNotFound ? "NotFound"
            : moto.Status == 403 ? "AccessDenied"
            : moto.Status >= 500 ? "ServiceInternalError"
            : "InvalidRequest";
        return $"Resource handler returned message: \"{moto.Reason} (Service: {moto.Service}, Status Code: {moto.Status}, Request ID: {Guid.NewGuid()})\" (RequestToken: {Guid.NewGuid()}, HandlerErrorCode: {code})";
    }
}
