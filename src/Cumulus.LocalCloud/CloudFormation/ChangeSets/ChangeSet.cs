using Cumulus.LocalCloud.CloudFormation.Stacks;

namespace Cumulus.LocalCloud.CloudFormation.ChangeSets;

internal enum ChangeSetKind
{
    Create,
    Update,
    Import,
}

/// <summary>https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeChangeSet.html.</summary>
internal sealed class ChangeSet(string name, string id, ChangeSetKind kind, Stack stack, StackDefinition target, DateTimeOffset createdAt)
{
    public string Name { get; } = name;

    public string Id { get; } = id;

    public ChangeSetKind Kind { get; } = kind;

    public Stack Stack { get; } = stack;

    public StackDefinition Target { get; } = target;

    public DateTimeOffset CreatedAt { get; } = createdAt;

    /// <summary>The making of it, which has events of its own.</summary>
    public StackOperation Operation { get; } = new("CREATE_CHANGESET", OperationOptions.None, createdAt);

    public string? Description { get; init; }

    public string? OnStackFailure { get; init; }

    public Deployment Deployment { get; init; } = Deployment.Standard;

    /// <summary>Compares with what is there, and not with what the last operation made.</summary>
    public bool RevertsDrift { get; init; }

    public bool IncludesNested { get; init; }

    /// <summary>Takes over what is there under the names that the template gives.</summary>
    public bool ImportsExisting { get; init; }

    public bool IsNotValidated { get; init; }

    /// <summary>Of a nested stack's set: that of the stack around it.</summary>
    public ChangeSet? Parent { get; init; }

    public ChangeSet Root => Parent?.Root ?? this;

    /// <summary>What becomes part of the stack: physical ids by logical ids.</summary>
    public IReadOnlyDictionary<string, string> Imports { get; set; } = new Dictionary<string, string>();

    public string Status { get; set; } = "CREATE_PENDING";

    public string? Reason { get; set; }

    public string ExecutionStatus { get; set; } = "UNAVAILABLE";

    /// <summary>Of the stack's real things; null when they were not looked at.</summary>
    public string? DriftStatus { get; set; }

    public IReadOnlyList<ResourceChange> Changes { get; set; } = [];

    public void Fail(string reason) => (Reason, Status) = (reason, "FAILED");
}
