using Cumulus.Engine.Hosts;

namespace Cumulus.Engine.Ghost.Instances;

/// <summary>
/// Where a module lies on an instance: each release in a folder of its own, <c>/opt/cumulus/modules/MODULE/RELEASE</c> (<c>C:\cumulus\modules\...</c>), the module's path a
/// link to one of them; what is known of them in the host's state folder, <c>modules/MODULE</c>.
/// </summary>
internal sealed class ModuleHome(HostPaths paths, string module)
{
    public HostPaths Paths => paths;

    public string Module => module;

    /// <summary>Host path.</summary>
    public string ReleasesPath => $"{(paths.Windows ? "C:/cumulus/modules" : "opt/cumulus/modules")}/{module}";

    /// <summary>Full path.</summary>
    public string StateFolder => Path.Combine(paths.StateFolder, "modules", module);

    public string StateFile => Path.Combine(StateFolder, "releases.json");

    public string JournalFile => Path.Combine(StateFolder, "journal.json");

    /// <summary>Full path of a release.</summary>
    public string Release(string folder) => paths.Full($"{ReleasesPath}/{folder}");

    /// <summary>A folder name that no release has.</summary>
    public string NewFolder(string version)
    {
        string folder = version;
        for (int i = 2; Directory.Exists(Release(folder)); i++) folder = $"{version}.{i}";
        return folder;
    }
}
