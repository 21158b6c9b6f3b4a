using Cumulus.Engine.Aws;

namespace Cumulus.Engine.Environments;

/// <summary>What a planned change is of.</summary>
public enum PlannedChangeKind
{
    /// <summary>The stack as a whole, where nothing more is to be said of it.</summary>
    Stack,

    Resource,

    Parameter,

    Tag,

    Bundle,
}

/// <summary>One thing that a deployment is going to change, as CloudFormation's change set tells it.</summary>
public sealed record PlannedChange
{
    public required string Environment { get; init; }

    /// <summary>Short name; empty for what belongs to the whole environment.</summary>
    public required string Stack { get; init; }

    /// <summary>CloudFormation's name; of a nested stack its own.</summary>
    public required string StackName { get; init; }

    /// <summary>What is done to the stack.</summary>
    public required StackAction StackAction { get; init; }

    /// <summary>Stack, what is done to it, and what it waits for: the line above its changes.</summary>
    public required string Heading { get; init; }

    public required PlannedChangeKind Kind { get; init; }

    /// <summary>CloudFormation's word for a resource (Add, Modify, Remove, Import, ...), <c>None</c> for what stays, or Blocked.</summary>
    public required string Action { get; init; }

    /// <summary>Logical id, or name of the parameter, tag or bundle.</summary>
    public required string Name { get; init; }

    /// <summary>Resource type; for other kinds the kind in small letters.</summary>
    public required string Type { get; init; }

    public string? PhysicalId { get; init; }

    /// <summary>yes, no, or maybe where only the execution tells; empty where nothing is modified.</summary>
    public string Replacement { get; init; } = "";

    /// <summary>Data would be lost: such a change has to be allowed by hand.</summary>
    public bool IsDataLost { get; init; }

    /// <summary>Properties that change, each with the values before and after and with what causes it.</summary>
    public IReadOnlyList<PropertyChangeRecord> Properties { get; init; } = [];

    /// <summary>Of a parameter or tag; null where there was none.</summary>
    public string? Before { get; init; }

    public string? After { get; init; }

    /// <summary>Why, in one line.</summary>
    public string Because { get; init; } = "";

    /// <summary>The deployment will not stop at it, nor change anything for it.</summary>
    public bool IsNothing => Action == "None";
}
