using System.Diagnostics;
using System.Text;
using Cumulus.Engine.Bundles;
using Cumulus.Engine.Tests.Support;
using FsCheck;
using FsCheck.Fluent;
using Xunit.Abstractions;

namespace Cumulus.Engine.Tests.Bundles;

public sealed class IgnorePatternTests(ITestOutputHelper output) : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("*.log", "a.log,x/y.log", "a.logs,log")]
    [InlineData("/*.log", "a.log", "x/y.log")]
    [InlineData("bin/", "bin/,x/bin/", "bin,x/binary/")]
    [InlineData("a/b", "a/b", "x/a/b,a/b/c")]
    [InlineData("**/b", "b,a/b,x/a/b", "ab")]
    [InlineData("a/**", "a/b,a/b/c", "a,b/a")]
    [InlineData("a/**/b", "a/b,a/x/b,a/x/y/b", "a/xb,ab")]
    [InlineData("a/*/b", "a/x/b", "a/b,a/x/y/b")]
    [InlineData("[a-c]?.tx[!t]", "bx.txu", "dx.txu,bx.txt")]
    [InlineData("[[:digit:]_]x", "1x,_x", "ax")]
    [InlineData("\\#a", "#a", "a")]
    [InlineData("\\!a", "!a", "a")]
    [InlineData("a\\ ", "a ", "a")]
    [InlineData("a  ", "a", "a ")]
    [InlineData("a\\*b", "a*b", "axb")]
    [InlineData("é*", "éx", "e")]
    public void A_pattern_matches_what_gitignore_says(string pattern, string matching, string others)
    {
        IgnorePattern parsed = Assert.IsType<IgnorePattern>(IgnorePattern.Parse(pattern));
        Assert.All(matching.Split(','), name => Assert.True(Matches(parsed, name), name));
        Assert.All(others.Split(','), name => Assert.False(Matches(parsed, name), name));
    }

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("# a comment")]
    [InlineData("/")]
    [InlineData("!")]
    public void Some_lines_are_no_pattern(string line) => Assert.Null(IgnorePattern.Parse(line));

    [Theory]
    [InlineData("[a", "no ']'")]
    [InlineData("x[", "no ']'")]
    [InlineData("[a-", "no ']'")]
    [InlineData("[]", "no ']'")]
    [InlineData("[[:foo:]]", "no class '[:foo:]'")]
    [InlineData("a\\", "backslash")]
    [InlineData("a\0b", "NUL")]
    public void What_could_never_match_is_an_error(string line, string why) =>
        Assert.Contains(why, Assert.Throws<FormatException>(() => IgnorePattern.Parse(line)).Message);

    [Fact]
    public void No_pattern_takes_more_steps_than_its_length_times_the_names()
    {
        // A matcher that tries one way after the other needs more than 10^20 steps for this one.
        IgnorePattern pattern = IgnorePattern.Parse(string.Concat(Enumerable.Repeat("a*", 60)) + "b")!;
        Assert.False(Matches(pattern, new string('a', 200)));
    }

    [NeedsFact("git")]
    public void Random_patterns_leave_out_what_git_leaves_out()
    {
        int cases = int.TryParse(Environment.GetEnvironmentVariable("CUMULUS_IGNORE_CASES"), out int many) ? many : 150;
        string root = _folder.Folder("tree");
        Git(root, "init", "-q");
        Prop.ForAll(Cases().ToArbitrary(), c => SaysAsGit(root, c))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(cases));
    }

    private static bool Matches(IgnorePattern pattern, string name) => pattern.Matches(Encoding.UTF8.GetBytes(name.TrimEnd('/')), name.EndsWith('/'));

    private static Gen<Case> Cases()
    {
        Gen<string> component = Gen.Elements("a", "b", "ab", "a.b", "abc", "é", "x-y", "#a", "!b", "a b", "a ", "[a]", "a*", "]", "-");
        Gen<string> path = Gen.Choose(1, 4).SelectMany(n => Gen.Frequency((2, Gen.Elements("a", "b", "ab")), (1, component)).ArrayOf(n)).Select(c => string.Join('/', c));
        Gen<string> piece = Gen.Frequency(
            (6, Gen.Elements("a", "b", "ab", ".b", "é", "a", "b", " ")),
            (4, Gen.Elements("*", "**", "?", "/", "/**/", "**/", "/**", "***")),
            (2, Gen.Elements("[ab]", "[!a]", "[^b]", "[a-c]", "[]]", "[]-a]", "[[:alpha:]]", "[![:upper:]-]", "[a\\]b]", "[a-c-e]", "[c-a]", "[\\--/]", "[[:a]", "[a-\\c]", "[é]")),
            (1, Gen.Elements("\\a", "\\*", "\\ ", "\\#", "\\!", "\\[", "\\/", "\\?", "  ", "\r", "[", "\\")));
        Gen<string> pattern =
            from start in Gen.Frequency((5, Gen.Constant("")), (2, Gen.Constant("!")), (2, Gen.Constant("/")), (1, Gen.Constant("!/")), (1, Gen.Constant("#")))
            from middle in Gen.Choose(1, 3).SelectMany(n => Gen.Frequency((5, piece), (1, component)).ArrayOf(n))
            from end in Gen.Frequency((4, Gen.Constant("")), (2, Gen.Constant("/")), (1, Gen.Constant(" ")))
            select start + string.Concat(middle) + end;
        Gen<string[]> valid = Gen.Choose(0, 4).SelectMany(n => pattern.Where(IsValid).ArrayOf(n));
        return
            from files in Gen.Choose(1, 12).SelectMany(n => path.ArrayOf(n))
            from exclude in Gen.Frequency((2, Gen.Constant<string[]>([])), (1, valid.Select(v => v.Where(p => !p.StartsWith('#') && !p.EndsWith(' ') && !p.EndsWith('\r')).ToArray())))
            from atRoot in valid
            from place in Gen.Choose(0, files.Length - 1)
            from nested in valid
            select new Case(files, exclude, atRoot, Path.GetDirectoryName(files[place])!, nested);
    }

    private static bool IsValid(string line)
    {
        try
        {
            IgnorePattern.Parse(line.TrimEnd('\r'));
            return !line.Contains('\r') || line.EndsWith('\r');
        }
        catch (FormatException)
        {
            return false;
        }
    }

    private bool SaysAsGit(string root, Case c)
    {
        foreach (string entry in Directory.GetFileSystemEntries(root).Where(e => Path.GetFileName(e) != ".git"))
        {
            if (Directory.Exists(entry)) Directory.Delete(entry, recursive: true);
            else File.Delete(entry);
        }

        foreach (string file in c.Files)
        {
            try
            {
                _folder.Write("tree/" + file, "x");
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Another file or folder has this name already.
            }
        }

        File.WriteAllText(Path.Join(root, ".cumulusignore"), string.Join('\n', c.AtRoot));
        string nested = Path.Join(root, c.Nested);
        if (c.Nested.Length > 0 && Directory.Exists(nested)) File.WriteAllText(Path.Join(nested, ".cumulusignore"), string.Join('\n', c.InNested) + "\n");

        string[] options = [.. c.Exclude.Select(p => "--exclude=" + p)];
        string git = Git(root, ["ls-files", "--others", "-z", "--exclude-per-directory=.cumulusignore", .. options]);
        string[] expected = [.. git.Split('\0', StringSplitOptions.RemoveEmptyEntries).Where(n => Path.GetFileName(n) != ".cumulusignore").Order(ArchiveName.Order)];

        BundleRequest request = BundleRequest.FromPath("web", root, "/nowhere") with { Exclude = [.. c.Exclude, "/.git"] };
        string[] actual = [.. new BundleWalk(request, new HashSet<string>()).Run(default).Where(s => s.Type == BundleEntryType.File).Select(s => s.Name)];
        if (expected.SequenceEqual(actual)) return true;
        output.WriteLine($"-Exclude: {Show(c.Exclude)}; root: {Show(c.AtRoot)}; {c.Nested}: {Show(c.InNested)}");
        output.WriteLine($"only git keeps: {Show(expected.Except(actual))}; only we keep: {Show(actual.Except(expected))}");
        return false;
    }

    private static string Show(IEnumerable<string> texts) => string.Join(" ", texts.Select(t => $"'{t}'"));

    private static string Git(string folder, params string[] arguments)
    {
        var info = new ProcessStartInfo("git") { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true, StandardOutputEncoding = Encoding.UTF8 };
        foreach (string argument in arguments) info.ArgumentList.Add(argument);
        using var process = Process.Start(info)!;
        string text = process.StandardOutput.ReadToEnd();
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? text : throw new InvalidOperationException(error);
    }

    private sealed record Case(string[] Files, string[] Exclude, string[] AtRoot, string Nested, string[] InNested);
}
