using System.Globalization;
using Cumulus.LocalCloud.CloudFormation.Drift;

namespace Cumulus.LocalCloud.CloudFormation.Stacks;

/// <summary>What is wanted when an operation fails (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stack-failure-options.html).</summary>
internal enum OnFailure
{
    Rollback,
    Delete,
    DoNothing,
}

/// <summary>
/// A stack: a journal of events and what follows from it. One operation at a time changes it; everybody reads it at any time, so
/// each change and each reading of several members that must fit together holds <see cref="Gate"/>.
/// </summary>
internal sealed class Stack(string name, string id, string region, StackDefinition definition, DateTimeOffset createdAt)
{
    public const string ResourceType = "AWS::CloudFormation::Stack";

    private readonly List<StackEvent> _events = [];
    private readonly List<StackOperation> _operations = [];
    private readonly Dictionary<string, StackResource> _resources = [];
    private readonly Dictionary<string, ResourceDrift> _drifts = [];

    public object Gate { get; } = new();

    public string Name { get; } = name;

    public string Id { get; } = id;

    public string Region { get; } = region;

    public DateTimeOffset CreatedAt { get; set; } = createdAt;

    public DateTimeOffset? UpdatedAt { get; set; }

    public DateTimeOffset? DeletedAt { get; set; }

    public string Status { get; private set; } = "";

    public string? Reason { get; private set; }

    public StackDefinition Definition { get; set; } = definition;

    /// <summary>Of a nested stack: what it was before its parent changed it last.</summary>
    public StackDefinition? Former { get; set; }

    public bool DisableRollback { get; set; }

    /// <summary>Whether it was created or updated in express mode last.</summary>
    public bool IsExpress { get; set; }

    /// <summary>In its parent's template; null for a stack of its own.</summary>
    public string? NestedAs { get; init; }

    /// <summary>Names of the exports that its template imports.</summary>
    public IReadOnlySet<string> ImportedExports { get; set; } = new HashSet<string>();

    /// <summary>Called with each event, in their order; must not wait.</summary>
    public Action<Stack, StackEvent>? Told { get; init; }

    public bool RetainExceptOnCreate { get; set; }

    public int? TimeoutMinutes { get; set; }

    public bool IsProtected { get; set; }

    /// <summary>JSON; null when every update is allowed.</summary>
    public string? Policy { get; set; }

    /// <summary>Id of the nested stack's parent; null for a stack of its own.</summary>
    public string? ParentId { get; init; }

    public string? RootId { get; init; }

    public string? ChangeSetId { get; set; }

    public IReadOnlyList<StackOutput> Outputs { get; set; } = [];

    /// <summary>Where a rollback leads to; null when the stack is as it was wanted last.</summary>
    public StackSnapshot? Stable { get; set; }

    /// <summary>Real things that no longer belong to a logical id and are deleted at the end.</summary>
    public List<StackResource> Leftovers { get; } = [];

    /// <summary>Signals that resources were sent.</summary>
    public SignalBoard Signals { get; } = new();

    /// <summary>The operation that is under way or was the last.</summary>
    public StackOperation? Operation { get; set; }

    public IReadOnlyList<StackOperation> Operations
    {
        get
        {
            lock (Gate)
                return [.. _operations];
        }
    }

    /// <summary>Oldest first, as they are at this moment.</summary>
    public IReadOnlyList<StackEvent> Events => [.. EventsOfOperations.Where(e => e.Finding is null)];

    /// <summary>As above, with what was found before an operation.</summary>
    public IReadOnlyList<StackEvent> EventsOfOperations
    {
        get
        {
            lock (Gate)
                return [.. _events];
        }
    }

    /// <summary>As they are at this moment.</summary>
    public IReadOnlyDictionary<string, StackResource> Resources
    {
        get
        {
            lock (Gate)
                return _resources.ToDictionary();
        }
    }

    /// <summary>Of the resources that were looked at since the last operation.</summary>
    public IReadOnlyDictionary<string, ResourceDrift> Drifts
    {
        get
        {
            lock (Gate)
                return _drifts.ToDictionary();
        }
    }

    /// <summary>Null: nobody has looked since the last operation.</summary>
    public DateTimeOffset? DriftCheckedAt { get; set; }

    public string DriftStatus => DriftCheckedAt is null ? "NOT_CHECKED" : Drifts.Values.Any(drift => drift.IsDrifted) ? "DRIFTED" : "IN_SYNC";

    public bool IsDeleted => Status == "DELETE_COMPLETE";

    public bool IsBusy => Status.EndsWith("_IN_PROGRESS", StringComparison.Ordinal) && Status != "REVIEW_IN_PROGRESS";

    public void Begin(StackOperation operation)
    {
        Operation = operation;
        _operations.Add(operation);
        _drifts.Clear();
        DriftCheckedAt = null;
    }

    /// <summary>An operation that changes nothing: the making of a change set.</summary>
    public void Add(StackOperation operation)
    {
        lock (Gate)
            _operations.Add(operation);
    }

    public void Record(StackOperation operation, DateTimeOffset at, Finding finding)
    {
        var physicalId = Resources.GetValueOrDefault(finding.LogicalId)?.PhysicalId ?? "";
        Append(new StackEvent(Guid.NewGuid().ToString(), at, finding.LogicalId, physicalId, finding.Type, "", null, operation.Id, operation.Token) { Finding = finding });
    }

    public void Record(ResourceDrift drift)
    {
        lock (Gate)
            _drifts[drift.Resource.LogicalId] = drift;
    }

    /// <summary>The stack itself has come to a status.</summary>
    public void Record(StackOperation operation, DateTimeOffset at, string status, string? reason)
    {
        lock (Gate)
        {
            (Status, Reason) = (status, reason);
            Append(new StackEvent(Guid.NewGuid().ToString(), at, Name, Id, ResourceType, status, reason, operation.Id, operation.Token));
        }
    }

    /// <summary>A resource has come to a status; it becomes part of the stack if it was none.</summary>
    public void Record(StackOperation operation, StackResource resource, string? detailedStatus = null)
    {
        lock (Gate)
        {
            _resources[resource.LogicalId] = resource;
            RecordEvent(operation, resource, detailedStatus);
        }
    }

    /// <summary>Something happened to a thing that is none of the stack's resources any more.</summary>
    public void RecordEvent(StackOperation operation, StackResource resource, string? detailedStatus = null)
    {
        lock (Gate)
        {
            var id = string.Create(CultureInfo.InvariantCulture, $"{resource.LogicalId}-{resource.Status}-{resource.At:yyyy-MM-ddTHH:mm:ss.fffZ}-{_events.Count}");
            Append(new StackEvent(id, resource.At, resource.LogicalId, resource.PhysicalId, resource.Type, resource.Status, resource.Reason, operation.Id, operation.Token)
            {
                Properties = resource.Attempted ?? resource.Properties,
                DetailedStatus = detailedStatus,
            });
        }
    }

    /// <summary>Without an event: only what is known of it changes.</summary>
    public void Keep(StackResource resource)
    {
        lock (Gate)
            _resources[resource.LogicalId] = resource;
    }

    public void Forget(string logicalId)
    {
        lock (Gate)
            _resources.Remove(logicalId);
    }

    public StackSnapshot Snapshot()
    {
        lock (Gate)
            return new StackSnapshot(Definition, _resources.ToDictionary(), Outputs, ImportedExports);
    }

    private void Append(StackEvent stackEvent)
    {
        lock (Gate)
        {
            _events.Add(stackEvent);
            if (stackEvent.Finding is null)
                Told?.Invoke(this, stackEvent);
        }
    }
}
