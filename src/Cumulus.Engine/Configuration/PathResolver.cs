using Cumulus.Engine.Configuration.Settings;

namespace Cumulus.Engine.Configuration;

/// <summary>Turns the paths of a configuration into full ones.</summary>
internal sealed class PathResolver(ConfigurationRequest request, IConfigurationFiles files, ProblemCollector problems)
{
    public ConfigurationRequest Request => request;

    /// <summary>
    /// The full path of a written one: relative to the file that names it. A path of the old format that is only there from the current folder,
    /// as the old program had it, is taken from there, with a warning.
    /// </summary>
    public string Resolve(SettingItem item, bool isConf, string option)
    {
        PathStyle style = request.PathStyle;
        string beside = style.Resolve(style.FolderOf(item.Place.File), item.Text, request.HomeFolder);
        if (!isConf) return beside;
        string current = style.Resolve(request.CurrentFolder, item.Text, request.HomeFolder);
        if (style.AreSame(beside, current) || !files.Exists(current)) return beside;
        bool besideExists = files.Exists(beside);
        problems.Warn(item.Place, option, besideExists
            ? $"Both {beside} and {current} exist. The first is taken, since paths start from the file that names them; the old program took the second."
            : $"{beside} does not exist; {current} is taken, as the old program did. Paths start from the file that names them: write it so.");
        return besideExists ? beside : current;
    }
}
