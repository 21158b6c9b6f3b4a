using Cumulus.Engine.Bundles;
using Cumulus.Engine.Configuration;
using Cumulus.Engine.Tests.Support;

namespace Cumulus.Engine.Tests.Bundles;

public sealed class BundleWalkTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly List<string> _warnings = [];

    public void Dispose() => _folder.Dispose();

    private BundleRequest Site(params string[] exclude) =>
        BundleRequest.FromPath("web", _folder["site"], _folder["out"]) with { Exclude = exclude, Environment = "stage", Version = "1", Warn = _warnings.Add };

    private static string[] Names(BundleRequest request, IFolderReader? reader = null) =>
        [.. new BundleWalk(request, new HashSet<string>(), reader).Run(default).Select(s => s.Type == BundleEntryType.Folder ? s.Name + "/" : s.Type == BundleEntryType.Link ? $"{s.Name} -> {s.LinkTarget}" : s.Name)];

    private static CumulusException Refusal(BundleRequest request) => Assert.Throws<CumulusException>(() => Names(request));

    [Fact]
    public void Patterns_count_from_the_root_of_each_path_and_stand_above_files()
    {
        _folder.Write("site/a.log", "1");
        _folder.Write("site/keep.log", "1");
        _folder.Write("site/sub/b.log", "1");
        _folder.Write("site/sub/keep.txt", "1");
        _folder.Write("site/build/x", "1");
        _folder.Write("site/sub/build/y", "1");
        _folder.Write("site/.cumulusignore", "*.log\n!keep.log\n");
        _folder.Write("site/sub/.cumulusignore", "!b.log\nkeep.*\n");
        Assert.Equal(["keep.log", "sub/b.log", "sub/build/y"], Names(Site("/build")));
        Assert.Equal(["a.log", "build/x", "keep.log", "sub/b.log", "sub/build/y"], Names(Site("!*.log")));
    }

    [Fact]
    public void An_excluded_folder_is_not_read()
    {
        _folder.Write("site/x", "1");
        _folder.Write("site/node_modules/y", "1");
        var reader = new RecordingReader();
        Assert.Equal(["x"], Names(Site("node_modules/"), reader));
        Assert.Equal([_folder["site"]], reader.Folders);
    }

    [Fact]
    public void What_is_excluded_may_be_something_that_no_bundle_can_hold()
    {
        _folder.Write("site/x", "1");
        _folder.Link("site/out", "/etc/passwd");
        Assert.Equal(["x"], Names(Site("out")));
    }

    [Theory]
    [InlineData("a\n[b\n", "line 2")]
    [InlineData("\\", "line 1")]
    public void A_pattern_that_cannot_match_is_named_with_its_line(string content, string place)
    {
        string file = _folder.Write("site/.cumulusignore", content);
        CumulusException e = Refusal(Site());
        Assert.Equal(ErrorIds.IgnorePatternInvalid, e.ErrorId);
        Assert.Contains($"{file}, {place}", e.Message);
    }

    [Fact]
    public void An_ignore_file_that_is_not_UTF_8_or_a_folder_is_refused()
    {
        _folder.Write("site/x", "1");
        File.WriteAllBytes(_folder["site/.cumulusignore"], [0x61, 0xE9, 0x0A]);
        Assert.Contains("not UTF-8", Refusal(Site()).Message);
        File.Delete(_folder["site/.cumulusignore"]);
        _folder.Folder("site/.cumulusignore");
        CumulusException e = Refusal(Site());
        Assert.Equal((ErrorIds.BundleInvalid, _folder["site/.cumulusignore"]), (e.ErrorId, e.Target));
    }

    [Fact]
    public void An_ignore_file_of_Windows_with_a_byte_order_mark_is_read()
    {
        _folder.Write("site/x", "1");
        _folder.Write("site/y", "1");
        _folder.Write("site/.cumulusignore", "\uFEFFx\r\n\r\n# y\r\n");
        Assert.Equal(["y"], Names(Site()));
    }

    [Fact]
    public void Followed_links_become_what_they_point_to_under_their_own_names_D42()
    {
        _folder.Write("site/real/f", "hello", EntryMode.DefaultFolder);
        _folder.Link("site/file", "real/f");
        _folder.Link("site/folder", "real");
        _folder.Write("elsewhere/g", "1");
        _folder.Link("site/absolute", _folder["elsewhere"]);
        Assert.Equal(["absolute/g", "file", "folder/f", "real/f"], Names(Site() with { FollowSymlinks = true }));
        BundleSource file = new BundleWalk(Site() with { FollowSymlinks = true }, new HashSet<string>()).Run(default)[1];
        Assert.Equal((5L, EntryMode.DefaultFolder, null), (file.Size, file.Mode, file.LinkTarget));
    }

    [Theory]
    [InlineData("site/sub/loop", "..")]
    [InlineData("site/sub/loop", ".")]
    [InlineData("site/sub/loop", "../..")]
    [InlineData("site/loop", "/")]
    public void A_followed_link_that_leads_back_is_named_with_where_it_leads_D42(string link, string target)
    {
        _folder.Write("site/sub/x", "1");
        _folder.Link(link, target);
        CumulusException e = Refusal(Site() with { FollowSymlinks = true });
        Assert.Equal((ErrorIds.BundleInvalid, _folder[link]), (e.ErrorId, e.Target));
        Assert.Contains($"{_folder[link]} -> {Path.TrimEndingDirectorySeparator(Path.GetFullPath(target, Path.GetDirectoryName(_folder[link])!))}", e.Message);
    }

    [Fact]
    public void Links_that_lead_back_through_each_other_are_all_named_D42()
    {
        _folder.Write("site/a/x", "1");
        _folder.Write("b/y", "1");
        _folder.Link("site/a/to-b", _folder["b"]);
        _folder.Link("b/to-a", _folder["site/a"]);
        string message = Refusal(Site() with { FollowSymlinks = true }).Message;
        Assert.Contains($"{_folder["site"]} > {_folder["site/a/to-b"]} -> {_folder["b"]} > {_folder["site/a/to-b/to-a"]} -> {_folder["site/a"]}", message);
    }

    [Fact]
    public void Two_links_to_one_folder_are_no_circle()
    {
        _folder.Write("b/c/y", "1");
        _folder.Link("site/one", "../b");
        _folder.Link("site/two", "../b/c");
        Assert.Equal(["one/c/y", "two/y"], Names(Site() with { FollowSymlinks = true }));
    }

    [Fact]
    public void A_dangling_link_is_an_error_when_followed_and_a_warning_when_kept_D42()
    {
        _folder.Write("site/x", "1");
        _folder.Link("site/gone", "not/there");
        CumulusException e = Refusal(Site() with { FollowSymlinks = true });
        Assert.Contains(_folder["site/gone"], e.Message);
        Assert.Contains("not/there", e.Message);
        Assert.Equal(["gone -> not/there", "x"], Names(Site()));
        Assert.Contains("'gone' points to 'not/there'", Assert.Single(_warnings));
    }

    [Fact]
    public void A_kept_link_dangles_when_its_target_is_not_in_the_bundle_wherever_else_it_is()
    {
        _folder.Write("site/x", "1");
        _folder.Write("site/sub/y", "1");
        _folder.Link("site/to-x", "x");
        _folder.Link("site/dir", "sub");
        _folder.Link("site/by-dir", "dir/y");
        _folder.Link("site/sub/up", "../by-dir");
        _folder.Link("site/self", "self");
        Names(Site());
        Assert.Contains("'self'", Assert.Single(_warnings));
        _warnings.Clear();
        Names(Site("/x", "self"));
        Assert.Contains("'to-x'", Assert.Single(_warnings));
    }

    [Fact]
    public void A_link_that_leaves_the_bundle_comes_with_advice()
    {
        _folder.Link("site/l", "/etc/passwd");
        CumulusException e = Refusal(Site());
        Assert.Contains("absolute path '/etc/passwd'", e.Message);
        Assert.Contains("-FollowSymlink", e.Advice);
        Assert.Contains("-Exclude", e.Advice);
    }

    [Fact]
    public void Bundles_of_earlier_builds_stay_out_of_the_folder_that_they_lie_in()
    {
        foreach (string name in (string[])["x", "old.zip", "old.zip.manifest.json", "old.zip.manifest.sig", "data.zip", $"w.tar.gz.{new string('a', 32)}.tmp", "other.tmp", "sub/deep.zip", "sub/deep.zip.manifest.json"])
            _folder.Write("site/" + name, "1");
        BundleRequest request = Site() with { OutputFolder = _folder["site"] };
        Assert.Equal(["data.zip", "other.tmp", "sub/deep.zip", "sub/deep.zip.manifest.json", "x"], Names(request));
        Assert.Contains("old.zip, old.zip.manifest.json, old.zip.manifest.sig, w.tar.gz.", Assert.Single(_warnings));
        Assert.Contains("old.zip", Names(Site()));
    }

    [Theory]
    [InlineData("__cumulus-stage__x", "x")]
    [InlineData("__cumulus-prod__x", null)]
    [InlineData("__cumulus-stage____cumulus-stage__x", "x")]
    [InlineData("__cumulus-stage____cumulus-prod__x", null)]
    [InlineData("x__cumulus-stage__", "x__cumulus-stage__")]
    [InlineData("__cumulus-prod__/x", null)]
    [InlineData("__cumulus-prod__d/x", null)]
    [InlineData("__cumulus-stage__/x", "x")]
    [InlineData("__cumulus-stage__d/x", "d/x")]
    [InlineData("a/b/__cumulus-stage__d/__cumulus-stage__x", "a/b/d/x")]
    [InlineData("a/b/__cumulus-stage__d/__cumulus-prod__x", null)]
    [InlineData("__cumulus-stagex__y", null)]
    [InlineData("__cumulus-", "__cumulus-")]
    public void Each_row_of_the_rules_for_marked_names_holds_D14(string path, string? name)
    {
        _folder.Write("site/plain", "1");
        _folder.Write("site/" + path, "1");
        string?[] files = [.. Names(Site()).Where(n => !n.EndsWith('/'))];
        Assert.Equal(name is null ? ["plain"] : new[] { "plain", name }.Order(StringComparer.Ordinal), files.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_name_with_more_markers_wins_whatever_the_order_D14()
    {
        _folder.Write("site/x", "plain");
        _folder.Write("site/__cumulus-stage__x", "one");
        string two = _folder.Write("site/__cumulus-stage____cumulus-stage__x", "two");
        Assert.Equal(two, Assert.Single(new BundleWalk(Site(), new HashSet<string>()).Run(default)).FullPath);
    }

    [Theory]
    [InlineData("web", "/", "web/webby/web/f", "webby/web/f")]
    [InlineData("web", "srv", "webby/f", "webby/f")]
    [InlineData("a/b", "c", "a/b", "c")]
    [InlineData("/srv/web", "/opt", "srv/web/x", "opt/x")]
    public void Rewrites_change_whole_leading_components_once_D15(string target, string destination, string name, string becomes) =>
        Assert.Equal(becomes, PathRewriter.Apply(name, [PathRewrite.Parse($"{target} -> {destination}")]));

    [Theory]
    [InlineData("a")]
    [InlineData("a ->")]
    [InlineData("-> b")]
    public void A_rewrite_without_two_sides_is_refused(string text) =>
        Assert.Equal(ErrorIds.PathInvalid, Assert.Throws<CumulusException>(() => PathRewrite.Parse(text)).ErrorId);

    [NeedsFact(Need.Unix, Need.NotRoot)]
    public void A_folder_that_must_not_be_read_is_named()
    {
        _folder.Write("site/closed/x", "1");
        _folder.SetMode("site/closed", 0);
        CumulusException e = Refusal(Site());
        _folder.SetMode("site/closed", EntryMode.DefaultFolder);
        Assert.Equal((ErrorIds.AccessDenied, _folder["site/closed"]), (e.ErrorId, e.Target));
    }

    [NeedsFact(Need.Unix)]
    public void A_path_that_is_a_special_file_is_refused()
    {
        Assert.Contains("device", Refusal(BundleRequest.FromPath("web", "/dev/null", _folder["out"])).Message);
    }

    [Fact]
    public void Wildcards_find_what_PowerShells_find()
    {
        foreach (string name in (string[])["w/A.txt", "w/b.TXT", "w/.hidden", "w/c[1].txt", "w/sub/x/f", "w/sub2/x/f"]) _folder.Write(name, "1");
        string[] Find(string pattern) => [.. PathWildcards.Expand(pattern, p => Path.GetFullPath(p, _folder["w"])).Select(p => Path.GetRelativePath(_folder["w"], p))];
        Assert.Equal(["A.txt", "b.TXT", "c[1].txt"], Find("*.txt"));
        Assert.Equal(["A.txt", "b.TXT"], Find("[ab].txt"));
        Assert.Equal(["c[1].txt"], Find("c`[*"));
        Assert.Equal(["sub2/x/f"], Find("s*2\\x/f"));
        Assert.Equal([".hidden"], Find(".h*"));
        Assert.DoesNotContain(".hidden", Find("*"));
        Assert.False(PathWildcards.HasWildcard("c`[1`].txt"));
        Assert.Equal("c[1].txt", PathWildcards.Unescape("c`[1`].txt"));
        Assert.Equal(ErrorIds.BundlePathNotFound, Assert.Throws<CumulusException>(() => Find("z*")).ErrorId);
    }

    [Fact]
    public void What_a_wildcard_found_is_under_its_own_name_and_can_be_left_out()
    {
        _folder.Write("site/a/x", "1");
        _folder.Write("site/b", "1");
        _folder.Link("site/l", "b");
        _folder.Write("site/node_modules/y", "1");
        BundlePath[] found = [.. PathWildcards.Expand(_folder["site"] + "/*", p => p).Select(p => new BundlePath(p, "") { IsFromWildcard = true })];
        Assert.Equal(["a/x", "b", "l -> b"], Names(BundleRequest.FromPaths("web", found, contentAtRoot: true, _folder["out"]) with { Exclude = ["node_modules"] }));
        BundlePath[] named = [new BundlePath(_folder["site/a"], ""), new BundlePath(_folder["site/b"], "")];
        Assert.Equal(["a/x", "b"], Names(BundleRequest.FromPaths("web", named, contentAtRoot: true, _folder["out"]) with { Exclude = ["b"] }));
        Assert.Equal(["x"], Names(BundleRequest.FromPaths("web", named[..1], contentAtRoot: true, _folder["out"])));
        Assert.Equal(["a/x"], Names(BundleRequest.FromPaths("web", named[..1], contentAtRoot: false, _folder["out"])));
    }

    private sealed class RecordingReader : IFolderReader
    {
        private readonly IFolderReader _inner = FolderReaders.Best;

        public List<string> Folders { get; } = [];

        public IReadOnlyList<FoundItem> Read(string folder)
        {
            lock (Folders) Folders.Add(folder);
            return _inner.Read(folder);
        }

        public FoundItem? Look(string path) => _inner.Look(path);
    }
}
