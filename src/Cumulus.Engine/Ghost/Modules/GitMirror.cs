using System.Security.Cryptography;
using System.Text;
using Cumulus.Engine.Bundles;
using Cumulus.Engine.Processes;

namespace Cumulus.Engine.Ghost.Modules;

/// <summary>A bare copy of a repository on this machine, so that a deployment fetches only what is new. One process at a time works on it.</summary>
/// <remarks>The lock is the operating system's, held for the open file: a dead holder's is free at once.</remarks>
internal sealed class GitMirror : IDisposable
{
    private static readonly TimeSpan LockPause = TimeSpan.FromMilliseconds(200);

    private readonly FileStream _held;
    private readonly GitProgram _git;

    private GitMirror(string folder, FileStream held, GitProgram git) => (Folder, _held, _git) = (folder, held, git);

    /// <summary>Full path.</summary>
    public string Folder { get; }

    /// <param name="cache">Full path of the folder for all mirrors; made when absent, for its owner alone.</param>
    /// <param name="limit">Of waiting for another process.</param>
    /// <exception cref="CumulusException"><see cref="ErrorIds.ModuleSourceFailed"/>: another process has the mirror for longer than the limit.</exception>
    public static async Task<GitMirror> OpenAsync(string cache, GitAddress address, GitProgram git, TimeSpan limit, TimeProvider clock, CancellationToken cancellationToken)
    {
        Hosts.HostDisk.MakePrivateFolder(cache);
        string folder = Path.Combine(cache, Hex.Of(SHA256.HashData(Encoding.UTF8.GetBytes(address.Url)))[..32] + ".git");
        long started = clock.GetTimestamp();
        while (true)
        {
            try
            {
                return new GitMirror(folder, new FileStream(folder + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None), git);
            }
            catch (IOException e) when (e.GetType() == typeof(IOException))
            {
                if (clock.GetElapsedTime(started) < limit)
                {
                    await Task.Delay(LockPause, clock, cancellationToken);
                    continue;
                }

                throw new CumulusException(ErrorIds.ModuleSourceFailed, FailureKind.Timeout, $"Another deployment works on the mirror of {address} for longer than {limit.TotalSeconds:0} s.", e)
                {
                    Target = folder,
                    Advice = "Wait for it, and deploy again.",
                };
            }
        }
    }

    /// <summary>Brings it up to date; branches and tags that are gone there go here.</summary>
    public async Task FetchAsync(CancellationToken cancellationToken)
    {
        // A mirror that was killed while it was made is made again over what is there.
        if (!File.Exists(Path.Combine(Folder, "HEAD"))) await _git.RunAsync(Path.GetDirectoryName(Folder)!, "make a mirror", ["init", "--quiet", "--bare", Folder], cancellationToken);
        foreach (string left in Directory.EnumerateFiles(Folder, "*.lock", SearchOption.AllDirectories)) File.Delete(left);
        await _git.RunAsync(
            Folder,
            "fetch",
            ["fetch", "--quiet", "--prune", "--force", "--no-tags", "--no-recurse-submodules", "origin", "+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*"],
            cancellationToken);
    }

    /// <summary>Name of the branch that HEAD is there.</summary>
    /// <exception cref="CumulusException"><see cref="ErrorIds.RevisionNotFound"/></exception>
    public async Task<string> DefaultBranchAsync(CancellationToken cancellationToken)
    {
        const string Start = "ref: refs/heads/";
        IReadOnlyList<string> lines = await _git.RunAsync(Folder, "ask for HEAD", ["ls-remote", "--symref", "origin", "HEAD"], cancellationToken);
        string? line = lines.FirstOrDefault(l => l.StartsWith(Start, StringComparison.Ordinal));
        return line?[Start.Length..].Split('\t')[0] ?? throw new CumulusException(ErrorIds.RevisionNotFound, FailureKind.NotFound, "The repository has no default branch.") { Advice = "Give a branch, a tag or a commit with -Revision." };
    }

    public void Dispose() => _held.Dispose();
}
