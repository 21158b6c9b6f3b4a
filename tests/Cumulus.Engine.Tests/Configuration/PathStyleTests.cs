using Cumulus.Engine.Configuration;
using Xunit;

namespace Cumulus.Engine.Tests.Configuration;

public sealed class PathStyleTests
{
    [Theory]
    [InlineData("/p/q", "site", "/p/q/site")]
    [InlineData("/p/q", "./a/../b/.", "/p/q/b")]
    [InlineData("/p/q", @"a\b", "/p/q/a/b")]
    [InlineData("/p/q", "../../../x", "/x")]
    [InlineData("/p/q", "/srv//web/", "/srv/web")]
    [InlineData("/p/q", "~/site", "/home/ann/site")]
    [InlineData("/p/q", "~", "/home/ann")]
    [InlineData("/p/q", "~bob/site", "/p/q/~bob/site")]
    [InlineData("/", "x", "/x")]
    [InlineData("/p", "..", "/")]
    public void Unix_paths_are_resolved(string folder, string written, string full) =>
        Assert.Equal(full, PathStyle.Unix.Resolve(folder, written, "/home/ann"));

    [Theory]
    [InlineData(@"D:\p", "site/a", @"D:\p\site\a")]
    [InlineData(@"D:\p", @"..\x", @"D:\x")]
    [InlineData(@"D:\p", @"..\..\x", @"D:\x")]
    [InlineData(@"D:\p", @"C:\srv\web", @"C:\srv\web")]
    [InlineData(@"D:\p", "C:/srv/web", @"C:\srv\web")]
    [InlineData(@"D:\p", @"\srv", @"D:\srv")]
    [InlineData(@"D:\p", @"d:srv", @"D:\p\srv")]
    [InlineData(@"D:\p", @"\\server\share\x", @"\\server\share\x")]
    [InlineData(@"\\server\share", "x", @"\\server\share\x")]
    [InlineData(@"D:\p", @"~\site", @"C:\Users\ann\site")]
    public void Windows_paths_are_resolved(string folder, string written, string full) =>
        Assert.Equal(full, PathStyle.Windows.Resolve(folder, written, @"C:\Users\ann"));

    [Theory]
    [InlineData("site", "site")]
    [InlineData("./site/", "site")]
    [InlineData("/srv/web", "srv/web")]
    [InlineData(@"C:\srv\web", "srv/web")]
    [InlineData(@"conf\app", "conf/app")]
    [InlineData("a/../b", "b")]
    [InlineData("../site", "site")]
    [InlineData("../../..", "")]
    [InlineData(".", "")]
    [InlineData("/", "")]
    public void The_name_in_the_archive_is_the_written_path_without_its_beginning(string written, string name) =>
        Assert.Equal(name, PathStyle.ArchiveName(written));

    [Theory]
    [InlineData("/x", true, false)]
    [InlineData("x", false, false)]
    [InlineData(@"C:\x", false, true)]
    [InlineData(@"\\server\x", true, true)]
    [InlineData("C:x", false, false)]
    public void Absolute_is_told_per_system(string path, bool unix, bool windows) =>
        Assert.Equal((unix, windows), (PathStyle.Unix.IsAbsolute(path), PathStyle.Windows.IsAbsolute(path)));

    [Fact]
    public void Names_differ_by_case_on_Unix_only()
    {
        Assert.False(PathStyle.Unix.AreSame("/A", "/a"));
        Assert.True(PathStyle.Windows.AreSame(@"C:\A", "c:/a"));
    }

    [Fact]
    public void A_rewrite_of_an_absolute_path_gets_the_names_that_its_files_have_D15()
    {
        BundleDefinition bundle = Loading.Conf("[bundle: b]\npaths = /srv/web\npath-rewrites =\n  /srv/web -> /opt\n  C:\\srv -> d\n  ../x -> y\n").Bundle("b");

        Assert.Equal("srv/web", bundle.Paths[0].ArchivePath);
        Assert.Equal([new("srv/web", "opt"), new("srv", "d"), new("x", "y")], bundle.PathRewrites);
    }

    [Fact]
    public void The_home_folder_is_part_of_the_name_in_the_archive() =>
        Assert.Equal(new BundlePath("/home/ann/site", "home/ann/site"), Assert.Single(Loading.Conf("[bundle: b]\npaths = ~/site\n").Bundle("b").Paths));
}
