using Cumulus.Engine.Bundles;
using Cumulus.Engine.Hosts;
using Cumulus.Engine.Tests.Support;

namespace Cumulus.Engine.Tests.Hosts;

/// <summary>A host in a folder, a bucket in memory, and bundles made of a few files.</summary>
public sealed class HostFixture : IDisposable
{
    private readonly TempFolder _work = new();

    public TempFolder Host { get; } = new();

    public FakeObjectStore Store { get; } = new();

    public List<string> Log { get; } = [];

    /// <summary>What the init scripts wrote down.</summary>
    public string[] Ran => File.Exists(Host["ran"]) ? File.ReadAllLines(Host["ran"]) : [];

    public void Dispose()
    {
        _work.Dispose();
        Host.Dispose();
    }

    /// <summary>Builds and publishes a bundle for environment <c>stage</c>. A content of <c>-> x</c> is a link, a name that ends in <c>/</c> a folder whose mode may be the content, and a script starts with <c>#!</c>.</summary>
    public async Task<Bundle> PublishAsync(string name, string version, params (string Name, string Content)[] files)
    {
        string source = _work.Folder($"{name}-{version}-{Guid.NewGuid():N}");
        foreach ((string file, string content) in files) Put(Path.Combine(source, file), content);
        BundleRequest request = BundleRequest.FromPath(name, source, _work["out"]) with { Environment = "stage", Version = version };
        Bundle bundle = await new BundleBuilder().BuildAsync(request, default);
        await new BundlePublisher(Store).PublishAsync(new PublishRequest { Bundle = bundle, Bucket = "b", Force = true }, default);
        return bundle;
    }

    public static string KeyOf(string name, string version) => BundleNames.Key(name, "stage", version);

    public InstallRequest Request(string version, params string[] names) => new()
    {
        Bundles = [.. names.Select(n => InstallSource.InBucket("b", "stage", version, n))],
        Environment = "stage",
        Version = version,
        RootPath = Host.Path,
        RemoveUnlisted = true,
        Log = line => { lock (Log) Log.Add(line); },
    };

    public Task<IReadOnlyList<InstalledBundle>> InstallAsync(string version, params string[] names) =>
        new BundleInstaller(Store).InstallAsync(Request(version, names), default);

    public Task<CumulusException> FailAsync(string version, params string[] names) =>
        Assert.ThrowsAsync<CumulusException>(() => InstallAsync(version, names));

    /// <summary>A script that writes its name, phase and version down.</summary>
    public static string Script(string name, string more = "") =>
        $"#!/bin/sh\necho \"{name} $CUMULUS_PHASE $CUMULUS_VERSION\" >> \"$CUMULUS_ROOT/ran\"\n{more}\n";

    /// <summary>Everything on the host but Cumulus' own folders and the scripts' notes: path, mode and content.</summary>
    public SortedDictionary<string, string> Snapshot() => Snapshot(Host.Path);

    public static SortedDictionary<string, string> Snapshot(string root)
    {
        var all = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (FileSystemInfo item in new DirectoryInfo(root).EnumerateFileSystemInfos("*", SearchOption.AllDirectories))
        {
            string path = Path.GetRelativePath(root, item.FullName);
            if (path == "ran" || path is "var" or "var/lib" || path.StartsWith("var/lib/cumulus", StringComparison.Ordinal)) continue;
            string mode = OperatingSystem.IsWindows() || item.LinkTarget is not null ? "" : EntryMode.Octal(item.UnixFileMode);
            all[path] = mode + " " + (item.LinkTarget is { } target ? $"-> {target}" : item is FileInfo ? File.ReadAllText(item.FullName) : "folder");
        }

        return all;
    }

    private static void Put(string path, string content)
    {
        if (path.EndsWith('/'))
        {
            Directory.CreateDirectory(path);
            if (!OperatingSystem.IsWindows() && EntryMode.Parse(content) is { } mode) File.SetUnixFileMode(path, mode);
            return;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        if (content.StartsWith("-> ", StringComparison.Ordinal))
        {
            File.CreateSymbolicLink(path, content[3..]);
            return;
        }

        File.WriteAllText(path, content);
        if (!OperatingSystem.IsWindows() && content.StartsWith("#!", StringComparison.Ordinal)) File.SetUnixFileMode(path, EntryMode.DefaultFolder);
    }
}
