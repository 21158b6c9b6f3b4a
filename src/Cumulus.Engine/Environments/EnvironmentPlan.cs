using Cumulus.Engine.Aws;
using Cumulus.Engine.Configuration;

namespace Cumulus.Engine.Environments;

/// <summary>What a deployment is going to do to one stack.</summary>
public enum StackAction
{
    Create,
    Update,

    /// <summary>Template, parameters and tags are those that the stack has.</summary>
    Unchanged,

    /// <summary>The stack never came to be (its create was rolled back or never executed): it is deleted, then created.</summary>
    Replace,

    /// <summary>The stack cannot take a deployment as it is; <see cref="StackPlan.Reason"/> says why and <see cref="StackPlan.Advice"/> what to do.</summary>
    Blocked,

    /// <summary>The stack is deleted. Only a removal does this.</summary>
    Remove,
}

/// <summary>What a deployment is going to do, stack by stack in the order of doing.</summary>
public sealed record EnvironmentPlan
{
    public required string Environment { get; init; }

    /// <summary>Null when neither the command nor the configuration names one and no template asks for it.</summary>
    public string? Version { get; init; }

    /// <summary>AWS region code.</summary>
    public required string Region { get; init; }

    public required IReadOnlyList<StackPlan> Stacks { get; init; }
}

/// <summary>What a deployment is going to do to one stack, and why.</summary>
public sealed record StackPlan
{
    public required string Environment { get; init; }

    /// <summary>Short name, as the configuration has it.</summary>
    public required string Name { get; init; }

    /// <summary>CloudFormation's name.</summary>
    public required string StackName { get; init; }

    public required StackAction Action { get; init; }

    /// <summary>The stack's status when the plan was made, <see cref="StackStatus.NotDeployed"/> when there is none.</summary>
    public required string Status { get; init; }

    /// <summary>One sentence: why this action.</summary>
    public required string Reason { get; init; }

    /// <summary>What to do first, for a blocked stack.</summary>
    public string? Advice { get; init; }

    /// <summary>True when it is blocked only by an operation that is running.</summary>
    public bool Busy => Action == StackAction.Blocked && !StackStatus.IsFinal(Status);

    public required StackDefinition Definition { get; init; }

    /// <summary>What is sent to CloudFormation if the action is to send anything.</summary>
    public required StackChange Change { get; init; }

    /// <summary>The stack as it is; null when there is none.</summary>
    public StackDescription? Current { get; init; }

    /// <summary>Resources that the template declares; null when it is not known.</summary>
    public int? ResourceCount { get; init; }
}
