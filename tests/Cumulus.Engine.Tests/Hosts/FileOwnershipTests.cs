using Cumulus.Engine.Hosts;
using Cumulus.Engine.Tests.Support;

namespace Cumulus.Engine.Tests.Hosts;

/// <summary>Whose a file or folder is: a bundle's, another bundle's, or the host's own.</summary>
public sealed class FileOwnershipTests : IDisposable
{
    private readonly HostFixture _on = new();

    public void Dispose() => _on.Dispose();

    [Fact]
    public async Task A_file_from_before_Cumulus_comes_back_with_its_mode_when_the_bundle_goes_D21()
    {
        _on.Host.Write("etc/app.conf", "by hand", UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var before = _on.Snapshot();
        await _on.PublishAsync("web", "1", ("etc/app.conf", "bundle"), ("srv/x", "1"));
        await _on.PublishAsync("web", "2", ("etc/app.conf", "bundle 2"));
        await _on.PublishAsync("web", "3", ("srv/x", "3"));
        await _on.InstallAsync("1", "web");
        await _on.InstallAsync("2", "web");
        Assert.Equal("bundle 2", _on.Host.Read("etc/app.conf"));
        await _on.InstallAsync("3", "web");
        Assert.Equal(before["etc/app.conf"], _on.Snapshot()["etc/app.conf"]);
        await _on.InstallAsync("3");
        Assert.Equal(before, _on.Snapshot());
        Assert.DoesNotContain(StateFiles(), f => f.StartsWith("originals", StringComparison.Ordinal) || f.StartsWith("work", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Folders_that_Cumulus_did_not_make_stay_and_so_do_foreign_files_D21()
    {
        _on.Host.Folder("srv/there");
        await _on.PublishAsync("web", "1", ("srv/there/x", "1"), ("srv/made/x", "1"), ("srv/shared/x", "1"));
        await _on.InstallAsync("1", "web");
        _on.Host.Write("srv/shared/log", "foreign");
        await _on.InstallAsync("1");
        Assert.Equal(["srv", "srv/shared", "srv/shared/log", "srv/there"], _on.Snapshot().Keys);
    }

    [Fact]
    public async Task Old_files_are_kept_on_demand_and_go_with_the_next_install()
    {
        await _on.PublishAsync("web", "1", ("srv/old", "1"));
        await _on.PublishAsync("web", "2", ("srv/new", "2"));
        await _on.PublishAsync("web", "3", ("srv/new", "3"));
        await _on.InstallAsync("1", "web");
        await new BundleInstaller(_on.Store).InstallAsync(_on.Request("2", "web") with { KeepOldFiles = true }, default);
        Assert.Equal(["srv", "srv/new", "srv/old"], _on.Snapshot().Keys);
        await _on.InstallAsync("3", "web");
        Assert.Equal(["srv", "srv/new"], _on.Snapshot().Keys);
    }

    [Fact]
    public async Task A_bundle_that_is_not_named_stays_unless_it_is_asked_to_go()
    {
        await _on.PublishAsync("web", "1", ("srv/web", "1"));
        await _on.PublishAsync("data", "1", ("srv/data", "1"));
        await _on.InstallAsync("1", "web", "data");
        await _on.PublishAsync("web", "2", ("srv/web", "2"));
        await new BundleInstaller(_on.Store).InstallAsync(_on.Request("2", "web") with { RemoveUnlisted = false }, default);
        Assert.Equal(["srv", "srv/data", "srv/web"], _on.Snapshot().Keys);
        await _on.InstallAsync("2", "web");
        Assert.Equal(["srv", "srv/web"], _on.Snapshot().Keys);
    }

    [Fact]
    public async Task A_file_may_move_from_one_bundle_to_another()
    {
        await _on.PublishAsync("a", "1", ("srv/x", "a"), ("srv/y", "a"));
        await _on.PublishAsync("b", "1", ("srv/z", "b"));
        await _on.InstallAsync("1", "a", "b");
        await _on.PublishAsync("a", "2", ("srv/y", "a"));
        await _on.PublishAsync("b", "2", ("srv/z", "b"), ("srv/x", "b"));
        await _on.InstallAsync("2", "a", "b");
        Assert.Equal("b", _on.Host.Read("srv/x"));
    }

    [Fact]
    public async Task Where_two_bundles_have_one_file_the_later_ones_counts_and_the_log_says_so()
    {
        await _on.PublishAsync("base", "1", ("srv/x", "base"));
        await _on.PublishAsync("over", "1", ("srv/x", "over"));
        await _on.InstallAsync("1", "base", "over");
        Assert.Equal("over", _on.Host.Read("srv/x"));
        Assert.Contains(_on.Log, line => line.Contains("both have /srv/x"));
        Assert.All(await _on.InstallAsync("1", "base", "over"), b => Assert.Equal(InstallState.Unchanged, b.State));
        await _on.InstallAsync("1", "base");
        Assert.Equal("base", _on.Host.Read("srv/x"));
    }

    [Theory]
    [InlineData("srv/x", "srv/x/y")]
    [InlineData("srv/x/y", "srv/x")]
    [InlineData("srv/x", "srv/x/")]
    [InlineData("srv/x/", "srv/x")]
    public async Task A_file_of_one_bundle_where_another_needs_a_folder_is_refused(string one, string other)
    {
        await _on.PublishAsync("a", "1", (one, one.EndsWith('/') ? "" : "1"));
        await _on.PublishAsync("b", "1", (other, other.EndsWith('/') ? "" : "1"));
        CumulusException e = await _on.FailAsync("1", "a", "b");
        Assert.Equal(ErrorIds.BundleNameConflict, e.ErrorId);
        Assert.Contains("/srv/x", e.Message);
        Assert.Contains("'a'", e.Message);
        Assert.Contains("'b'", e.Message);
        Assert.Empty(_on.Snapshot());
    }

    [Theory]
    [InlineData("srv/x", "1", "srv/x/y", "2")]
    [InlineData("srv/x/y", "1", "srv/x", "2")]
    [InlineData("srv/x", "-> .", "srv/x/y", "2")]
    [InlineData("srv/x/y", "1", "srv/x", "-> .")]
    [InlineData("srv/x", "1", "srv/x", "-> y")]
    [InlineData("srv/x/", "", "srv/x", "1")]
    public async Task A_name_may_change_between_file_link_and_folder(string oldName, string oldContent, string newName, string newContent)
    {
        await _on.PublishAsync("web", "1", (oldName, oldContent), ("keep", "k"));
        await _on.PublishAsync("web", "2", (newName, newContent), ("keep", "k"));
        await _on.InstallAsync("2", "web");
        var want = _on.Snapshot();
        await _on.InstallAsync("1", "web");
        var old = _on.Snapshot();
        Assert.NotEqual(want, old);
        await _on.InstallAsync("2", "web");
        Assert.Equal(want, _on.Snapshot());
        await _on.InstallAsync("1", "web");
        Assert.Equal(old, _on.Snapshot());
    }

    [Theory]
    [InlineData("srv/x/", "srv/x", "is a folder")]
    [InlineData("srv/x", "srv/x/y", "is a file")]
    public async Task What_is_not_Cumulus_own_is_never_taken_for_another_kind(string there, string wanted, string why)
    {
        if (there.EndsWith('/')) _on.Host.Folder(there);
        else _on.Host.Write(there, "foreign");
        var before = _on.Snapshot();
        await _on.PublishAsync("web", "1", (wanted, "1"));
        CumulusException e = await _on.FailAsync("1", "web");
        Assert.Equal(ErrorIds.InstallFailed, e.ErrorId);
        Assert.Contains(why, e.Message);
        Assert.Equal(before, _on.Snapshot());
    }

    [Fact]
    public async Task A_link_to_a_folder_that_the_host_has_may_stand_for_the_folder()
    {
        _on.Host.Folder("data/www");
        _on.Host.Link("srv", "data/www");
        await _on.PublishAsync("web", "1", ("srv/x", "1"));
        await _on.InstallAsync("1", "web");
        Assert.Equal("1", _on.Host.Read("data/www/x"));
        Assert.NotNull(new FileInfo(_on.Host["srv"]).LinkTarget);
    }

    [Fact]
    public async Task The_mode_of_a_folder_that_Cumulus_made_follows_the_bundle()
    {
        _on.Host.Folder("srv/foreign");
        await _on.PublishAsync("web", "1", ("srv/keys/a", "1"), ("srv/foreign/a", "1"));
        await _on.PublishAsync("web", "2", ("srv/keys/a", "1"), ("srv/keys/", "0700"), ("srv/foreign/a", "1"), ("srv/foreign/", "0700"));
        await _on.InstallAsync("1", "web");
        await _on.InstallAsync("2", "web");
        Assert.Equal(("0700 folder", "0755 folder"), (_on.Snapshot()["srv/keys"], _on.Snapshot()["srv/foreign"]));
        Assert.Equal(InstallState.Unchanged, Assert.Single(await _on.InstallAsync("2", "web")).State);
        await _on.InstallAsync("1", "web");
        Assert.Equal("0755 folder", _on.Snapshot()["srv/keys"]);
    }

    private string[] StateFiles() =>
        [.. Directory.GetFiles(_on.Host["var/lib/cumulus"], "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(_on.Host["var/lib/cumulus"], f)).Order(StringComparer.Ordinal)];
}
