using System.Net;
using System.Net.Sockets;
using Cumulus.Engine.Ghost.Modules;
using Cumulus.Engine.Tests.Support;

namespace Cumulus.Engine.Tests.Ghost.Modules;

public sealed class GitSourceTests : IDisposable
{
    private readonly TempFolder _temp = new();
    private readonly List<string> _log = [];
    private readonly GitRepository _repository;

    public GitSourceTests() => _repository = new GitRepository(_temp["origin"]);

    public void Dispose() => _temp.Dispose();

    [NeedsFact("git")]
    public async Task A_branch_a_tag_a_commit_and_HEAD_are_checked_out()
    {
        string first = _repository.Commit("first", ("index.html", "1"));
        _repository.In("tag", "v1");
        string second = _repository.Commit("cart: round once", ("index.html", "2"));
        _repository.In("branch", "feature/x", first);

        Assert.Equal(("1", first, "v1"), await CheckOutAsync("v1"));
        Assert.Equal(("1", first, "feature/x"), await CheckOutAsync("feature/x"));
        Assert.Equal(("1", first, first[..8]), await CheckOutAsync(first[..8]));
        Assert.Equal(("2", second, "refs/heads/main"), await CheckOutAsync("refs/heads/main"));
        Assert.Equal(("2", second, "main"), await CheckOutAsync("HEAD"));
    }

    [NeedsFact("git")]
    public async Task What_came_since_the_last_deployment_is_told()
    {
        string first = _repository.Commit("first", ("a", "1"));
        for (int i = 0; i < 3; i++) _repository.Commit($"change {i}", ("a", $"x{i}"));

        ModuleCheckout checkout = await Source().ResolveAsync(_repository.Folder, "main", first, default);

        Assert.Equal(3, checkout.CommitsSince);
        Assert.Equal(["change 2", "change 1", "change 0"], checkout.Since!.Select(c => c.Subject));
        Assert.Equal("change 2", checkout.Subject);
        Assert.Null((await Source().ResolveAsync(_repository.Folder, "main", new string('a', 40), default)).CommitsSince);
    }

    [NeedsFact("git")]
    public async Task The_mirror_follows_branches_that_move_and_go()
    {
        _repository.Commit("first", ("a", "1"));
        _repository.In("branch", "old");
        await Source().ResolveAsync(_repository.Folder, "old", null, default);
        _repository.In("branch", "-D", "old");
        string forced = _repository.Commit("second", ("a", "2"));

        var e = await Assert.ThrowsAsync<CumulusException>(() => Source().ResolveAsync(_repository.Folder, "old", null, default));
        Assert.Equal(ErrorIds.RevisionNotFound, e.ErrorId);
        Assert.Equal(forced, (await Source().ResolveAsync(_repository.Folder, "main", null, default)).Commit);
        Assert.Single(Directory.GetDirectories(_temp["cache"]));
    }

    [NeedsFact("git")]
    public async Task A_slip_in_a_name_is_pointed_out()
    {
        _repository.Commit("first", ("a", "1"));

        var e = await Assert.ThrowsAsync<CumulusException>(() => Source().ResolveAsync(_repository.Folder, "mian", null, default));

        Assert.Contains("Did you mean 'main'?", e.Message);
    }

    [NeedsFact("git")]
    public async Task Submodules_come_along()
    {
        var library = new GitRepository(_temp["library"]);
        library.Commit("library", ("lib.txt", "inside"));
        _repository.Commit("first", ("a", "1"));
        _repository.In("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", library.Folder, "vendor/lib");
        _repository.Commit("with library");

        await Source().CheckOutAsync(_repository.Folder, "main", null, _temp["tree"], default);

        Assert.Equal("inside", _temp.Read("tree/vendor/lib/lib.txt"));
    }

    [NeedsFact("git")]
    public async Task Large_files_without_git_lfs_are_an_error_and_no_pointers()
    {
        if (Programs.Try("git", "lfs", "version").ExitCode == 0) return;
        _repository.Commit("first", (".gitattributes", "*.bin filter=lfs\n"), ("big.bin", "version https://git-lfs.github.com/spec/v1\n"));

        var e = await Assert.ThrowsAsync<CumulusException>(() => Source().CheckOutAsync(_repository.Folder, "main", null, _temp["tree"], default));

        Assert.Contains("git-lfs is not installed", e.Message);
        Assert.Contains("big.bin", e.Message);
    }

    [NeedsTheory("git")]
    [InlineData("--upload-pack=touch /tmp/x")]
    [InlineData("-oProxyCommand=x")]
    [InlineData("main; touch x")]
    [InlineData("$(touch x)")]
    [InlineData("`id`")]
    [InlineData("main\nextra")]
    [InlineData("main^{/x}")]
    [InlineData("main..other")]
    [InlineData("@{upstream}")]
    [InlineData(":/first")]
    [InlineData("")]
    public async Task G36_no_revision_is_an_option_an_expression_or_a_command(string revision)
    {
        _repository.Commit("first", ("a", "1"));

        var e = await Assert.ThrowsAsync<CumulusException>(() => Source().CheckOutAsync(_repository.Folder, revision, null, _temp["tree"], default));

        Assert.Equal(ErrorIds.RevisionNotFound, e.ErrorId);
        Assert.False(Directory.Exists(_temp["tree"]));
    }

    [Theory]
    [InlineData("ext::sh -c touch% /tmp/x")]
    [InlineData("--upload-pack=x")]
    [InlineData("fd::17")]
    [InlineData("ssh://-oProxyCommand=x/y")]
    [InlineData("https://")]
    [InlineData("host:-option")]
    [InlineData("https://example.org/a\nb")]
    [InlineData("relative/path")]
    public void G36_an_address_is_a_place_and_no_program(string url) =>
        Assert.Equal(ErrorIds.ModuleSourceInvalid, Assert.Throws<CumulusException>(() => GitAddress.Parse(url)).ErrorId);

    [Theory]
    [InlineData("git@github.com:example/web.git", "git@github.com:example/web.git")]
    [InlineData("ssh://git@example.org:2222/web.git", "ssh://git@example.org:2222/web.git")]
    [InlineData("https://user:s3cret-token@example.org/web.git", "https://example.org/web.git")]
    public void G39_what_logs_in_is_no_part_of_the_address(string url, string shown)
    {
        GitAddress address = GitAddress.Parse(url);

        Assert.Equal(shown, address.Url);
        Assert.DoesNotContain("s3cret", address.ToString());
    }

    [NeedsFact("git", Need.Unix)]
    public async Task G39_a_password_reaches_neither_arguments_nor_log_nor_error()
    {
        // A program in git's place that tells what it was given.
        string record = _temp["record"];
        _temp.Write("bin/git", $"#!/bin/sh\nprintf '%s\\n' \"$@\" >> {record}\nenv | grep GIT_CONFIG_VALUE_1 > {record}.env\necho \"fatal: https://u:s3cret-token@example.org failed\" >&2\nexit 128\n", (UnixFileMode)0b111_101_101);
        var address = GitAddress.Parse("https://u:s3cret-token@example.org/web.git");
        var git = new GitProgram(new Cumulus.Engine.Processes.ProcessRunner(), address, TimeSpan.FromSeconds(20), _log.Add) { Program = _temp["bin/git"] };

        var e = await Assert.ThrowsAsync<CumulusException>(() => git.RunAsync(_temp.Path, "fetch", ["fetch", "origin"], default));

        Assert.DoesNotContain("s3cret", e.Message + string.Concat(_log) + File.ReadAllText(record));
        Assert.Contains("Authorization: Basic", File.ReadAllText(record + ".env"));
    }

    [NeedsFact("git")]
    public async Task A_remote_that_hangs_is_given_up()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var source = new GitSource(_temp["cache"], TimeSpan.FromSeconds(1));

        var e = await Assert.ThrowsAsync<CumulusException>(() => source.ResolveAsync($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/web.git", "main", null, default));

        Assert.Equal((ErrorIds.ModuleSourceFailed, FailureKind.Timeout), (e.ErrorId, e.Kind));
    }

    [NeedsFact("git")]
    public async Task One_deployment_at_a_time_works_on_a_mirror()
    {
        _repository.Commit("first", ("a", "1"));

        ModuleCheckout[] all = await Task.WhenAll(Enumerable.Range(0, 4).Select(i => Source().CheckOutAsync(_repository.Folder, "main", null, _temp[$"tree{i}"], default)));

        Assert.Single(all.Select(c => c.Commit).Distinct());
    }

    [NeedsFact("git")]
    public async Task G15_the_mirror_is_of_the_address_that_is_checked_out()
    {
        var other = new GitRepository(_temp["other"]);
        _repository.Commit("first", ("a", "1"));
        other.Commit("other", ("a", "other"));

        await Source().CheckOutAsync(_repository.Folder, "main", null, _temp["one"], default);
        await Source().CheckOutAsync(other.Folder, "main", null, _temp["two"], default);

        Assert.Equal(("1", "other"), (_temp.Read("one/a"), _temp.Read("two/a")));
        Assert.Equal(other.Folder, Tool.Run("git", "-C", _temp["two"], "config", "remote.origin.url").Trim());
    }

    private GitSource Source() => new(_temp["cache"], TimeSpan.FromSeconds(60), line => { lock (_log) _log.Add(line); });

    private async Task<(string Content, string? Commit, string Revision)> CheckOutAsync(string revision)
    {
        string folder = _temp[$"tree-{Guid.NewGuid():N}"];
        ModuleCheckout checkout = await Source().CheckOutAsync(_repository.Folder, revision, null, folder, default);
        return (File.ReadAllText(Path.Combine(folder, "index.html")), checkout.Commit, checkout.Revision);
    }
}
