using System.Reflection;

namespace Cumulus.Engine.Tests;

public sealed class ErrorHelpTests
{
    private static readonly ErrorExplanation[] All = [.. ErrorHelp.Subjects.SelectMany(s => s.Value)];

    [Fact]
    public void Every_error_id_is_explained_once()
    {
        string[] ids = [.. typeof(ErrorIds).GetFields(BindingFlags.Public | BindingFlags.Static).Where(f => f.IsLiteral).Select(f => (string)f.GetRawConstantValue()!)];
        string[] unexplained = [.. ids.Except(All.Select(e => e.ErrorId))];
        Assert.True(unexplained.Length == 0, $"A new error id gets a line in src/Cumulus.Engine/ErrorHelp.cs, and docs/Update-ErrorGuide.ps1 is run: {string.Join(", ", unexplained)}");
        Assert.Equal(ids.Order(StringComparer.Ordinal), All.Select(e => e.ErrorId).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Cause_and_remedy_are_sentences() =>
        Assert.All(All, e => Assert.All(new[] { e.Cause, e.Remedy }, text =>
        {
            Assert.EndsWith(".", text);
            Assert.DoesNotContain("|", text);
            Assert.InRange(text.Length, 12, 220);
        }));

    [Fact]
    public void The_guide_is_the_one_in_the_documentation()
    {
        string folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Cumulus.sln"))) folder = Path.GetDirectoryName(folder)!;
        string written = File.ReadAllText(Path.Combine(folder, "docs", "guides", "when-things-go-wrong.md")).ReplaceLineEndings("\n");
        Assert.True(written == ErrorHelp.Guide(), "docs/guides/when-things-go-wrong.md is stale: build, then run docs/Update-ErrorGuide.ps1.");
    }
}
