namespace Cumulus.Engine.Configuration;

/// <summary>What an environment gives to all of its stacks.</summary>
internal sealed record EnvironmentCommon
{
    public required string Name { get; init; }

    /// <summary>The stacks that it lists.</summary>
    public required IReadOnlyList<string> Stacks { get; init; }

    public required IReadOnlyList<KeyValuePair<string, string>> Tags { get; init; }

    public required IReadOnlyList<string> NotificationArns { get; init; }

    public required string? ServiceRoleArn { get; init; }

    public required bool? TerminationProtection { get; init; }
}
