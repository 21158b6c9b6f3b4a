using Cumulus.Engine.Bundles;
using FsCheck;
using FsCheck.Fluent;

namespace Cumulus.Engine.Tests.Bundles;

public sealed class ArchiveNameTests
{
    private static readonly string[] Parts = ["..", ".", "", "a", "b c", "é", "C:", "nul", "NUL.txt", "x:y", "x.", "x ", "a\\b", "a\0", "\n", "~", "-rf", "con", "CON.a.b", "aux "];

    private static Gen<string> Paths => Gen.Elements(Parts).NonEmptyListOf().Select(p => string.Join('/', p));

    [Theory]
    [InlineData("", "empty")]
    [InlineData("/etc/passwd", "absolute")]
    [InlineData("../x", "'..'")]
    [InlineData("a/../b", "'..'")]
    [InlineData("a/..", "'..'")]
    [InlineData("./a", "'.'")]
    [InlineData("a//b", "empty part")]
    [InlineData("a/", "empty part")]
    [InlineData("C:/x", "drive")]
    [InlineData("c:", "drive")]
    [InlineData("a\\..\\b", "backslash")]
    [InlineData("\\\\host\\share", "backslash")]
    [InlineData("a\0b", "NUL")]
    [InlineData("a\nb", "control")]
    [InlineData("a\uFFFDb", "UTF-8")]
    public void These_names_are_refused_on_every_platform_D22(string name, string reason)
    {
        Assert.Contains(reason, ArchiveName.Problem(name, forWindows: false));
        Assert.Contains(reason, ArchiveName.Problem(name, forWindows: true));
    }

    [Theory]
    [InlineData("a:b", "stream")]
    [InlineData("x/file.txt:hidden", "stream")]
    [InlineData("nul", "device")]
    [InlineData("x/CON.txt", "device")]
    [InlineData("aux .log", "device")]
    [InlineData("com1", "device")]
    [InlineData("lpt².x", "device")]
    [InlineData("x./y", "dot or a blank")]
    [InlineData("x /y", "dot or a blank")]
    [InlineData("a?b", "not allow")]
    public void These_names_are_refused_for_Windows_alone(string name, string reason)
    {
        Assert.Null(ArchiveName.Problem(name, forWindows: false));
        Assert.Contains(reason, ArchiveName.Problem(name, forWindows: true));
    }

    [Theory]
    [InlineData("a")]
    [InlineData("srv/web/index.html")]
    [InlineData("...")]
    [InlineData("..a/b..")]
    [InlineData("console/nulls/com10")]
    [InlineData(".hidden/é ü")]
    public void These_names_are_good_everywhere(string name)
    {
        // Windows drops trailing dots, so that these two are good on Unix alone.
        Assert.Null(ArchiveName.Problem(name, forWindows: false));
        Assert.Equal(name.EndsWith('.'), ArchiveName.Problem(name, forWindows: true) is not null);
    }

    [Fact]
    public void A_name_that_passes_lies_below_its_root() =>
        Prop.ForAll(Paths.ToArbitrary(), name =>
            ArchiveName.Problem(name, forWindows: false) is not null
            || Path.GetFullPath(Path.Combine("/root/of", name)).StartsWith("/root/of/", StringComparison.Ordinal)).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    [Fact]
    public void What_Windows_takes_Unix_takes_too() =>
        Prop.ForAll(Paths.ToArbitrary(), name =>
            ArchiveName.Problem(name, forWindows: true) is not null || ArchiveName.Problem(name, forWindows: false) is null).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    [Theory]
    [InlineData("a/l", "b", true)]
    [InlineData("a/l", "../b", true)]
    [InlineData("a/l", "..", true)]
    [InlineData("a/l", "b/c/", true)]
    [InlineData("l", "..", false)]
    [InlineData("a/l", "../../b", false)]
    [InlineData("l", "/etc/passwd", false)]
    [InlineData("l", "C:/x", false)]
    [InlineData("l", "a\\b", false)]
    [InlineData("l", "a/../b", false)]
    [InlineData("l", "", false)]
    [InlineData("l", "a\nb", false)]
    public void A_link_may_point_into_the_bundle_alone(string name, string target, bool good)
    {
        Assert.Equal(good, ArchiveName.LinkProblem(name, target, forWindows: false) is null);
        Assert.Equal(good, ArchiveName.LinkProblem(name, target, forWindows: true) is null);
    }

    // Each link keeps the rule on paper; the point is that following any chain of them on a disk keeps it too.
    [Fact]
    public void No_chain_of_links_that_pass_leads_out()
    {
        Gen<string> part = Gen.Elements("..", "a", "b", "l1", "l2", ".");
        Gen<string> path = part.NonEmptyListOf().Select(p => string.Join('/', p.Take(5)));
        Gen<(string, string)> link = Gen.Elements("l1", "l2", "a/l1", "a/b/l2", "b/l1").Zip(path);
        Prop.ForAll(link.NonEmptyListOf().ToArbitrary(), links =>
        {
            var good = new Dictionary<string, string>();
            foreach ((string name, string target) in links)
            {
                if (ArchiveName.LinkProblem(name, target, forWindows: false) is null) good.TryAdd(name, target);
            }

            return good.Keys.All(name => StaysInside(name, good));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));
    }

    private static bool StaysInside(string start, Dictionary<string, string> links)
    {
        var here = new List<string>();
        var todo = new Stack<string>(start.Split('/').Reverse());
        for (int steps = 0; todo.Count > 0 && steps < 200; steps++)
        {
            string part = todo.Pop();
            if (part == ".") continue;
            if (part == "..")
            {
                if (here.Count == 0) return false;
                here.RemoveAt(here.Count - 1);
                continue;
            }

            here.Add(part);
            if (!links.TryGetValue(string.Join('/', here), out string? target)) continue;
            here.RemoveAt(here.Count - 1);
            foreach (string next in target.Split('/').Reverse()) todo.Push(next);
        }

        return true;
    }

    [Fact]
    public void Order_is_that_of_code_points_in_every_language()
    {
        // UTF-16 would put the last two the other way round.
        string[] sorted = ["A", "Z", "a", "a-b", "a/b", "é", "\uFF5E", "\U0001F600"];
        Assert.Equal(sorted, sorted.Reverse().OrderBy(n => n, ArchiveName.Order));
        Assert.Equal(sorted, sorted.OrderBy(n => Convert.ToHexString(System.Text.Encoding.UTF8.GetBytes(n)), StringComparer.Ordinal));
    }
}
