using System.Net;
using Cumulus.LocalCloud.CloudFormation.Resources;
using Cumulus.LocalCloud.CloudFormation.Stacks;
using Cumulus.LocalCloud.CloudFormation.Templates;
using Cumulus.LocalCloud.Proxy;

namespace Cumulus.LocalCloud.CloudFormation.ChangeSets;

/// <summary>All change sets, and what can be done with them.</summary>
internal sealed class ChangeSetStore(StackEngine engine)
{
    /// <summary>AWS's words; clients look for them (<c>aws cloudformation deploy</c> does).</summary>
    private const string NoChanges = "The submitted information didn't contain changes. Submit different information to create a change set.";

    private readonly object _gate = new();
    private readonly List<ChangeSet> _sets = [];

    public IReadOnlyList<ChangeSet> Of(Stack stack)
    {
        lock (_gate)
            return [.. _sets.Where(set => set.Stack == stack)];
    }

    /// <exception cref="AwsError">ChangeSetNotFound.</exception>
    public ChangeSet Require(string region, string nameOrId, string? stackName)
    {
        lock (_gate)
        {
            return _sets.LastOrDefault(set => set.Stack.Region == region && (set.Id == nameOrId || (set.Name == nameOrId && stackName is not null && (set.Stack.Name == stackName || set.Stack.Id == stackName))))
                ?? throw new AwsError(HttpStatusCode.NotFound, "ChangeSetNotFound", $"ChangeSet [{nameOrId}] does not exist");
        }
    }

    /// <summary>Adds a set; what it would do is found out in the background, as on AWS.</summary>
    /// <exception cref="AwsError">AlreadyExistsException.</exception>
    public void Add(ChangeSet set)
    {
        lock (_gate)
        {
            if (_sets.Any(other => other.Stack == set.Stack && other.Name == set.Name))
                throw new AwsError(HttpStatusCode.BadRequest, "AlreadyExistsException", $"ChangeSet {set.Name} already exists");
            _sets.Add(set);
        }
        engine.RunBeside(stop => PlanAsync(set, stop));
    }

    /// <exception cref="AwsError">InvalidChangeSetStatus: it is being executed.</exception>
    public void Delete(ChangeSet set)
    {
        if (set.ExecutionStatus == "EXECUTE_IN_PROGRESS")
            throw Invalid($"ChangeSet [{set.Id}] cannot be deleted in status {set.ExecutionStatus}");
        lock (_gate)
            _sets.Remove(set);
    }

    /// <exception cref="AwsError">InvalidChangeSetStatus, or ValidationError of the update.</exception>
    public void Execute(ChangeSet set, bool disableRollback, string? token)
    {
        if (set.ExecutionStatus != "AVAILABLE")
            throw Invalid($"ChangeSet [{set.Id}] cannot be executed in its current execution status of [{set.ExecutionStatus}]");
        var stack = set.Stack;
        var onFailure = set.OnStackFailure switch
        {
            "DELETE" => OnFailure.Delete,
            "DO_NOTHING" => OnFailure.DoNothing,
            _ => disableRollback ? OnFailure.DoNothing : OnFailure.Rollback,
        };
        if (stack.Status == "REVIEW_IN_PROGRESS")
        {
            stack.Definition = set.Target;
            stack.CreatedAt = engine.Time.GetUtcNow();
            engine.Create(stack, onFailure, token);
        }
        else
        {
            engine.Update(stack, set.Target, StackPolicy.Parse(stack.Policy), onFailure == OnFailure.DoNothing, token);
        }
        stack.ChangeSetId = set.Id;
        set.ExecutionStatus = "EXECUTE_IN_PROGRESS";
        // The others were made for the stack as it was.
        lock (_gate)
            _sets.RemoveAll(other => other.Stack == stack && other != set);
        engine.RunBeside(async _ =>
        {
            await stack.Operation!.Ended;
            set.ExecutionStatus = stack.Status is "CREATE_COMPLETE" or "UPDATE_COMPLETE" ? "EXECUTE_COMPLETE" : "EXECUTE_FAILED";
        });
    }

    private async Task PlanAsync(ChangeSet set, CancellationToken cancellationToken)
    {
        set.Status = "CREATE_IN_PROGRESS";
        await engine.PaceAsync();
        var stack = set.Stack;
        try
        {
            var now = stack.Snapshot();
            var isNew = stack.Status == "REVIEW_IN_PROGRESS";
            if (!isNew && now.Definition.IsSameAs(set.Target))
            {
                (set.Status, set.Reason) = ("FAILED", NoChanges);
                return;
            }
            var planner = new ChangeSetPlanner(
                now, set.Target, set.Target.Values(stack.Name, stack.Id, stack.Region, ResourceWork.Account), name => engine.Exports.Import(stack, name));
            set.Changes = planner.Plan();
            (set.ExecutionStatus, set.Status) = ("AVAILABLE", "CREATE_COMPLETE");
        }
        catch (TemplateException e)
        {
            (set.Status, set.Reason) = ("FAILED", e.Message);
        }
    }

    private static AwsError Invalid(string message) => new(HttpStatusCode.BadRequest, "InvalidChangeSetStatus", message);
}
