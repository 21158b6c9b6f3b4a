using System.Net;
using Cumulus.LocalCloud.CloudFormation.Api;
using Cumulus.LocalCloud.CloudFormation.Stacks;
using Cumulus.LocalCloud.Proxy;

namespace Cumulus.LocalCloud.CloudFormation.ChangeSets;

/// <summary>All change sets, and what can be done with them.</summary>
internal sealed class ChangeSetStore
{
    private readonly object _gate = new();
    private readonly List<ChangeSet> _sets = [];
    private readonly StackEngine _engine;
    private readonly ChangeSetBuilder _builder;

    public ChangeSetStore(StackEngine engine, DefinitionReader definitions)
    {
        _engine = engine;
        _builder = new ChangeSetBuilder(engine, definitions, Keep);
    }

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
        Keep(set);
        _engine.RunBeside(stop => _builder.BuildAsync(set, stop));
    }

    /// <summary>With the sets of nested stacks, and the stacks that are there for the sets only; the root's stack stays in review, as on AWS.</summary>
    /// <exception cref="AwsError">InvalidChangeSetStatus: it is being executed; ValidationError: it belongs to another set.</exception>
    public void Delete(ChangeSet set)
    {
        if (set.ExecutionStatus == "EXECUTE_IN_PROGRESS")
            throw Invalid($"ChangeSet [{set.Id}] cannot be deleted in status {set.ExecutionStatus}");
        RequireRoot(set, "deleted");
        Remove(set);
    }

    /// <exception cref="AwsError">InvalidChangeSetStatus, or ValidationError of the update.</exception>
    public void Execute(ChangeSet set, bool? disableRollback, string? token)
    {
        RequireRoot(set, "executed");
        if (set.ExecutionStatus != "AVAILABLE")
            throw Invalid($"ChangeSet [{set.Id}] cannot be executed in its current execution status of [{set.ExecutionStatus}]");
        if (disableRollback is not null && set.Deployment != Deployment.Standard)
            throw StackEngine.Refused("DisableRollback cannot be specified for a change set that was created with DeploymentConfig");
        var stack = set.Stack;
        var options = new OperationOptions
        {
            Token = token,
            OnFailure = set.OnStackFailure switch
            {
                "DELETE" => OnFailure.Delete,
                "DO_NOTHING" => OnFailure.DoNothing,
                _ => disableRollback == true ? OnFailure.DoNothing : set.Deployment.OnFailure,
            },
            IsExpress = set.Deployment.IsExpress,
            // That was done when the set was made.
            IsNotValidated = true,
            RevertsDrift = set.RevertsDrift,
            Policy = StackPolicy.Parse(stack.Policy),
            Imports = set.Imports,
        };
        if (set.Kind == ChangeSetKind.Import)
        {
            _engine.Import(stack, set.Target, options);
        }
        else if (stack.Status == "REVIEW_IN_PROGRESS")
        {
            stack.Definition = set.Target;
            stack.CreatedAt = _engine.Time.GetUtcNow();
            _engine.Create(stack, options);
        }
        else
        {
            _engine.Update(stack, set.Target, options);
        }
        stack.ChangeSetId = set.Id;
        Follow(set);
    }

    private void Follow(ChangeSet set)
    {
        var stack = set.Stack;
        List<ChangeSet> executed;
        lock (_gate)
        {
            // The others were made for the stack as it was.
            _sets.RemoveAll(other => other.Root != set && other.Root.Stack == stack);
            executed = [.. _sets.Where(other => other.Root == set)];
        }
        foreach (var one in executed)
            one.ExecutionStatus = "EXECUTE_IN_PROGRESS";
        _engine.RunBeside(async _ =>
        {
            await stack.Operation!.Ended;
            foreach (var one in executed)
                one.ExecutionStatus = stack.Status is "CREATE_COMPLETE" or "UPDATE_COMPLETE" or "IMPORT_COMPLETE" ? "EXECUTE_COMPLETE" : "EXECUTE_FAILED";
        });
    }

    private void Keep(ChangeSet set)
    {
        lock (_gate)
        {
            if (_sets.Any(other => other.Stack == set.Stack && other.Name == set.Name))
                throw new AwsError(HttpStatusCode.BadRequest, "AlreadyExistsException", $"ChangeSet {set.Name} already exists");
            _sets.Add(set);
        }
        set.Stack.Add(set.Operation);
    }

    private void Remove(ChangeSet set)
    {
        List<ChangeSet> nested;
        lock (_gate)
        {
            _sets.Remove(set);
            nested = [.. _sets.Where(other => other.Parent == set)];
        }
        foreach (var child in nested)
        {
            Remove(child);
            if (child.Stack.Status == "REVIEW_IN_PROGRESS")
                _engine.Abandon(child.Stack);
        }
    }

    private static void RequireRoot(ChangeSet set, string verb)
    {
        if (set.Parent is not null)
            throw StackEngine.Refused($"ChangeSet [{set.Id}] belongs to the change set of its root stack and cannot be {verb} alone: use [{set.Root.Id}]");
    }

    private static AwsError Invalid(string message) => new(HttpStatusCode.BadRequest, "InvalidChangeSetStatus", message);
}
