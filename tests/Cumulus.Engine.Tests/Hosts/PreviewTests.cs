using Cumulus.Engine.Bundles;
using Cumulus.Engine.Hosts;
using Cumulus.Engine.Tests.Support;
using static Cumulus.Engine.Tests.Hosts.HostFixture;

namespace Cumulus.Engine.Tests.Hosts;

/// <summary>A plan tells what the next install does, also where the last one was killed.</summary>
public sealed class PreviewTests : IDisposable
{
    private readonly HostFixture _on = new();
    private readonly TempFolder _copies = new();

    public void Dispose()
    {
        _on.Dispose();
        _copies.Dispose();
    }

    private async Task<string[]> PlanAsync(InstallRequest request)
    {
        InstallPlan plan = await new BundleInstaller(_on.Store).PlanAsync(request, default);
        return
        [
            .. plan.StopScripts.Select(s => $"{s.Kind} {s.Name} of {s.Bundle ?? "nobody"}"),
            .. plan.Changes.Select(c => $"{c.Kind} {Path.GetRelativePath(request.RootPath!, c.Path)}"),
            .. plan.StartScripts.Select(s => $"{s.Kind} {s.Name} of {s.Bundle ?? "nobody"}"),
        ];
    }

    private async Task PublishAsync()
    {
        await _on.PublishAsync("web", "1", ("srv/changed", "1"), ("srv/gone/x", "x"), ("srv/kind", "file"), ("srv/was/z", "z"), ("srv/l", "-> changed"), ("srv/mode/", "0700"), ("etc/cumulus-init.d/K1", Script("K1")), ("etc/cumulus-init.d/S1", Script("S1")), ("etc/cumulus-init.d/old", Script("old")));
        await _on.PublishAsync("web", "2", ("srv/changed", "2"), ("srv/new/y", "y"), ("srv/kind/z", "z"), ("srv/was", "file"), ("srv/l", "-> new"), ("srv/mode/", "0750"), ("etc/app.conf", "2"), ("etc/cumulus-init.d/S1", Script("S1")), ("etc/cumulus-init.d/S2", Script("S2")), ("etc/cumulus-init.d/README", "no script"));
        _on.Host.Write("etc/app.conf", "by hand");
        _on.Host.Write("etc/cumulus-init.d/K9", Script("K9"), EntryMode.DefaultFolder);
    }

    [Fact]
    public async Task Scripts_are_those_of_the_old_version_before_and_those_of_the_new_one_after()
    {
        await PublishAsync();
        await _on.InstallAsync("1", "web");
        string[] plan = await PlanAsync(_on.Request("2", "web"));
        Assert.Equal(["Stop K1 of web", "Stop K9 of nobody", "Stop old of web"], plan.Take(3));
        Assert.Equal(["Start S1 of web", "Start S2 of web"], plan.TakeLast(2));
        File.Delete(_on.Host["ran"]);
        await _on.InstallAsync("2", "web");
        Assert.Equal(["K1 stop 2", "K9 stop 2", "old stop 2", "S1 start 2", "S2 start 2"], _on.Ran);
        Assert.Empty(await PlanAsync(_on.Request("2", "web")));
    }

    [Fact]
    public async Task After_a_kill_at_any_step_the_plan_is_that_of_the_host_as_it_will_be_once_that_is_undone_D20()
    {
        await PublishAsync();
        await _on.InstallAsync("1", "web");
        string[] wanted = await PlanAsync(_on.Request("2", "web"));
        var points = new List<string>();
        var installer = new BundleInstaller(_on.Store)
        {
            OnStep = step =>
            {
                Tool.Run("cp", "-a", _on.Host.Path, _copies[$"{points.Count}"]);
                points.Add(step);
            },
        };
        await installer.InstallAsync(_on.Request("2", "web"), default);
        Assert.True(points.Count > 15, string.Join(", ", points));
        for (int i = 0; i < points.Count; i++)
        {
            string copy = _copies[$"{i}"];
            var before = TreeSnapshot.Of(copy);
            bool committed = (await HostInventory.ReadAsync(copy, default)).Find([])[0].Version == "2";
            Assert.Equal(committed ? [] : wanted, await PlanAsync(_on.Request("2", "web") with { RootPath = copy }));
            Assert.Equal(before, TreeSnapshot.Of(copy));
        }
    }
}
