using Cumulus.Engine.Configuration.Settings;

namespace Cumulus.Engine.Configuration.Conversion;

/// <summary>Paths of a <c>.conf</c> as YAML has to write them: there they start from the file, without the old fallback to the current folder.</summary>
internal sealed class ConfigurationPaths(ConfigurationRequest request, IConfigurationFiles files, ProblemCollector problems, string file)
{
    private readonly PathResolver _resolver = new(request, files, problems);
    private readonly PathStyle _style = request.PathStyle;

    /// <summary>The path as it is written, or, where only the current folder has it, one that leads there.</summary>
    public string Written(SettingItem item, string option)
    {
        string folder = _style.FolderOf(file), resolved = _resolver.Resolve(item, isConf: true, option);
        return _style.AreSame(resolved, _style.Resolve(folder, item.Text, request.HomeFolder)) ? item.Text : Relative(folder, resolved);
    }

    /// <summary>The same for a path that is a name in the archive, too, and must stay that.</summary>
    public string WrittenInBundle(SettingItem item, string option)
    {
        string written = Written(item, option);
        string name = PathStyle.ArchiveName(PathStyle.ExpandHome(item.Text, request.HomeFolder));
        if (PathStyle.ArchiveName(PathStyle.ExpandHome(written, request.HomeFolder)) != name)
            problems.Warn(item.Place, option, $"From the file's folder the path is {written}, which has another name in the bundle than {name}. Add 'path-rewrites', or move the file.");
        return written;
    }

    // '..' as often as it takes: the name in an archive does not have them.
    private string Relative(string folder, string path)
    {
        string[] from = folder.Replace('\\', '/').Split('/', StringSplitOptions.RemoveEmptyEntries), to = path.Replace('\\', '/').Split('/', StringSplitOptions.RemoveEmptyEntries);
        int same = from.Zip(to).TakeWhile(p => p.First == p.Second).Count();
        string relative = string.Join('/', [.. Enumerable.Repeat("..", from.Length - same), .. to[same..]]);
        return _style.AreSame(_style.Resolve(folder, relative, null), path) ? relative : path;
    }
}
