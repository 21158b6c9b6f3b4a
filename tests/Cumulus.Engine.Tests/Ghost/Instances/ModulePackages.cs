using Cumulus.Engine.Bundles;
using Cumulus.Engine.Ghost.Instances;
using Cumulus.Engine.Ghost.Modules;
using Cumulus.Engine.Tests.Support;

namespace Cumulus.Engine.Tests.Ghost.Instances;

/// <summary>Packages of a module in a bucket in memory, and a folder as the host that installs them.</summary>
internal sealed class ModulePackages(TempFolder temp)
{
    private int _count;

    public FakeObjectStore Store { get; } = new();

    public string Root { get; } = temp.Folder("root");

    public List<string> Log { get; } = [];

    public async Task<ModuleInstallRequest> MakeAsync(string content, string? pre = null, string? post = null, string path = "/var/www/site", string name = "site")
    {
        string folder = $"code{_count++}/";
        Store[folder + "index.html"] = System.Text.Encoding.UTF8.GetBytes(content);
        var packager = new ModulePackager(Store, temp["cache"]) { WorkFolder = temp.Folder("work") };
        var request = new ModulePackageRequest { Application = "web/prod/front", Name = name, Path = path, Protocol = "s3", Url = $"s3://bucket/{folder}", PreDeploy = pre, PostDeploy = post };
        using PreparedModule module = await packager.PrepareAsync(request, default);
        ModulePackage package = await packager.PublishAsync(module, "bucket", null, default);
        return new ModuleInstallRequest { Module = name, Bucket = "bucket", Key = package.Key, Digest = package.Digest, RootPath = Root, Log = line => { lock (Log) Log.Add(line); } };
    }

    public ModuleInstaller Installer(Action<string>? onStep = null) => new(Store) { OnStep = onStep };

    public Task<InstalledModule> InstallAsync(ModuleInstallRequest request) => Installer().InstallAsync(request, default);

    public ModuleRestoreRequest Restore(string? deployment = null) => new() { Module = "site", Deployment = deployment, RootPath = Root };

    /// <summary>What the module's path shows now; null: there is nothing.</summary>
    public string? Shown(string path = "var/www/site") => File.Exists(Path.Combine(Root, path, "index.html")) ? File.ReadAllText(Path.Combine(Root, path, "index.html")) : null;

    public string[] Releases() => [.. Directory.GetDirectories(Path.Combine(Root, "opt/cumulus/modules/site")).Select(d => Path.GetFileName(d)!).Order()];
}
