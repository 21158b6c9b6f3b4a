namespace Cumulus.LocalCloud.CloudFormation.Stacks;

/// <summary>How an operation on a stack is to be done.</summary>
internal sealed record OperationOptions
{
    public static OperationOptions None { get; } = new();

    /// <summary>The client's; null when it gave none.</summary>
    public string? Token { get; init; }

    public OnFailure OnFailure { get; init; }

    /// <summary>
    /// Nothing is waited for once its configuration is applied
    /// (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-express-mode.html).
    /// </summary>
    public bool IsExpress { get; init; }

    /// <summary>
    /// What is there counts, and not what the last operation made
    /// (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/drift-aware-change-sets.html).
    /// </summary>
    public bool RevertsDrift { get; init; }

    public bool IsNotValidated { get; init; }

    public StackPolicy Policy { get; init; } = StackPolicy.Parse(null);

    /// <summary>Things that are there already and become resources of the stack: physical ids by logical ids.</summary>
    public IReadOnlyDictionary<string, string> Imports { get; init; } = new Dictionary<string, string>();
}
