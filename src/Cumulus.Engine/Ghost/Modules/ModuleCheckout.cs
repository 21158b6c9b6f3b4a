namespace Cumulus.Engine.Ghost.Modules;

/// <summary>A module's content in a clean folder, and what it is.</summary>
public sealed record ModuleCheckout
{
    /// <summary>Full path.</summary>
    public required string Folder { get; init; }

    /// <summary>As it was asked for; <c>HEAD</c> by its branch's name.</summary>
    public required string Revision { get; init; }

    /// <summary>Full hash; of S3 the version id, or null where the bucket keeps no versions.</summary>
    public string? Commit { get; init; }

    /// <summary>First line of the commit's message.</summary>
    public string? Subject { get; init; }

    /// <summary>Commits since the one that was deployed last, the newest first and at most <see cref="GitSource.CommitsShown"/>; null: there is none, or the repository does not know it.</summary>
    public IReadOnlyList<ModuleCommit>? Since { get; init; }

    /// <summary>Number of commits since the one that was deployed last.</summary>
    public int? CommitsSince { get; init; }
}

/// <param name="Hash">Full.</param>
public sealed record ModuleCommit(string Hash, string Subject);
