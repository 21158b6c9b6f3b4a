using Cumulus.Engine.Bundles;
using Cumulus.Engine.Tests.Support;

namespace Cumulus.Engine.Tests.Bundles;

public sealed class PathWildcardsTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public PathWildcardsTests()
    {
        foreach (string name in (string[])["a1/x.zip", "a1/y.txt", "a2/x.zip", "b/x.zip", "b/[x].zip"]) _folder.Write(name, "");
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("a1/*.zip", "a1/x.zip")]
    [InlineData("a?/x.zip", "a1/x.zip", "a2/x.zip")]
    [InlineData("[ab]*/*.zip", "a1/x.zip", "a2/x.zip", "b/[x].zip", "b/x.zip")]
    [InlineData("a1", "a1")]
    [InlineData("b/[x].zip", "b/[x].zip")]
    [InlineData("absent.zip", "absent.zip")]
    [InlineData("absent`[1`].zip", "absent[1].zip")]
    public void Wildcards_stand_in_any_component_and_a_name_that_is_there_is_itself(string pattern, params string[] expected) =>
        Assert.Equal(expected.Select(e => _folder[e]), PathWildcards.Resolve(pattern, Resolve));

    [Theory]
    [InlineData("*/absent.zip")]
    [InlineData("a1/x.zip/*")]
    public void Wildcards_that_match_nothing_are_an_error(string pattern) =>
        Assert.Equal(ErrorIds.BundlePathNotFound, Assert.Throws<CumulusException>(() => PathWildcards.Resolve(pattern, Resolve)).ErrorId);

    [Fact]
    public void Of_what_wildcards_find_only_archives_are_archives()
    {
        Assert.Equal([_folder["a1/x.zip"]], PathWildcards.Archives("a1/*", Resolve));
        Assert.Equal([_folder["a1/y.txt"]], PathWildcards.Archives("a1/y.txt", Resolve));
        Assert.Equal(ErrorIds.BundleNotFound, Assert.Throws<CumulusException>(() => PathWildcards.Archives("a1/*.txt", Resolve)).ErrorId);
    }

    private string Resolve(string path) => Path.GetFullPath(path, _folder.Path);
}
