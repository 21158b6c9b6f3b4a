namespace Cumulus.Engine.Ghost;

/// <summary>Where a definition's scripts lie that are files.</summary>
public interface IScriptFiles
{
    /// <summary>The text; null when there is no such file.</summary>
    /// <param name="name">As the definition names it.</param>
    string? Read(string name);
}

/// <summary>Files beside a definition. Nothing outside of its folder is read: a definition may come from somebody else.</summary>
public sealed class ScriptFolder(string folder) : IScriptFiles
{
    public string? Read(string name)
    {
        string root = Path.GetFullPath(folder) + Path.DirectorySeparatorChar;
        string path = Path.GetFullPath(Path.Combine(root, name));
        if (!path.StartsWith(root, StringComparison.Ordinal) || !File.Exists(path)) return null;
        string real = new FileInfo(path).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? path;
        return real.StartsWith(root, StringComparison.Ordinal) ? File.ReadAllText(path) : null;
    }
}
