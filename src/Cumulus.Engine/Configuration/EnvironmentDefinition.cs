namespace Cumulus.Engine.Configuration;

/// <summary>Account, region, bucket and version, and the stacks and bundles that belong together.</summary>
public sealed record EnvironmentDefinition
{
    public required string Name { get; init; }

    /// <summary>AWS region code; null: the session's or the SDK's own.</summary>
    public string? Region { get; init; }

    public string? Bucket { get; init; }

    /// <summary>The version that bundles and stacks get unless the command names another. Never a made-up text when absent (D-12).</summary>
    public string? Version { get; init; }

    /// <summary>Short names, in the order in which they are deployed; removed in reverse.</summary>
    public IReadOnlyList<string> Stacks { get; init; } = [];

    public IReadOnlyList<string> Bundles { get; init; } = [];

    public string? StackNamePrefix { get; init; }

    public string? StackNameSuffix { get; init; }

    /// <summary>Shell commands, run before the first stack and after the last one that succeeded.</summary>
    public string? PreDeployHook { get; init; }

    public string? PostDeployHook { get; init; }

    /// <summary>Shell commands, run before the first stack is deleted and after the last one is gone (D-39).</summary>
    public string? PreRemoveHook { get; init; }

    public string? PostRemoveHook { get; init; }

    /// <summary>Of each of the hooks.</summary>
    public TimeSpan HookTimeLimit { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>The two hooks that come after run when the work before them failed, too.</summary>
    public bool RunHooksAfterFailure { get; init; }

    /// <summary>Named profile of the AWS configuration files.</summary>
    public string? ProfileName { get; init; }

    /// <summary>Role to assume, as an ARN.</summary>
    public string? RoleArn { get; init; }

    /// <summary>What the role's trust policy asks for (https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_common-scenarios_third-party.html); only with a role.</summary>
    public string? ExternalId { get; init; }

    /// <summary>Where records and leases of the environment are kept; null: in <see cref="Bucket"/>.</summary>
    public string? StateBucket { get; init; }

    /// <summary>Tags of all its stacks; a stack's own ones of the same key win. They are in <see cref="StackSettings"/> already.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Tags { get; init; } = [];

    /// <summary>
    /// The stacks as this environment has them: its variables and overrides put in, its tags, topics and roles where the stack has none of its own.
    /// Only those that a section describes; ask <see cref="CumulusConfiguration.StackOf"/>.
    /// </summary>
    public IReadOnlyList<StackDefinition> StackSettings { get; init; } = [];

    /// <summary>The bundles as this environment has them; ask <see cref="CumulusConfiguration.BundleOf"/>.</summary>
    public IReadOnlyList<BundleDefinition> BundleSettings { get; init; } = [];

    /// <summary>Static keys of an old configuration; null unless it has them. Not shown by any view.</summary>
    public StaticKeys? Keys { get; init; }

    /// <summary>The file that defines the environment: where its relative paths start from.</summary>
    public required string SourceFile { get; init; }

    /// <summary>CloudFormation's name of a stack, <c>[PREFIX-]ENVIRONMENT-STACK[-SUFFIX]</c>: the old program's scheme, so that its stacks are found (section 6).</summary>
    public string FullStackName(string stack) =>
        string.Join('-', new[] { StackNamePrefix, Name, stack, StackNameSuffix }.Where(part => !string.IsNullOrEmpty(part)));

    /// <summary>The name: what a list of these is shown as.</summary>
    public override string ToString() => Name;
}
