namespace Cumulus.Engine.Completion;

/// <summary>Knows the words of one kind: environments, versions, regions. A new kind is a class of this and a completer that names it.</summary>
public interface ICompletionSource
{
    /// <summary>What is known without a network.</summary>
    IReadOnlyList<CompletionWord> Offline(CompletionScope scope);

    /// <summary>What AWS knows besides; may be given up at any time.</summary>
    Task<IReadOnlyList<CompletionWord>> LiveAsync(CompletionScope scope, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<CompletionWord>>([]);
}
