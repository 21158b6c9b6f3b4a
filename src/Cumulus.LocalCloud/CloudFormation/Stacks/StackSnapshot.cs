namespace Cumulus.LocalCloud.CloudFormation.Stacks;

/// <summary>A stack as it was when it was last in order.</summary>
internal sealed record StackSnapshot(
    StackDefinition Definition, IReadOnlyDictionary<string, StackResource> Resources, IReadOnlyList<StackOutput> Outputs, IReadOnlySet<string> ImportedExports);
