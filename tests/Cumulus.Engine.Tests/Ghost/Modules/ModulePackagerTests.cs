using Cumulus.Engine.Bundles;
using Cumulus.Engine.Ghost.Modules;
using Cumulus.Engine.Tests.Support;

namespace Cumulus.Engine.Tests.Ghost.Modules;

public sealed class ModulePackagerTests : IDisposable
{
    private readonly TempFolder _temp = new();
    private readonly FakeObjectStore _store = new();
    private readonly List<string> _log = [];
    private readonly GitRepository _repository;

    public ModulePackagerTests() => _repository = new GitRepository(_temp["origin"]);

    public void Dispose() => _temp.Dispose();

    [NeedsFact("git", Need.Unix)]
    public async Task A_package_is_a_reproducible_bundle_under_a_key_of_its_content()
    {
        string commit = _repository.Commit("cart: round once", ("index.html", "1"), (".gitignore", "built.txt\n"));
        ModulePackageRequest request = Request() with { BuildPack = "#!/bin/sh\nprintf built > built.txt\n", PostDeploy = "echo done" };

        ModulePackage first = await PublishAsync(request);
        ModulePackage second = await PublishAsync(request);

        Assert.Equal((first.Key, first.Digest), (second.Key, second.Digest));
        Assert.Equal((false, true), (first.Reused, second.Reused));
        Assert.StartsWith($"ghost.prod.front.web/{commit[..12]}-", first.Key, StringComparison.Ordinal);
        string[] names = [.. BundleManifest.Read(_store[first.Key + BundleManifest.Suffix], "m", false).Entries.Select(e => e.Name)];
        Assert.Equal([".cumulus-module/module.json", ".cumulus-module/post_deploy", ".gitignore", "built.txt", "index.html"], names);
    }

    [NeedsFact("git", Need.Unix)]
    public async Task Other_content_has_another_key()
    {
        _repository.Commit("first", ("index.html", "1"));

        ModulePackage one = await PublishAsync(Request());
        ModulePackage other = await PublishAsync(Request() with { PostDeploy = "echo other" });

        Assert.NotEqual(one.Key, other.Key);
    }

    [NeedsFact("git", Need.Unix)]
    public async Task G20_build_pack_knows_revision_commit_and_user_and_values_of_any_kind()
    {
        string commit = _repository.Commit("ünïcode \"quoted\" $(touch x)", ("a", "1"));
        const string Script = "#!/bin/sh\nprintf '%s|%s|%s|%s|%s' \"$GHOST_MODULE_REV\" \"$GHOST_MODULE_COMMIT\" \"$GHOST_MODULE_USER\" \"$GHOST_MODULE_COMMIT_MESSAGE\" \"$MY\" > told\n";
        using PreparedModule module = await Packager().PrepareAsync(Request() with { BuildPack = Script, User = "ci", Variables = new Dictionary<string, string> { ["MY"] = "wört'\"$x`y`" } }, default);

        Assert.Equal($"main|{commit}|ci|ünïcode \"quoted\" $(touch x)|wört'\"$x`y`", File.ReadAllText(Path.Combine(module.Tree, "told")));
        Assert.False(File.Exists(Path.Combine(module.Tree, "x")));
    }

    [NeedsFact("git", Need.Unix)]
    public async Task G39_build_pack_gets_no_credentials_of_the_program()
    {
        _repository.Commit("first", ("a", "1"));
        Environment.SetEnvironmentVariable("AWS_SECRET_ACCESS_KEY_ROLLOUT_TEST", "s3cret-value");

        using PreparedModule module = await Packager().PrepareAsync(Request() with { BuildPack = "#!/bin/sh\nenv > told\n" }, default);

        string told = File.ReadAllText(Path.Combine(module.Tree, "told"));
        Assert.DoesNotContain("s3cret-value", told);
        Assert.Contains("GHOST_APP=web", told);
        Assert.Contains("PATH=", told);
    }

    [NeedsFact("git", Need.Unix)]
    public async Task A_build_that_fails_tells_its_last_lines_and_leaves_nothing()
    {
        _repository.Commit("first", ("a", "1"));

        var e = await Assert.ThrowsAsync<CumulusException>(() => Packager().PrepareAsync(Request() with { BuildPack = "#!/bin/sh\necho token=abcdefghijkl\necho no such thing >&2\nexit 3\n" }, default));

        Assert.Equal(ErrorIds.ModuleScriptFailed, e.ErrorId);
        Assert.Contains("exit code 3", e.Message);
        Assert.Contains("no such thing", e.Message);
        Assert.DoesNotContain("abcdefghijkl", e.Message);
        Assert.Empty(Directory.GetDirectories(_temp["work"]));
    }

    [NeedsFact("git", Need.Unix)]
    public async Task After_all_deploy_runs_in_the_work_tree_and_then_all_of_it_goes()
    {
        _repository.Commit("first", ("a", "1"));
        ModulePackager packager = Packager();
        using (PreparedModule module = await packager.PrepareAsync(Request() with { AfterAllDeploy = $"#!/bin/sh\npwd > {_temp["where"]}; ls a\n" }, default))
        {
            await packager.AfterAllDeployAsync(module, default);
            Assert.Equal(module.Tree, _temp.Read("where").Trim());
        }

        Assert.Empty(Directory.GetDirectories(_temp["work"]));
    }

    [Fact]
    public async Task G15_an_archive_in_S3_is_unpacked_into_a_clean_tree_by_its_version()
    {
        _store["code/web.zip"] = ZipOf("index.html", "new");
        _store.Versions[("code/web.zip", "v-old")] = ZipOf("index.html", "old");

        using PreparedModule newest = await Packager().PrepareAsync(Request() with { Protocol = "s3", Url = "s3://bucket/code/web.zip", Revision = "HEAD" }, default);
        using PreparedModule older = await Packager().PrepareAsync(Request() with { Protocol = "s3", Url = "s3://bucket/code/web.zip", Revision = "v-old" }, default);

        Assert.Equal("new", File.ReadAllText(Path.Combine(newest.Tree, "index.html")));
        Assert.Equal("old", File.ReadAllText(Path.Combine(older.Tree, "index.html")));
        Assert.Equal("v-old", older.Checkout.Commit);
        Assert.Equal(ErrorIds.RevisionNotFound, (await Assert.ThrowsAsync<CumulusException>(() => Packager().PrepareAsync(Request() with { Protocol = "s3", Url = "s3://bucket/code/web.zip", Revision = "none" }, default))).ErrorId);
    }

    [Fact]
    public async Task G15_a_folder_in_S3_is_taken_as_it_is_and_has_no_versions()
    {
        _store["code/a.txt"] = "a"u8.ToArray();
        _store["code/deep/b.txt"] = "b"u8.ToArray();
        ModulePackageRequest request = Request() with { Protocol = "s3", Url = "s3://bucket/code/", Revision = "HEAD" };

        using PreparedModule module = await Packager().PrepareAsync(request, default);

        Assert.Equal("b", File.ReadAllText(Path.Combine(module.Tree, "deep/b.txt")));
        Assert.Equal(ErrorIds.RevisionNotFound, (await Assert.ThrowsAsync<CumulusException>(() => Packager().PrepareAsync(request with { Revision = "v1" }, default))).ErrorId);
        _store["code/../escape"] = "x"u8.ToArray();
        Assert.Equal(ErrorIds.ModuleSourceInvalid, (await Assert.ThrowsAsync<CumulusException>(() => Packager().PrepareAsync(request, default))).ErrorId);
    }

    [Fact]
    public void G18_no_two_applications_share_their_packages()
    {
        string[] applications = ["web/prod/front", "web/prod/front/blue", "web/prod/front/green", "front.web/prod/x", "web/prod/x.front".Replace(".", "-", StringComparison.Ordinal)];

        Assert.Equal(applications.Length, applications.Select(ModulePackageNames.Environment).Distinct().Count());
    }

    private static byte[] ZipOf(string name, string content)
    {
        using var stream = new MemoryStream();
        using (var zip = new System.IO.Compression.ZipArchive(stream, System.IO.Compression.ZipArchiveMode.Create))
        {
            using var writer = new StreamWriter(zip.CreateEntry(name).Open());
            writer.Write(content);
        }

        return stream.ToArray();
    }

    private ModulePackager Packager() => new(_store, _temp["cache"]) { WorkFolder = _temp.Folder("work"), Log = line => { lock (_log) _log.Add(line); } };

    private async Task<ModulePackage> PublishAsync(ModulePackageRequest request)
    {
        ModulePackager packager = Packager();
        using PreparedModule module = await packager.PrepareAsync(request, default);
        return await packager.PublishAsync(module, "bucket", null, default);
    }

    private ModulePackageRequest Request() => new() { Application = "web/prod/front", Name = "site", Path = "/var/www/site", Protocol = "git", Url = _repository.Folder, Revision = "main" };
}
