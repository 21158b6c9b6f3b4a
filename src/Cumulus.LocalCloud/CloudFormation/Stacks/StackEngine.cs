using System.Collections.Concurrent;
using System.Net;
using Cumulus.LocalCloud.CloudFormation.Api;
using Cumulus.LocalCloud.CloudFormation.Drift;
using Cumulus.LocalCloud.CloudFormation.Resources;
using Cumulus.LocalCloud.CloudFormation.Templates;
using Cumulus.LocalCloud.Faults;
using Cumulus.LocalCloud.Moto;
using Cumulus.LocalCloud.Proxy;

namespace Cumulus.LocalCloud.CloudFormation.Stacks;

/// <summary>
/// All stacks of the cloud. An operation is checked and begun here and goes on in the background, as on AWS. Refusals are those of
/// CloudFormation (https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/CommonErrors.html, and each operation's page).
/// </summary>
internal sealed class StackEngine : IAsyncDisposable
{
    private readonly object _gate = new();
    private readonly List<Stack> _stacks = [];
    private readonly ConcurrentDictionary<Task, bool> _running = new();
    private readonly CancellationTokenSource _end = new();
    private readonly StackServices _services;
    private readonly CloudLog _log;
    private readonly EventTopics _topics;
    private readonly Dictionary<string, ResourceType> _types;

    /// <param name="endpoint">Where clients reach the cloud.</param>
    /// <param name="changed">Called with a region when things in it may have changed.</param>
    public StackEngine(MotoClient moto, string endpoint, TimeProvider time, TimeSpan pace, FaultSchedule faults, Action<string> changed, CloudLog log)
    {
        _log = log;
        _services = new StackServices(moto, time, pace, new StackFaultSchedule(faults, time), FindType, new ExportTable(), changed, _end.Token);
        Drift = new DriftDetector(_services);
        var nested = new NestedStackType(this, new DefinitionReader(moto, new TemplateSource(moto)));
        var waiting = new WaitConditionType(Waits, time);
        _topics = new EventTopics(moto, log);
        RunBeside(_topics.RunAsync);
        _types = new() { [Stack.ResourceType] = nested, ["AWS::CloudFormation::WaitCondition"] = waiting, ["AWS::CloudFormation::WaitConditionHandle"] = new WaitHandleType(endpoint) };
    }

    public DriftDetector Drift { get; }

    /// <summary>Signals to wait conditions, by the last part of the handle's address.</summary>
    public SignalBoard Waits { get; } = new();

    public ExportTable Exports => _services.Exports;

    public StackServices Services => _services;

    public TimeProvider Time => _services.Time;

    /// <summary>Those of all regions, deleted ones too.</summary>
    public IReadOnlyList<Stack> All
    {
        get
        {
            lock (_gate)
                return [.. _stacks];
        }
    }

    /// <summary>Oldest first; those that were deleted too.</summary>
    public IReadOnlyList<Stack> In(string region)
    {
        lock (_gate)
            return [.. _stacks.Where(stack => stack.Region == region)];
    }

    /// <summary>A name finds the stack that lives; an id also one that was deleted.</summary>
    public Stack? Find(string region, string nameOrId) =>
        In(region).LastOrDefault(stack => stack.Id == nameOrId || (stack.Name == nameOrId && !stack.IsDeleted));

    /// <exception cref="AwsError">ValidationError: there is none.</exception>
    public Stack Require(string region, string nameOrId, string? words = null) =>
        Find(region, nameOrId) ?? throw Refused(words ?? $"Stack [{nameOrId}] does not exist");

    /// <summary>Makes the record of a stack. Nothing is made yet.</summary>
    /// <exception cref="AwsError">AlreadyExistsException.</exception>
    /// <param name="parent">Null for a stack of its own.</param>
    /// <param name="nestedAs">The logical id in the parent.</param>
    public Stack Add(string region, string name, StackDefinition definition, Stack? parent = null, string? nestedAs = null)
    {
        var id = $"arn:aws:cloudformation:{region}:{ResourceWork.Account}:stack/{name}/{Guid.NewGuid()}";
        var stack = new Stack(name, id, region, definition, Time.GetUtcNow())
        {
            ParentId = parent?.Id,
            RootId = parent is null ? null : parent.RootId ?? parent.Id,
            NestedAs = nestedAs,
            Told = _topics.Post,
        };
        lock (_gate)
        {
            if (_stacks.Any(other => other.Region == region && other.Name == name && !other.IsDeleted))
                throw new AwsError(HttpStatusCode.BadRequest, "AlreadyExistsException", $"Stack [{name}] already exists");
            _stacks.Add(stack);
        }
        return stack;
    }

    /// <summary>A stack that only change sets have been made for.</summary>
    public Stack Review(string region, string name, StackDefinition definition, Stack? parent = null, string? nestedAs = null)
    {
        var stack = Add(region, name, definition, parent, nestedAs);
        var operation = new StackOperation("CREATE_CHANGESET", OperationOptions.None, Time.GetUtcNow());
        lock (stack.Gate)
        {
            stack.Begin(operation);
            stack.Record(operation, operation.StartedAt, "REVIEW_IN_PROGRESS", "User Initiated");
        }
        operation.End(operation.StartedAt);
        return stack;
    }

    /// <summary>The stack that becomes this resource of its parent: one that a change set has brought into review, or a new one.</summary>
    public Stack Nested(Stack parent, string logicalId, StackDefinition definition, string newName)
    {
        if (InReview(parent).FirstOrDefault(stack => stack.NestedAs == logicalId) is not { } stack)
            return Add(parent.Region, newName, definition, parent, logicalId);
        stack.Definition = definition;
        stack.CreatedAt = Time.GetUtcNow();
        return stack;
    }

    /// <summary>Nested stacks that only change sets have been made for.</summary>
    public IEnumerable<Stack> InReview(Stack parent) => In(parent.Region).Where(stack => stack.ParentId == parent.Id && stack.Status == "REVIEW_IN_PROGRESS");

    /// <summary>Ends a review that came to nothing.</summary>
    public void Abandon(Stack stack)
    {
        foreach (var nested in InReview(stack))
            Abandon(nested);
        stack.DeletedAt = Time.GetUtcNow();
        stack.Record(stack.Operation!, Time.GetUtcNow(), "DELETE_COMPLETE", null);
    }

    /// <summary>Work that belongs to no operation on a stack.</summary>
    public void RunBeside(Func<CancellationToken, Task> work) => Track(Task.Run(async () =>
    {
        try
        {
            await work(_end.Token).WaitAsync(_end.Token);
        }
        catch (OperationCanceledException) when (_end.IsCancellationRequested)
        {
        }
    }));

    public Task PaceAsync() => Task.Delay(_services.Pace, Time, _end.Token);

    public void Create(Stack stack, OperationOptions options)
    {
        stack.DisableRollback = options.OnFailure == OnFailure.DoNothing;
        stack.IsExpress = options.IsExpress;
        var operation = Begin(stack, "CREATE_STACK", options, "CREATE_IN_PROGRESS");
        Run(stack, () => new StackFlow(_services, stack, operation).CreateAsync());
    }

    /// <exception cref="AwsError">ValidationError: the stack is in a state that allows no update, or nothing would change.</exception>
    public void Update(Stack stack, StackDefinition target, OperationOptions options)
    {
        StackOperation operation;
        lock (stack.Gate)
        {
            RequireUpdatable(stack);
            // What has failed may be tried again as it was.
            if (!options.RevertsDrift && stack.Definition.IsSameAs(target) && !stack.Status.EndsWith("_FAILED", StringComparison.Ordinal))
                throw Refused("No updates are to be performed.");
            operation = BeginTo(target, stack, "UPDATE_STACK", options, "UPDATE_IN_PROGRESS");
        }
        stack.IsExpress = options.IsExpress;
        Run(stack, () => new StackFlow(_services, stack, operation).UpdateAsync());
    }

    /// <summary>Makes things that are there already resources of the stack.</summary>
    /// <exception cref="AwsError">ValidationError: the stack is in a state that allows no import.</exception>
    public void Import(Stack stack, StackDefinition target, OperationOptions options)
    {
        StackOperation operation;
        lock (stack.Gate)
        {
            if (stack.Status != "REVIEW_IN_PROGRESS")
                RequireUpdatable(stack);
            operation = BeginTo(target, stack, stack.Status == "REVIEW_IN_PROGRESS" ? "CREATE_STACK" : "UPDATE_STACK", options, "IMPORT_IN_PROGRESS");
        }
        Run(stack, () => new StackFlow(_services, stack, operation).ImportAsync());
    }

    /// <exception cref="AwsError">ValidationError: the stack is in a state that allows no update.</exception>
    public static void RequireUpdatable(Stack stack)
    {
        if (stack.Status is not ("CREATE_COMPLETE" or "CREATE_FAILED" or "UPDATE_COMPLETE" or "UPDATE_FAILED" or "UPDATE_ROLLBACK_COMPLETE" or "IMPORT_COMPLETE" or "IMPORT_ROLLBACK_COMPLETE"))
            throw Refused($"Stack:{stack.Id} is in {stack.Status} state and can not be updated.");
    }

    /// <exception cref="AwsError">ValidationError: it is protected, busy, or resources are to be retained that need not be.</exception>
    public void Delete(Stack stack, IReadOnlySet<string> retain, bool force, OperationOptions options)
    {
        StackOperation? former;
        StackOperation operation;
        lock (stack.Gate)
        {
            if (stack.IsProtected)
                throw Refused($"Stack [{stack.Name}] cannot be deleted while TerminationProtection is enabled");
            if (stack.Status == "DELETE_IN_PROGRESS")
                return;
            if (stack.IsBusy && stack.Status is not "CREATE_IN_PROGRESS")
                throw Refused($"Stack:{stack.Id} is in {stack.Status} state and can not be deleted.");
            if ((retain.Count > 0 || force) && stack.Status != "DELETE_FAILED")
            {
                throw Refused(
                    $"Invalid operation on stack [{stack.Id}]. When you delete a stack, specify which resources to retain only when the stack is in the DELETE_FAILED state.");
            }
            if (retain.Where(id => !stack.Resources.ContainsKey(id)).ToList() is { Count: > 0 } unknown)
                throw Refused($"The following resource(s) to retain do not exist in the stack: [{string.Join(", ", unknown)}]");
            foreach (var nested in InReview(stack))
                Abandon(nested);
            former = stack.IsBusy ? stack.Operation : null;
            operation = Begin(stack, "DELETE_STACK", options, "DELETE_IN_PROGRESS");
            // Not before: a creation that ends must see that it is not to be rolled back any more.
            former?.Cancel();
        }
        Run(stack, async () =>
        {
            if (former is not null)
                await former.Ended.WaitAsync(_end.Token);
            await new StackFlow(_services, stack, operation).RemoveAllAsync("DELETE", retain, force);
        });
    }

    /// <exception cref="AwsError">ValidationError: no update is under way.</exception>
    public static void CancelUpdate(Stack stack)
    {
        if (stack.Status != "UPDATE_IN_PROGRESS")
            throw Refused("CancelUpdateStack cannot be called from current stack status");
        stack.Operation!.Cancel();
    }

    /// <exception cref="AwsError">ValidationError: no rollback of an update has failed, or it did not fail at these.</exception>
    public void ContinueRollback(Stack stack, IReadOnlySet<string> skip, OperationOptions options)
    {
        if (stack.Status != "UPDATE_ROLLBACK_FAILED")
            throw Refused($"Stack:{stack.Id} is in {stack.Status} state and can not continue rolling back.");
        if (skip.Where(id => stack.Resources.GetValueOrDefault(id)?.Status != "UPDATE_FAILED").ToList() is { Count: > 0 } wrong)
            throw Refused($"The following resource(s) cannot be skipped because they are not in the UPDATE_FAILED state: [{string.Join(", ", wrong)}]");
        var operation = Begin(stack, "CONTINUE_ROLLBACK", options, "UPDATE_ROLLBACK_IN_PROGRESS");
        Run(stack, () => new StackFlow(_services, stack, operation).RollBackUpdateAsync(skip));
    }

    /// <exception cref="AwsError">ValidationError: the stack has not failed.</exception>
    public void Rollback(Stack stack, OperationOptions options)
    {
        if (stack.IsExpress && stack.Status is "CREATE_FAILED" or "UPDATE_FAILED")
            throw Refused($"Stack:{stack.Id} was last updated in EXPRESS mode and can not be rolled back.");
        switch (stack.Status)
        {
            case "CREATE_FAILED":
                var creation = Begin(stack, "ROLLBACK", options, "ROLLBACK_IN_PROGRESS");
                Run(stack, () => new StackFlow(_services, stack, creation).RemoveAllAsync("ROLLBACK", new HashSet<string>()));
                break;
            case "UPDATE_FAILED":
                var update = Begin(stack, "ROLLBACK", options, "UPDATE_ROLLBACK_IN_PROGRESS");
                Run(stack, () => new StackFlow(_services, stack, update).RollBackUpdateAsync(new HashSet<string>()));
                break;
            default:
                throw Refused($"Stack:{stack.Id} is in {stack.Status} state and can not be rolled back.");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await Task.WhenAll(_running.Keys);
        foreach (var operation in _stacks.SelectMany(stack => stack.Operations))
            operation.Dispose();
        _end.Dispose();
    }

    public static AwsError Refused(string message) => new(HttpStatusCode.BadRequest, "ValidationError", message);

    private ResourceType FindType(string type) => _types.GetValueOrDefault(type) ?? ResourceTypes.Find(type);

    private StackOperation Begin(Stack stack, string type, OperationOptions options, string status)
    {
        var operation = new StackOperation(type, options, Time.GetUtcNow());
        lock (stack.Gate)
        {
            stack.Begin(operation);
            stack.Record(operation, operation.StartedAt, status, "User Initiated");
        }
        return operation;
    }

    private StackOperation BeginTo(StackDefinition target, Stack stack, string type, OperationOptions options, string status)
    {
        // After a failed update that was not rolled back, the way back leads to before that one.
        stack.Stable ??= stack.Snapshot();
        stack.Definition = target;
        stack.UpdatedAt = Time.GetUtcNow();
        return Begin(stack, type, options, status);
    }

    private void Run(Stack stack, Func<Task> work) => Track(Task.Run(() => FollowAsync(stack, work)));

    private void Track(Task run)
    {
        _running[run] = true;
        _ = run.ContinueWith(done => _running.TryRemove(done, out _), TaskScheduler.Default);
    }

    private async Task FollowAsync(Stack stack, Func<Task> work)
    {
        var operation = stack.Operation!;
        try
        {
            await work();
            _log.Write($"stack {stack.Name}: {operation.Type} ends with {stack.Status}");
        }
        catch (OperationCanceledException) when (_end.IsCancellationRequested)
        {
        }
        catch (Exception e)
        {
            // A defect of the engine; without a last status a client would wait for ever.
            _log.Write($"stack {stack.Name}: {operation.Type} broke off: {e}");
            stack.Record(operation, Time.GetUtcNow(), stack.Status.Replace("_COMPLETE_CLEANUP", "", StringComparison.Ordinal).Replace("_IN_PROGRESS", "_FAILED", StringComparison.Ordinal), $"Internal Failure: {e.Message}");
            operation.End(Time.GetUtcNow());
        }
    }
}
