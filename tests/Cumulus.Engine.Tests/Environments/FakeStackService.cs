using System.Runtime.CompilerServices;
using Cumulus.Engine.Aws;

namespace Cumulus.Engine.Tests.Environments;

/// <summary>What a look at a stack shows next: its status, and what happened to its resources until then.</summary>
public sealed record Step(string Status, params (string LogicalId, string Type, string Status, string? Reason)[] Resources)
{
    public string? Reason { get; init; }

    /// <summary>Of its resources; null: made up.</summary>
    public string? PhysicalId { get; init; }

    /// <summary>Leaves out the event of the stack itself, as when events are late.</summary>
    public bool Silent { get; init; }
}

/// <summary>CloudFormation by script: each look at a stack moves it one step on.</summary>
public sealed class FakeStackService : IStackService
{
    private readonly Dictionary<string, FakeStack> _stacks = [];
    private readonly List<FakeChangeSet> _sets = [];
    private int _ids;

    /// <summary>Steps of the next create, update or delete of a stack, by its name.</summary>
    public Dictionary<string, Step[]> Creates { get; } = [];

    public Dictionary<string, Step[]> Updates { get; } = [];

    public Dictionary<string, Step[]> Deletes { get; } = [];

    /// <summary>Called before each call with its text; may throw.</summary>
    public Action<string>? Before { get; set; }

    /// <summary>All calls, such as <c>Create stage-web</c>.</summary>
    public List<string> Calls { get; } = [];

    /// <summary>Called after what changes something, with its text; what it throws is an answer that was lost.</summary>
    public Action<string>? AfterCall { get; set; }

    public List<StackChange> Changes { get; } = [];

    public List<StackDeletion> Deletions { get; } = [];

    public IReadOnlyList<TemplateParameter> Declared { get; set; } = [];

    /// <summary>What the next change set of a stack, by its name, says that it changes.</summary>
    public Dictionary<string, ResourceChangeRecord[]> ResourceChanges { get; } = [];

    /// <summary>Why the next change set of a stack, by its name, is refused.</summary>
    public Dictionary<string, string> Refusals { get; } = [];

    /// <summary>What DescribeEvents tells, by operation or change set.</summary>
    public Dictionary<string, OperationFailure[]> Failures { get; } = [];

    /// <summary>Looks at a change set until it is made.</summary>
    public int LooksUntilMade { get; set; }

    public IEnumerable<FakeChangeSet> ChangeSets => _sets;

    /// <summary>Whether an update finds nothing to do, by the service's own judgement.</summary>
    public bool NothingToUpdate { get; set; }

    /// <summary>Whether events carry the token of their operation.</summary>
    public bool Tokens { get; set; } = true;

    public IEnumerable<string> Writes => Calls.Where(c => c.StartsWith("Create ", StringComparison.Ordinal) || c.StartsWith("Update ", StringComparison.Ordinal) || c.StartsWith("Delete ", StringComparison.Ordinal));

    public FakeStack this[string name] => _stacks[name];

    public bool Has(string name) => _stacks.ContainsKey(name);

    [MethodImpl(MethodImplOptions.Synchronized)]
    public FakeStack Add(string name, string status, string body = Sample.Template)
    {
        var stack = new FakeStack(name, $"arn:aws:cloudformation:eu-west-1:1:stack/{name}/{++_ids}") { Status = status, Body = body };
        stack.Happen(new Step(status), token: Tokens ? "before" : null);
        return _stacks[name] = stack;
    }

    [MethodImpl(MethodImplOptions.Synchronized)]
    public Task<StackDescription?> FindAsync(string nameOrId, CancellationToken cancellationToken)
    {
        Call($"Find {nameOrId}", cancellationToken);
        FakeStack? stack = Find(nameOrId);
        stack?.Move();
        return Task.FromResult(stack is null or { Status: "DELETE_COMPLETE" } ? null : stack.Describe());
    }

    public async IAsyncEnumerable<StackEventRecord> EventsAsync(string nameOrId, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Call($"Events {nameOrId}", cancellationToken);
        await Task.Yield();
        int read = 0;
        foreach (StackEventRecord e in (Find(nameOrId)?.Events ?? []).AsEnumerable().Reverse().ToArray())
        {
            if (read++ > 0 && read % 100 == 1) Call($"EventsPage {nameOrId}", cancellationToken);
            yield return e;
        }
    }

    public Task<IReadOnlyList<StackResourceRecord>> ResourcesAsync(string nameOrId, CancellationToken cancellationToken)
    {
        Call($"Resources {nameOrId}", cancellationToken);
        return Task.FromResult<IReadOnlyList<StackResourceRecord>>(Find(nameOrId)?.Resources ?? []);
    }

    public Task<IReadOnlyList<TemplateParameter>> ValidateAsync(TemplateSource template, CancellationToken cancellationToken)
    {
        Call($"Validate {template.Url ?? template.Body}", cancellationToken);
        return Task.FromResult(Declared);
    }

    public Task<string?> TemplateBodyAsync(string nameOrId, CancellationToken cancellationToken)
    {
        Call($"Body {nameOrId}", cancellationToken);
        return Task.FromResult(Find(nameOrId)?.Body);
    }

    [MethodImpl(MethodImplOptions.Synchronized)]
    public Task<string> CreateAsync(StackChange change, CancellationToken cancellationToken)
    {
        Call($"Create {change.StackName}", cancellationToken);
        Assert.False(_stacks.TryGetValue(change.StackName, out FakeStack? old) && old.Status != "DELETE_COMPLETE", "A create of a stack that exists.");
        Changes.Add(change);
        var stack = new FakeStack(change.StackName, $"arn:aws:cloudformation:eu-west-1:1:stack/{change.StackName}/{++_ids}");
        _stacks[change.StackName] = stack;
        stack.Begin(change, "CREATE_IN_PROGRESS", Creates.GetValueOrDefault(change.StackName) ?? [new Step("CREATE_COMPLETE")], Tokens);
        return Task.FromResult(stack.Id);
    }

    public async IAsyncEnumerable<StackDescription> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.Yield();
        FakeStack[] all = [.. _stacks.Values.Where(s => s.Status != "DELETE_COMPLETE")];
        foreach (FakeStack[] page in all.Chunk(100).DefaultIfEmpty([]))
        {
            Call("List", cancellationToken);
            foreach (FakeStack stack in page) yield return stack.Describe();
        }
    }

    public Task<IReadOnlyList<OperationFailure>> FailuresAsync(string operationIdOrChangeSetId, CancellationToken cancellationToken)
    {
        Call($"Failures {operationIdOrChangeSetId}", cancellationToken);
        return Task.FromResult<IReadOnlyList<OperationFailure>>(Failures.GetValueOrDefault(operationIdOrChangeSetId) ?? []);
    }

    [MethodImpl(MethodImplOptions.Synchronized)]
    public Task<ChangeSetReference> CreateChangeSetAsync(ChangeSetRequest request, CancellationToken cancellationToken)
    {
        string name = request.Change.StackName;
        Call($"CreateChangeSet {name}", cancellationToken);
        FakeStack? stack = Find(name);
        Assert.Equal(request.IsNew, stack is null or { Status: "REVIEW_IN_PROGRESS" });
        if (_sets.Exists(s => s.Stack == stack && s.Name == request.Name)) throw new CumulusException(ErrorIds.ChangeSetExists, FailureKind.Conflict, "There is one.");
        stack ??= Add(name, "REVIEW_IN_PROGRESS");
        var set = new FakeChangeSet($"arn:aws:cloudformation:eu-west-1:1:changeSet/{request.Name}/{++_ids}", request.Name, stack, request.Change)
        {
            LooksUntilMade = LooksUntilMade,
            Refusal = Refusals.GetValueOrDefault(name),
            IsEmpty = !request.IsNew && NothingToUpdate,
            Changes = ResourceChanges.GetValueOrDefault(name) ?? [],
        };
        _sets.Add(set);
        AfterCall?.Invoke($"CreateChangeSet {name}");
        return Task.FromResult(new ChangeSetReference(set.Id, stack.Id));
    }

    [MethodImpl(MethodImplOptions.Synchronized)]
    public Task<StackChangeSet?> ChangeSetAsync(string nameOrId, string? stackName, CancellationToken cancellationToken)
    {
        Call($"ChangeSet {nameOrId}", cancellationToken);
        return Task.FromResult(_sets.Find(s => s.Id == nameOrId || (s.Name == nameOrId && s.Stack.Name == stackName))?.Look());
    }

    [MethodImpl(MethodImplOptions.Synchronized)]
    public Task<IReadOnlyList<string>> ChangeSetsAsync(string nameOrId, CancellationToken cancellationToken)
    {
        Call($"ChangeSets {nameOrId}", cancellationToken);
        return Task.FromResult<IReadOnlyList<string>>([.. _sets.Where(s => s.Stack == Find(nameOrId) && !s.Executed).Select(s => s.Id)]);
    }

    [MethodImpl(MethodImplOptions.Synchronized)]
    public Task ExecuteChangeSetAsync(string id, string token, bool? disableRollback, CancellationToken cancellationToken)
    {
        FakeChangeSet set = _sets.Single(s => s.Id == id);
        bool isNew = set.Stack.Status == "REVIEW_IN_PROGRESS";
        Call($"{(isNew ? "Create" : "Update")} {set.Stack.Name}", cancellationToken);
        Assert.Equal("AVAILABLE", set.ExecutionStatus);
        Changes.Add(set.Change);
        Step[] steps = (isNew ? Creates : Updates).GetValueOrDefault(set.Stack.Name) ?? [new Step(isNew ? "CREATE_COMPLETE" : "UPDATE_COMPLETE")];
        set.Stack.Begin(set.Change, isNew ? "CREATE_IN_PROGRESS" : "UPDATE_IN_PROGRESS", steps, Tokens, token);
        set.Executed = true;
        _sets.RemoveAll(s => s.Stack == set.Stack && s != set);
        AfterCall?.Invoke($"Execute {set.Stack.Name}");
        return Task.CompletedTask;
    }

    [MethodImpl(MethodImplOptions.Synchronized)]
    public Task DeleteChangeSetAsync(string id, CancellationToken cancellationToken)
    {
        Call($"DeleteChangeSet {id}", cancellationToken);
        _sets.RemoveAll(s => s.Id == id);
        return Task.CompletedTask;
    }

    [MethodImpl(MethodImplOptions.Synchronized)]
    public Task DeleteAsync(StackDeletion deletion, CancellationToken cancellationToken)
    {
        FakeStack stack = Find(deletion.NameOrId)!;
        Call($"Delete {stack.Name}", cancellationToken);
        Deletions.Add(deletion);
        if (stack.Status == "REVIEW_IN_PROGRESS")
        {
            _sets.RemoveAll(s => s.Stack == stack);
            stack.Status = "DELETE_COMPLETE";
            return Task.CompletedTask;
        }

        stack.Begin(null, "DELETE_IN_PROGRESS", Deletes.GetValueOrDefault(stack.Name) ?? [new Step("DELETE_COMPLETE")], Tokens, deletion.Token);
        return Task.CompletedTask;
    }

    private void Call(string text, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (Calls) Calls.Add(text);
        Before?.Invoke(text);
    }

    [MethodImpl(MethodImplOptions.Synchronized)]
    private FakeStack? Find(string nameOrId) => _stacks.Values.FirstOrDefault(s => s.Id == nameOrId) ?? (_stacks.GetValueOrDefault(nameOrId) is { Status: not "DELETE_COMPLETE" } named ? named : null);
}

public sealed class FakeChangeSet(string id, string name, FakeStack stack, StackChange change)
{
    public string Id => id;

    public string Name => name;

    public FakeStack Stack => stack;

    public StackChange Change => change;

    public int LooksUntilMade { get; set; }

    public string? Refusal { get; init; }

    public bool IsEmpty { get; init; }

    public bool Executed { get; set; }

    public IReadOnlyList<ResourceChangeRecord> Changes { get; init; } = [];

    public string ExecutionStatus => Executed ? "EXECUTE_COMPLETE" : LooksUntilMade > 0 || Refusal is not null || IsEmpty ? "UNAVAILABLE" : "AVAILABLE";

    public StackChangeSet Look()
    {
        bool made = LooksUntilMade-- <= 0;
        return new StackChangeSet
        {
            Id = id,
            Name = name,
            StackId = stack.Id,
            StackName = stack.Name,
            Status = !made ? "CREATE_IN_PROGRESS" : Refusal is not null || IsEmpty ? "FAILED" : "CREATE_COMPLETE",
            ExecutionStatus = ExecutionStatus,
            Reason = Refusal,
            Changes = Changes,
            IsEmpty = made && IsEmpty,
        };
    }
}

public sealed class FakeStack(string name, string id)
{
    private readonly Queue<Step> _steps = [];
    private string? _token;
    private int _events;

    public string Name => name;

    public string Id => id;

    public string Status { get; set; } = "CREATE_IN_PROGRESS";

    public string? Reason { get; private set; }

    public string? Body { get; set; }

    public DateTimeOffset? UpdatedAt { get; private set; }

    public List<StackEventRecord> Events { get; } = [];

    public List<StackResourceRecord> Resources { get; } = [];

    public List<KeyValuePair<string, string>> Parameters { get; set; } = [];

    public List<KeyValuePair<string, string>> Tags { get; set; } = [];

    public List<KeyValuePair<string, string>> Outputs { get; } = [];

    /// <summary>Looks that still show the state from before an operation, as a service that is not at once consistent does.</summary>
    public int StaleLooks { get; set; }

    public void Script(params Step[] steps) => Array.ForEach(steps, _steps.Enqueue);

    public void Begin(StackChange? change, string status, Step[] steps, bool tokens, string? token = null)
    {
        _token = tokens ? token ?? change?.Token : null;
        if (change is not null)
        {
            Body = change.Template.Body;
            Parameters = [.. change.Parameters];
            Tags = [.. change.Tags];
        }

        _steps.Clear();
        _steps.Enqueue(new Step(status));
        Script(steps);
    }

    public void Move()
    {
        if (StaleLooks > 0)
        {
            StaleLooks--;
            return;
        }

        if (_steps.TryDequeue(out Step? step)) Happen(step, _token);
    }

    public void Happen(Step step, string? token)
    {
        foreach ((string logicalId, string type, string status, string? reason) in step.Resources)
        {
            Events.Add(Event(logicalId, step.PhysicalId ?? $"phys-{logicalId}", type, status, reason, token));
        }

        Status = step.Status;
        Reason = step.Reason;
        if (step.Status == "UPDATE_IN_PROGRESS") UpdatedAt = DateTimeOffset.UnixEpoch.AddHours(1);
        if (!step.Silent) Events.Add(Event(name, id, "AWS::CloudFormation::Stack", step.Status, step.Reason, token));
    }

    public StackDescription Describe() => new(name, id, Status, Reason, DateTimeOffset.UnixEpoch, UpdatedAt, Parameters, Outputs, Tags);

    private StackEventRecord Event(string logicalId, string physicalId, string type, string status, string? reason, string? token) =>
        new($"{id}-{++_events}", DateTimeOffset.UnixEpoch.AddSeconds(_events), id, name, logicalId, physicalId, type, status, reason, token);
}
