using Cumulus.Engine.Bundles;
using Cumulus.Engine.Configuration;

namespace Cumulus.Engine.Tests.Configuration;

public sealed class BundleOptionTests
{
    private static BundleDefinition Conf(string options) => Loading.Conf($"[bundle: web]\npaths = site\n{options}\n").Bundle("web");

    private static BundleDefinition Yml(string options) => Loading.Yml($"bundles:\n  web:\n    paths: site\n    {options}\n").Bundle("web");

    [Fact]
    public void What_is_not_said_is_as_the_old_program_did_in_a_conf_and_plain_in_yaml()
    {
        Assert.True(Conf("").FollowSymlinks);
        Assert.False(Yml("x: y").FollowSymlinks);
        Assert.Equal((BundleFormat.Zip, TimeSpan.FromMinutes(30), 0), (Conf("").Format, Conf("").HookTimeLimit, Conf("").Exclude.Count));
    }

    [Fact]
    public void Each_option_is_read_in_both_formats()
    {
        BundleDefinition conf = Conf("format = TAR.GZ\nfollow-symlinks = no\nhook-time-limit = 90\nexclude =\n    *.log\n    /a b/\n    \\#x");
        Assert.Equal((BundleFormat.TarGz, false, TimeSpan.FromSeconds(90)), (conf.Format, conf.FollowSymlinks, conf.HookTimeLimit));
        Assert.Equal(["*.log", "/a b/", "\\#x"], conf.Exclude);
        BundleDefinition yml = Yml("format: tar.bz2\n    follow-symlinks: true\n    hook-time-limit: 5\n    exclude: ['*.log', '!keep.log', '[a,b]']");
        Assert.Equal((BundleFormat.TarBz2, true, TimeSpan.FromSeconds(5)), (yml.Format, yml.FollowSymlinks, yml.HookTimeLimit));
        Assert.Equal(["*.log", "!keep.log", "[a,b]"], yml.Exclude);
    }

    [Fact]
    public void A_pre_built_bundle_has_the_format_of_its_file()
    {
        CumulusConfiguration c = Loading.Yml("bundles:\n  a:\n    pre-built-bundle: a.tgz\n  b:\n    pre-built-bundle: b.zip\n");
        Assert.Equal((BundleFormat.TarGz, BundleFormat.Zip), (c.Bundle("a").Format, c.Bundle("b").Format));
        Assert.Contains("pre-built", Refusal(() => Loading.Yml("bundles:\n  a:\n    pre-built-bundle: a.tgz\n    format: zip\n")), StringComparison.Ordinal);
    }

    [Fact]
    public void Wrong_values_are_errors_that_name_the_right_ones()
    {
        Assert.Contains("'rar' is no format of bundles. Known: zip, tar.gz, tar.bz2", Refusal(() => Conf("format = rar")), StringComparison.Ordinal);
        Assert.Contains("'[a' is no pattern", Refusal(() => Conf("exclude = [a")), StringComparison.Ordinal);
        Assert.Contains("neither yes nor no", Refusal(() => Conf("follow-symlinks = maybe")), StringComparison.Ordinal);
        Assert.Contains("whole number", Refusal(() => Conf("hook-time-limit = 5m")), StringComparison.Ordinal);
    }

    private static string Refusal(Action load) => Assert.Throws<ConfigurationException>(load).Message;
}
