using Cumulus.Engine.Configuration;
using Cumulus.Engine.Tests.Support;

namespace Cumulus.Engine.Tests.Configuration;

public sealed class PathPatternTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public PathPatternTests()
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
    [InlineData("*/absent.zip")]
    [InlineData("absent.zip")]
    [InlineData("a1/x.zip/*")]
    public void Wildcards_stand_in_any_component_and_a_name_that_is_there_is_itself(string pattern, params string[] expected) =>
        Assert.Equal(expected.Select(e => _folder[e]), PathPattern.Expand(_folder[pattern]));
}
