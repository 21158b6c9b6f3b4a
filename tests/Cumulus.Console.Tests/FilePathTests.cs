using Cumulus.Console.Pipeline;
using Cumulus.Engine;

namespace Cumulus.Console.Tests;

public sealed class FilePathTests
{
    [Theory]
    [InlineData("site", "/work/site")]
    [InlineData("./site/../conf", "/work/conf")]
    [InlineData(@".\site\a", "/work/site/a")]
    [InlineData("/abs/x", "/abs/x")]
    [InlineData("~", "/home/me")]
    [InlineData("~/x", "/home/me/x")]
    [InlineData("~other", "/work/~other")]
    public void A_path_is_full_and_both_slashes_part_folders(string path, string expected) =>
        Assert.Equal(expected, FilePath.Resolve(path, "/work", "/home/me", windows: false));

    [Theory]
    [InlineData("")]
    [InlineData("a\0b")]
    public void What_is_no_path_is_an_expected_error(string path) => Assert.Equal(
        ErrorIds.PathInvalid,
        Assert.Throws<CumulusException>(() => FilePath.Resolve(path, "/work", "/home/me", windows: false)).ErrorId);
}
