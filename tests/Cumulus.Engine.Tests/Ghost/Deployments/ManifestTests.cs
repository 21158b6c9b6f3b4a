using Cumulus.Engine.Ghost.Deployments;
using Cumulus.Engine.State;
using Cumulus.Engine.Tests.Support;

namespace Cumulus.Engine.Tests.Ghost.Deployments;

public sealed class ManifestTests : IDisposable
{
    private const string Application = "web/prod/front";

    private readonly TempFolder _temp = new();
    private readonly FakeObjectStore _objects = new();
    private readonly FolderStateStore _state;
    private readonly ManifestStore _manifests;

    public ManifestTests()
    {
        _state = new FolderStateStore(_temp["state"]);
        _manifests = new ManifestStore(_state, _objects, new ManualClock());
    }

    public void Dispose() => _temp.Dispose();

    [Fact]
    public async Task Modules_stand_in_the_order_of_the_application_and_those_that_are_gone_are_not_named()
    {
        ApplicationManifest empty = await _manifests.ReadAsync(Application, default);
        ApplicationManifest one = await _manifests.ChangeAsync(empty, [Module("b", "1"), Module("old", "1")], ["old", "b"], "ci", default);
        ApplicationManifest two = await _manifests.ChangeAsync(one, [Module("a", "1")], ["a", "b"], "ci", default);

        Assert.Equal(["old", "b"], one.Modules.Select(m => m.Name));
        Assert.Equal(["a", "b"], two.Modules.Select(m => m.Name));
        Assert.Equal(["a", "b"], (await _manifests.ReadAsync(Application, default)).Modules.Select(m => m.Name));
    }

    [Fact]
    public async Task G16_two_who_deploy_different_modules_lose_nothing_and_of_the_same_one_is_told()
    {
        ApplicationManifest begun = await _manifests.ChangeAsync(await _manifests.ReadAsync(Application, default), [Module("a", "1"), Module("b", "1")], [], "x", default);
        await _manifests.ChangeAsync(begun, [Module("b", "2")], [], "other", default);

        ApplicationManifest both = await _manifests.ChangeAsync(begun, [Module("a", "2")], [], "ci", default);
        Assert.Equal(["a 2", "b 2"], both.Modules.Select(m => $"{m.Name} {m.Version}"));

        var e = await Assert.ThrowsAsync<CumulusException>(() => _manifests.ChangeAsync(begun, [Module("b", "3")], [], "ci", default));
        Assert.Equal(ErrorIds.ApplicationManifestChanged, e.ErrorId);
        Assert.Equal("2", (await _manifests.ReadAsync(Application, default)).Find("b")!.Version);
    }

    [Fact]
    public async Task G08_a_package_that_is_gone_is_never_named()
    {
        ManifestModule gone = Module("a", "1");
        _objects.Remove(gone.Key);

        var e = await Assert.ThrowsAsync<CumulusException>(() => _manifests.ChangeAsync(new ApplicationManifest { Application = Application }, [gone], [], "ci", default));

        Assert.Equal(ErrorIds.BundleNotFound, e.ErrorId);
        Assert.Empty((await _manifests.ReadAsync(Application, default)).Modules);
    }

    [Fact]
    public async Task An_old_MANIFEST_is_read()
    {
        _objects["ghost/web/prod/front/MANIFEST"] = "site:1451902500_site_9f31c02:/var/www/site\n\napi:1451902501_my_api_07be9c1:/srv/api\r\n"u8.ToArray();

        ApplicationManifest old = (await _manifests.ReadOldAsync(Application, "bucket", default))!;

        Assert.Equal(["site 9f31c02 /var/www/site", "api 07be9c1 /srv/api"], old.Modules.Select(m => $"{m.Name} {m.Commit} {m.Path}"));
        Assert.Equal("ghost/web/prod/front/api/1451902501_my_api_07be9c1", old.Modules[1].Key);
    }

    [Fact]
    public void A_damaged_MANIFEST_is_refused_with_its_line()
    {
        var e = Assert.Throws<CumulusException>(() => ApplicationManifest.ReadOld("site:p_1:/a\nbroken\n", Application, "b"));

        Assert.Contains("Line 2", e.Message);
    }

    [Fact]
    public async Task Deployments_are_listed_newest_first_and_found_by_the_end_of_their_id()
    {
        var store = new GhostDeploymentStore(_state);
        DateTimeOffset now = DateTimeOffset.UnixEpoch;
        string[] ids = [.. Enumerable.Range(0, 3).Select(i => GhostDeploymentStore.NewId(now.AddHours(i)))];
        foreach (string id in ids) await store.BeginAsync(Deployment(id), default);

        Assert.Equal(ids.Reverse().Take(2), (await store.ReadAsync(Application, 2, default)).Select(d => d.Id));
        Assert.Equal(ids[1], (await store.GetAsync(Application, ids[1][^8..], default)).Id);
    }

    [Fact]
    public async Task G09_a_deployment_of_another_application_is_not_found()
    {
        var store = new GhostDeploymentStore(_state);
        string id = GhostDeploymentStore.NewId(DateTimeOffset.UnixEpoch);
        await store.BeginAsync(Deployment(id) with { Application = "web/prod/back" }, default);

        Assert.Equal(ErrorIds.GhostDeploymentNotFound, (await Assert.ThrowsAsync<CumulusException>(() => store.GetAsync(Application, id, default))).ErrorId);
    }

    private static GhostDeployment Deployment(string id) => new()
    {
        Id = id,
        Application = Application,
        Modules = [],
        Strategy = "25%",
        StartedAt = DateTimeOffset.UnixEpoch,
        Outcome = GhostDeploymentOutcome.Running,
        By = "ci",
        Tool = "test",
    };

    private ManifestModule Module(string name, string version)
    {
        var module = new ManifestModule { Name = name, Path = "/srv/" + name, Bucket = "bucket", Key = $"{name}/{version}.zip", Version = version };
        _objects[module.Key] = [1];
        return module;
    }
}
