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

    /// <summary>The stack never came to be (its create was rolled back): it is deleted, then created.</summary>
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

    /// <summary>Each after those that it waits for.</summary>
    public required IReadOnlyList<StackPlan> Stacks { get; init; }

    /// <summary>Names of the bundles that the hosts install.</summary>
    public IReadOnlyList<string> Bundles { get; init; } = [];
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
    public int? ResourceCount => Survey?.Template.ResourceCount;

    /// <summary>Short names of the stacks of this plan that come first.</summary>
    public IReadOnlyList<string> WaitsFor { get; init; } = [];

    /// <summary>Outputs of stacks that this deployment changes first: what the stack has now is taken until then, and the rest of the plan may come out otherwise.</summary>
    public IReadOnlyList<OutputReference> Provisional { get; init; } = [];

    /// <summary>Outputs of stacks that are not there yet: the parameters made of them are not in <see cref="Change"/>.</summary>
    public IReadOnlyList<OutputReference> Unknown { get; init; } = [];

    /// <summary>All that is going to be sent is known now and will not change.</summary>
    public bool IsSettled => Provisional.Count == 0 && Unknown.Count == 0;

    /// <summary>There is no stack, or only the shell around change sets that nobody executed.</summary>
    public bool IsNew => Current is null or { Status: "REVIEW_IN_PROGRESS" };

    /// <summary>What the plan was made of, to make it again when more is known.</summary>
    internal StackSurvey? Survey { get; init; }

    internal StackInputs? Inputs { get; init; }
}
