namespace Cumulus.Engine.State;

/// <summary>
/// Small JSON documents that a team shares. A write says what it expects to find, so that two writers cannot undo each other's work.
/// </summary>
/// <remarks>Failures are those of the home: of <c>IObjectStore</c> for a bucket, <see cref="IOException"/> for a folder.</remarks>
public interface IStateStore
{
    /// <summary>Null when there is no such document.</summary>
    /// <param name="name">Parts with <c>/</c> between, each as <c>NameRules</c> has it.</param>
    Task<StateDocument?> GetAsync(string name, CancellationToken cancellationToken);

    /// <summary>As <see cref="GetAsync"/>, but a document that still has the version <paramref name="known"/> is not sent again.</summary>
    Task<StateLook> LookAsync(string name, string known, CancellationToken cancellationToken);

    /// <returns>The new version; null when the name is taken.</returns>
    Task<string?> PutIfAbsentAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken);

    /// <returns>The new version; null when the document has another version by now, or is gone.</returns>
    Task<string?> PutIfMatchAsync(string name, ReadOnlyMemory<byte> content, string version, CancellationToken cancellationToken);

    /// <summary>A document that is not there counts as deleted.</summary>
    Task DeleteAsync(string name, CancellationToken cancellationToken);

    /// <summary>Names that begin with <paramref name="prefix"/>, in ordinal order.</summary>
    IAsyncEnumerable<string> ListAsync(string prefix, CancellationToken cancellationToken);
}

/// <param name="Version">Changes with the content; says nothing else.</param>
public sealed record StateDocument(byte[] Content, string Version);

/// <param name="Changed">False: it still has the version that the caller knows, and the document is not here.</param>
/// <param name="Document">Null when there is no such document.</param>
public sealed record StateLook(bool Changed, StateDocument? Document);
