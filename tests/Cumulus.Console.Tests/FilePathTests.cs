using Cumulus.Console.Pipeline;

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
}
