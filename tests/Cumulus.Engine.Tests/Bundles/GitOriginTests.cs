using Cumulus.Engine.Bundles;
using Cumulus.Engine.Tests.Support;

namespace Cumulus.Engine.Tests.Bundles;

public sealed class GitOriginTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string Git(params string[] arguments)
    {
        var info = new System.Diagnostics.ProcessStartInfo("git") { WorkingDirectory = _folder["repo"], RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in (string[])["-c", "user.name=a", "-c", "user.email=a@b.c", "-c", "commit.gpgsign=false", .. arguments]) info.ArgumentList.Add(argument);
        using var process = System.Diagnostics.Process.Start(info)!;
        string text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return text.Trim();
    }

    private string Commit()
    {
        _folder.Write("repo/site/sub/x", "1");
        _folder.Write("repo/other/y", "1");
        Git("init", "-q");
        Git("add", ".");
        Git("commit", "-q", "-m", "one");
        return Git("rev-parse", "HEAD");
    }

    private async Task<BundleOrigin?> ReadAsync(string path = "repo/site", params string[] bundled) =>
        (await new GitOrigin().ReadAsync([_folder[path]], default))?.Origin(bundled.Select(b => _folder[b]));

    [NeedsFact("git")]
    public async Task A_clean_work_tree_gives_its_commit()
    {
        string commit = Commit();
        Assert.Equal(new BundleOrigin(commit, false), await ReadAsync());
        Assert.Equal(new BundleOrigin(commit, false), await ReadAsync("repo/site/sub/x"));
        Assert.Equal(new BundleOrigin(commit, false), await ReadAsync("repo"));
    }

    [NeedsFact("git")]
    public async Task Changes_count_where_they_are_bundled_and_not_elsewhere()
    {
        string commit = Commit();
        _folder.Write("repo/other/y", "2");
        Assert.False((await ReadAsync("repo/site"))!.IsDirty);
        Assert.True((await ReadAsync("repo/other"))!.IsDirty);
        File.Delete(_folder["repo/site/sub/x"]);
        Assert.Equal(new BundleOrigin(commit, true), await ReadAsync("repo/site"));
    }

    [NeedsFact("git")]
    public async Task What_a_build_made_is_as_clean_as_what_it_was_made_of()
    {
        _folder.Write("repo/.gitignore", "/dist/\n");
        string commit = Commit();
        _folder.Write("repo/dist/app.js", "made");
        Assert.Equal(new BundleOrigin(commit, false), await ReadAsync("repo/dist", "repo/dist/app.js"));
        _folder.Write("repo/other/y", "2");
        Assert.Equal(new BundleOrigin(commit, true), await ReadAsync("repo/dist", "repo/dist/app.js"));
        Git("checkout", "-q", ".");
        _folder.Write("repo/site/unknown", "1");
        Assert.Equal(new BundleOrigin(commit, true), await ReadAsync("repo/dist", "repo/dist/app.js"));
    }

    [NeedsFact("git")]
    public async Task An_unknown_file_counts_when_it_is_bundled()
    {
        Commit();
        _folder.Write("repo/site/new/é x", "1");
        _folder.Write("repo/site/old.zip", "1");
        Assert.False((await ReadAsync("repo/site", "repo/site/sub/x"))!.IsDirty);
        Assert.True((await ReadAsync("repo/site", "repo/site/sub/x", "repo/site/new/é x"))!.IsDirty);
        Assert.True((await ReadAsync("repo/site", "repo/site/old.zip"))!.IsDirty);
        Assert.True((await ReadAsync("repo", "repo/site/new/é x"))!.IsDirty);
    }

    [NeedsFact("git")]
    public async Task Where_there_is_no_commit_there_is_no_origin()
    {
        _folder.Write("repo/site/x", "1");
        Assert.Null(await ReadAsync());
        Git("init", "-q");
        Assert.Null(await ReadAsync());
        Assert.Null(await new GitOrigin().ReadAsync([], default));
    }

    [NeedsFact("git")]
    public async Task A_program_that_the_repository_names_as_its_monitor_does_not_run()
    {
        Commit();
        string program = _folder.Write("repo/evil", $"#!/bin/sh\ntouch {_folder["ran"]}\n", EntryMode.DefaultFolder);
        Git("config", "core.fsmonitor", program);
        Git("status");
        Assert.True(File.Exists(_folder["ran"]), "the test's own monitor does not run at all");
        File.Delete(_folder["ran"]);
        Assert.NotNull(await ReadAsync());
        Assert.False(File.Exists(_folder["ran"]));
    }
}
