using System.ComponentModel;
using System.Text.RegularExpressions;
using Cumulus.Engine.Processes;

namespace Cumulus.Engine.Bundles;

/// <summary>
/// Tells the commit that bundled paths come from, by asking git: one process where there is no work tree, three where there is.
/// A work tree may be somebody else's: the monitor and the hooks that its configuration names do not run, its index is not written, nothing is
/// fetched. Git itself refuses work trees of other users; a filter that <c>.git/config</c> names is run, as by every <c>git status</c>.
/// </summary>
public sealed partial class GitOrigin(ProcessRunner? runner = null)
{
    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(30);

    private static readonly string[] Safe = ["--no-optional-locks", "--no-pager", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null"];

    private static readonly Dictionary<string, string?> Surroundings = new()
    {
        ["GIT_DIR"] = null,
        ["GIT_WORK_TREE"] = null,
        ["GIT_INDEX_FILE"] = null,
        ["GIT_NO_LAZY_FETCH"] = "1",
        ["GIT_TERMINAL_PROMPT"] = "0",
        ["LC_ALL"] = "C",
    };

    private readonly ProcessRunner _runner = runner ?? new ProcessRunner();

    /// <param name="paths">Full paths of files and folders. The first one's work tree is asked.</param>
    /// <returns>
    /// Null, and never an error, when there is no git, when a path lies outside of the work tree, when that has no commit, and when git
    /// refuses or takes longer than half a minute.
    /// </returns>
    public async Task<GitWorkTree?> ReadAsync(IReadOnlyList<string> paths, CancellationToken cancellationToken)
    {
        if (paths.Count == 0) return null;
        string folder = Directory.Exists(paths[0]) ? paths[0] : Path.GetDirectoryName(paths[0])!;
        IReadOnlyList<string>? place = await RunAsync(folder, ["rev-parse", "--show-prefix", "HEAD"], cancellationToken);
        if (place is not [var prefix, var commit] || !Hash().IsMatch(commit)) return null;

        // What git ignores was made of the rest, as a rule: then it is as clean as the whole work tree is.
        bool isMade = await RunAsync(folder, ["check-ignore", "--quiet", "--", .. paths], cancellationToken) is not null;
        string[] status = ["status", "--porcelain", "-z", "--no-renames", "--untracked-files=normal", "--ignore-submodules=dirty", .. isMade ? [] : (string[])["--", .. paths.Select(p => ":(literal)" + p)]];
        if (await RunAsync(folder, status, cancellationToken) is not { } lines) return null;

        // Where the work tree begins in the words of the paths, which may go through links.
        string root = Path.GetFullPath(Path.Join(folder, string.Concat(Enumerable.Repeat("../", prefix.Count(c => c == '/')))));
        string[] changes = string.Concat(lines).Split('\0', StringSplitOptions.RemoveEmptyEntries);
        string[] unknown = [.. changes.Where(c => c.StartsWith("?? ", StringComparison.Ordinal)).Select(c => Path.GetFullPath(Path.Join(root, c[3..])))];
        return new GitWorkTree(commit, HasChanged: changes.Length > unknown.Length || (isMade && unknown.Length > 0), unknown);
    }

    [GeneratedRegex(@"\A([0-9a-f]{40}|[0-9a-f]{64})\z")]
    private static partial Regex Hash();

    private async Task<IReadOnlyList<string>?> RunAsync(string folder, string[] arguments, CancellationToken cancellationToken)
    {
        var lines = new List<string>();
        try
        {
            var request = new ProcessRequest
            {
                FileName = "git",
                Arguments = ["-C", folder, .. Safe, .. arguments],
                WorkingDirectory = Path.GetTempPath(),
                Environment = Surroundings,
                TimeLimit = TimeLimit,
                OnLine = lines.Add,
                IsExact = true,
            };
            ProcessResult result = await _runner.RunAsync(request, cancellationToken);
            return result.Succeeded ? lines : null;
        }
        catch (Win32Exception)
        {
            return null;
        }
    }
}
