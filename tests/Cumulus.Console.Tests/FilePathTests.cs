using Cumulus.Console.Pipeline;
using Cumulus.Engine;

namespace Cumulus.Console.Tests;

public sealed class FilePathTests
{
    [Theory]
    [InlineData("site", "/here/site")]
    [InlineData("./site/../conf", "/here/conf")]
    [InlineData(@".\site\a", "/here/site/a")]
    [InlineData("/abs/x", "/abs/x")]
    [InlineData("~", "/home/me")]
    [InlineData("~/x", "/home/me/x")]
    [InlineData("~other", "/here/~other")]
    public void A_path_is_full_and_both_slashes_part_folders(string path, string expected) =>
        Assert.Equal(expected, FilePath.Resolve(path, "/here", "/home/me", windows: false));

    [Theory]
    [InlineData("")]
    [InlineData("a\0b")]
    public void What_is_no_path_is_an_expected_error(string path) => Assert.Equal(
        ErrorIds.PathInvalid,
        Assert.Throws<CumulusException>(() => FilePath.Resolve(path, "/here", "/home/me", windows: false)).ErrorId);
}
