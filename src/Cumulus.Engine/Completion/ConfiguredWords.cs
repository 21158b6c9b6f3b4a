using Cumulus.Engine.Configuration;

namespace Cumulus.Engine.Completion;

/// <summary>Environments of the configuration.</summary>
public sealed class EnvironmentWords : ICompletionSource
{
    public IReadOnlyList<CompletionWord> Offline(CompletionScope scope) =>
        [.. (scope.Configuration?.Environments ?? []).Select(e => new CompletionWord(e.Name, string.Join(", ", new[] { e.Region, e.Bucket, e.Version }.OfType<string>())))];
}

/// <summary>Stacks of the environment that the line names, else all that are configured.</summary>
public sealed class StackWords : ICompletionSource
{
    public IReadOnlyList<CompletionWord> Offline(CompletionScope scope) => scope.Environment is { } environment
        ? [.. environment.Stacks.Select(s => new CompletionWord(s, $"stack of {environment.Name}"))]
        : [.. (scope.Configuration?.Stacks ?? []).Select(s => new CompletionWord(s.Name))];
}

/// <summary>Bundles of the environment that the line names, else all that are configured.</summary>
public sealed class BundleWords : ICompletionSource
{
    public IReadOnlyList<CompletionWord> Offline(CompletionScope scope) => scope.Environment is { } environment
        ? [.. environment.Bundles.Select(b => new CompletionWord(b, $"bundle of {environment.Name}"))]
        : [.. (scope.Configuration?.Bundles ?? []).Select(b => new CompletionWord(b.Name))];
}
