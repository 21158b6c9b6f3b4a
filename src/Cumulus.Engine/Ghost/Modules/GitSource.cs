using System.Globalization;
using System.Text.RegularExpressions;
using Cumulus.Engine.Processes;

namespace Cumulus.Engine.Ghost.Modules;

/// <summary>Checks a revision of a git repository out into a clean folder, by way of a mirror: branch, tag or commit, with submodules and large files.</summary>
/// <param name="cache">Full path of the folder for mirrors.</param>
public sealed partial class GitSource(string cache, TimeSpan timeLimit, Action<string>? log = null, ProcessRunner? runner = null, TimeProvider? clock = null)
{
    public const int CommitsShown = 50;

    private readonly ProcessRunner _runner = runner ?? new ProcessRunner(clock);
    private readonly TimeProvider _clock = clock ?? TimeProvider.System;

    /// <summary>Resolves the revision and what came since the last deployment; checks nothing out.</summary>
    /// <param name="revision">Branch, tag, commit (7 digits or more), a full <c>refs/...</c>, or <c>HEAD</c>.</param>
    /// <param name="deployed">Commit that was deployed last; null: none.</param>
    /// <exception cref="CumulusException"><see cref="ErrorIds.ModuleSourceInvalid"/>, <see cref="ErrorIds.ModuleSourceFailed"/>, <see cref="ErrorIds.RevisionNotFound"/></exception>
    public Task<ModuleCheckout> ResolveAsync(string url, string revision, string? deployed, CancellationToken cancellationToken) =>
        WorkAsync(url, revision, deployed, null, cancellationToken);

    /// <summary>As <see cref="ResolveAsync"/>, and checks it out.</summary>
    /// <param name="folder">Full path; must not be there yet.</param>
    /// <exception cref="CumulusException">As <see cref="ResolveAsync"/>.</exception>
    public Task<ModuleCheckout> CheckOutAsync(string url, string revision, string? deployed, string folder, CancellationToken cancellationToken) =>
        WorkAsync(url, revision, deployed, folder, cancellationToken);

    private async Task<ModuleCheckout> WorkAsync(string url, string revision, string? deployed, string? folder, CancellationToken cancellationToken)
    {
        GitAddress address = GitAddress.Parse(url);
        RequireRevision(revision);
        var git = new GitProgram(_runner, address, timeLimit, log);
        using GitMirror mirror = await GitMirror.OpenAsync(cache, address, git, timeLimit, _clock, cancellationToken);
        await mirror.FetchAsync(cancellationToken);
        string name = revision == "HEAD" ? await mirror.DefaultBranchAsync(cancellationToken) : revision;
        string commit = await CommitAsync(git, mirror.Folder, name, address, cancellationToken);
        IReadOnlyList<string> subject = await git.RunAsync(mirror.Folder, "read a commit", ["log", "-1", "--format=%s", "--end-of-options", commit], cancellationToken);
        var checkout = new ModuleCheckout { Folder = folder ?? "", Revision = name, Commit = commit, Subject = subject is [var line, ..] ? line : "" };
        checkout = await WithHistoryAsync(git, mirror.Folder, checkout, commit, deployed, cancellationToken);
        if (folder is not null) await CheckOutAsync(git, mirror.Folder, address, commit, folder, cancellationToken);
        return checkout;
    }

    // What a word means is asked in git's own order, but each time as a full name: nothing in it can be an option or an expression.
    private static async Task<string> CommitAsync(GitProgram git, string mirror, string revision, GitAddress address, CancellationToken cancellationToken)
    {
        string[] names = revision.StartsWith("refs/", StringComparison.Ordinal) ? [revision]
            : ShortHash().IsMatch(revision) ? [$"refs/tags/{revision}", $"refs/heads/{revision}", revision]
            : [$"refs/tags/{revision}", $"refs/heads/{revision}"];
        foreach (string name in names)
        {
            (ProcessResult result, IReadOnlyList<string> lines) = await git.TryAsync(mirror, ["rev-parse", "--verify", "--quiet", "--end-of-options", name + "^{commit}"], cancellationToken);
            if (result.Succeeded && lines.FirstOrDefault(l => Hash().IsMatch(l)) is { } commit) return commit;
        }

        IReadOnlyList<string> known = await git.RunAsync(mirror, "list branches", ["for-each-ref", "--format=%(refname:short)", "refs/heads", "refs/tags"], cancellationToken);
        string near = NearestName.Of(revision, known) is { } other ? $" Did you mean '{other}'?" : "";
        throw new CumulusException(ErrorIds.RevisionNotFound, FailureKind.NotFound, $"{address} has no branch, tag or commit '{revision}'.{near}") { Target = revision, Advice = "Push it first, or give another -Revision." };
    }

    private static async Task<ModuleCheckout> WithHistoryAsync(GitProgram git, string mirror, ModuleCheckout checkout, string commit, string? deployed, CancellationToken cancellationToken)
    {
        if (deployed is null || !Hash().IsMatch(deployed)) return checkout;
        string range = $"{deployed}..{commit}";
        (ProcessResult counted, IReadOnlyList<string> count) = await git.TryAsync(mirror, ["rev-list", "--count", "--end-of-options", range], cancellationToken);
        if (!counted.Succeeded || count is not [var number, ..] || !int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int commits)) return checkout;
        IReadOnlyList<string> lines = await git.RunAsync(mirror, "read the history", ["log", $"--max-count={CommitsShown}", "--format=%H %s", "--end-of-options", range], cancellationToken);
        return checkout with { CommitsSince = commits, Since = [.. lines.Where(l => l.Length > 40).Select(l => l.Split(' ', 2)).Select(p => new ModuleCommit(p[0], p.ElementAtOrDefault(1) ?? ""))] };
    }

    private static async Task CheckOutAsync(GitProgram git, string mirror, GitAddress address, string commit, string folder, CancellationToken cancellationToken)
    {
        await git.RunAsync(mirror, "copy the mirror", ["init", "--quiet", folder], cancellationToken);

        // The objects are the mirror's: nothing is copied, and the folder does not outlive this deployment.
        await File.WriteAllTextAsync(Path.Combine(folder, ".git", "objects", "info", "alternates"), Path.Combine(mirror, "objects") + "\n", cancellationToken);
        await git.RunAsync(folder, "set the origin", ["config", "--local", "remote.origin.url", address.Url], cancellationToken);
        await git.RunAsync(folder, "check out", ["checkout", "--quiet", "--force", "--detach", commit], cancellationToken);
        if (File.Exists(Path.Combine(folder, ".gitmodules"))) await git.RunAsync(folder, "fetch the submodules", ["submodule", "--quiet", "update", "--init", "--recursive", "--force"], cancellationToken);
        await LargeFilesAsync(git, folder, address, cancellationToken);
    }

    // Without git-lfs its pointers would be deployed for the files.
    private static async Task LargeFilesAsync(GitProgram git, string folder, GitAddress address, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> large = await git.RunAsync(folder, "look for large files", ["ls-files", "--", ":(attr:filter=lfs)"], cancellationToken);
        if (large.Count == 0) return;
        (ProcessResult there, _) = await git.TryAsync(folder, ["lfs", "version"], cancellationToken);
        if (!there.Succeeded)
        {
            throw new CumulusException(ErrorIds.ModuleSourceFailed, FailureKind.Unavailable, $"{address} keeps {large.Count} files with Git LFS, such as {large[0]}, and git-lfs is not installed here.")
            {
                Target = address.Url,
                Advice = "Install git-lfs.",
            };
        }

        await git.RunAsync(folder, "set up large files", ["lfs", "install", "--local", "--skip-smudge", "--force"], cancellationToken);
        await git.RunAsync(folder, "fetch the large files", ["lfs", "pull"], cancellationToken);
    }

    /// <summary>A revision may come from anybody's web hook: only what git itself takes for a name of a ref, or a hash (G-36).</summary>
    private static void RequireRevision(string revision)
    {
        bool fits = revision.Length is > 0 and <= 250 && RevisionForm().IsMatch(revision)
            && !revision.Contains("..", StringComparison.Ordinal) && !revision.Contains("//", StringComparison.Ordinal) && !revision.Contains("@{", StringComparison.Ordinal)
            && !revision.EndsWith(".lock", StringComparison.Ordinal) && !revision.EndsWith('.') && !revision.EndsWith('/');
        if (fits) return;
        string shown = new([.. revision.Take(100).Select(c => char.IsControl(c) ? '?' : c)]);
        throw new CumulusException(ErrorIds.RevisionNotFound, FailureKind.InvalidInput, $"'{shown}' cannot be a branch, a tag or a commit.") { Target = shown, Advice = "See git check-ref-format." };
    }

    // https://git-scm.com/docs/git-check-ref-format
    [GeneratedRegex(@"\A[^-/.\x00-\x20~^:?*\[\\\x7f][^\x00-\x20~^:?*\[\\\x7f]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex RevisionForm();

    [GeneratedRegex(@"\A([0-9a-f]{40}|[0-9a-f]{64})\z", RegexOptions.CultureInvariant)]
    private static partial Regex Hash();

    [GeneratedRegex(@"\A[0-9a-f]{7,64}\z", RegexOptions.CultureInvariant)]
    private static partial Regex ShortHash();
}
