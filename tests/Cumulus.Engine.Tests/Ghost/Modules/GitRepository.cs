using Cumulus.Engine.Tests.Support;

namespace Cumulus.Engine.Tests.Ghost.Modules;

/// <summary>A repository to deploy from, made with the system's git.</summary>
internal sealed class GitRepository
{
    public GitRepository(string folder)
    {
        Folder = folder;
        Directory.CreateDirectory(folder);
        Git("init", "--quiet", "--initial-branch=main", folder);
    }

    public string Folder { get; }

    public string Commit(string message, params (string Name, string Content)[] files)
    {
        foreach ((string name, string content) in files)
        {
            string path = Path.Combine(Folder, name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, content);
        }

        Git("-C", Folder, "add", "--all");
        Git("-C", Folder, "-c", "user.name=T", "-c", "user.email=t@example.org", "-c", "protocol.file.allow=always", "commit", "--quiet", "--allow-empty", "-m", message);
        return Git("-C", Folder, "rev-parse", "HEAD").Trim();
    }

    private static string Git(params string[] arguments) => Tool.Run("git", arguments);

    public string In(params string[] arguments) => Git(["-C", Folder, .. arguments]);
}
