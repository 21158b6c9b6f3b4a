using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Cumulus.Engine.Configuration;
using Cumulus.Engine.Configuration.Settings;
using Xunit;

namespace Cumulus.Engine.Tests.Configuration;

/// <summary>The guide and the examples say what the reader does.</summary>
public sealed class GuideTests
{
    private static readonly string Documents = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Here())!, "..", "..", "..", "docs"));
    private static readonly string Guide = File.ReadAllText(Path.Combine(Documents, "guides", "configuration.md"));

    [Fact]
    public void Both_examples_of_the_guide_say_the_same()
    {
        CumulusConfiguration yml = Loading.Yml(Block("yaml")), conf = Loading.Conf(Block("ini"));

        Assert.Empty(yml.Warnings);
        Assert.Empty(conf.Warnings);
        Assert.Equal(Describe(yml), Describe(conf));
    }

    [Fact]
    public void Every_option_is_in_the_guide()
    {
        foreach (OptionSpec option in Enum.GetValues<SectionKind>().SelectMany(OptionSchema.Of))
        {
            Assert.Contains($"`{option.Name}`", Guide, StringComparison.Ordinal);
            if (option.Alias is not null) Assert.Contains($"`{option.Alias}`", Guide, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_example_configurations_are_read_without_a_warning()
    {
        string[] examples = Directory.GetFiles(Path.Combine(Documents, "examples"), "cumulus.*", SearchOption.AllDirectories);

        Assert.NotEmpty(examples);
        Assert.All(examples, path => Assert.Empty(new ConfigurationLoader().Load(ConfigurationRequest.Here(Path.GetDirectoryName(path)!, [path])).Warnings));
    }

    private static string Block(string language) => Regex.Match(Guide, $"```{language}\n(.*?)```", RegexOptions.Singleline).Groups[1].Value;

    private static string Describe(CumulusConfiguration c) => string.Join('\n',
    [
        .. c.Environments.Select(e => $"{e.Name} {e.Region} {e.Bucket} {e.Version} {string.Join(',', e.Stacks)} {string.Join(',', e.Bundles)}"),
        .. c.Stacks.Select(s => $"{s.Name} {s.Template} {string.Join(',', s.Parameters)} {string.Join(',', s.Tags)} {string.Join(',', s.Capabilities)}"),
        .. c.Bundles.Select(b => $"{b.Name} {string.Join(',', b.Paths)} {string.Join(',', b.PathRewrites)}"),
    ]);

    private static string Here([CallerFilePath] string path = "") => path;
}
