using Cumulus.LocalCloud.CloudFormation.Stacks;

namespace Cumulus.LocalCloud.CloudFormation.ChangeSets;

/// <summary>https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeChangeSet.html.</summary>
internal sealed class ChangeSet(string name, string id, Stack stack, StackDefinition target, DateTimeOffset createdAt)
{
    public string Name { get; } = name;

    public string Id { get; } = id;

    public Stack Stack { get; } = stack;

    public StackDefinition Target { get; } = target;

    public DateTimeOffset CreatedAt { get; } = createdAt;

    public string? Description { get; init; }

    public string? OnStackFailure { get; init; }

    public string Status { get; set; } = "CREATE_PENDING";

    public string? Reason { get; set; }

    public string ExecutionStatus { get; set; } = "UNAVAILABLE";

    public IReadOnlyList<ResourceChange> Changes { get; set; } = [];
}
