using Cumulus.Engine.Bundles;
using Cumulus.Engine.Configuration;

namespace Cumulus.Engine.Tests.Bundles;

public sealed class NameRulesTests
{
    [Theory]
    [InlineData("web/f", "web", "", "f")]
    [InlineData("web/web/f", "web", "", "web/f")]
    [InlineData("webby/f", "web", "", "webby/f")]
    [InlineData("x/web/f", "web", "", "x/web/f")]
    [InlineData("srv/web/f", "/srv/web", "/var/www", "var/www/f")]
    [InlineData("srv/web/f", "/srv/web/", "/", "f")]
    [InlineData("f", "", "srv/web", "srv/web/f")]
    [InlineData("conf/a.conf", "conf/a.conf", "etc/b.conf", "etc/b.conf")]
    [InlineData("a/b/f", "a\\b", "c\\d", "c/d/f")]
    public void A_rewrite_takes_whole_leading_components_once_D15(string name, string target, string destination, string expected) =>
        Assert.Equal(expected, PathRewriter.Apply(name, [new PathRewrite(target, destination)]));

    [Fact]
    public void Rewrites_apply_in_their_order_each_to_the_result_of_the_one_before() =>
        Assert.Equal("c/f", PathRewriter.Apply("a/f", [new PathRewrite("a", "b"), new PathRewrite("b", "c"), new PathRewrite("a", "d")]));

    [Theory]
    [InlineData("a/__cumulus-stage__x", "a/x", 1)]
    [InlineData("__cumulus-stage__/x", "x", 1)]
    [InlineData("__cumulus-stage__d/__cumulus-stage__x", "d/x", 2)]
    [InlineData("__cumulus-stage____cumulus-stage__x", "x", 2)]
    [InlineData("plain/x", "plain/x", 0)]
    [InlineData("x__cumulus-prod__", "x__cumulus-prod__", 0)]
    [InlineData("__cumulus-", "__cumulus-", 0)]
    [InlineData("__cumulus-__x", "__cumulus-__x", 0)]
    public void Markers_of_the_own_environment_go_D14(string name, string expected, int markers) =>
        Assert.Equal((expected, markers), EnvironmentMarker.Strip(name, "stage"));

    [Theory]
    [InlineData("a/__cumulus-prod__x")]
    [InlineData("__cumulus-prod__/x")]
    [InlineData("__cumulus-stage__/__cumulus-prod__x")]
    [InlineData("__cumulus-stage2__x")]
    [InlineData("__cumulus-Stage__x")]
    public void What_is_marked_for_another_environment_stays_out_D14(string name) =>
        Assert.Null(EnvironmentMarker.Strip(name, "stage"));

    [Fact]
    public void An_environment_may_have_underscores_and_dashes()
    {
        Assert.Equal(("x", 1), EnvironmentMarker.Strip("__cumulus-pre__prod-2__x", "pre__prod-2"));
        Assert.Null(EnvironmentMarker.Strip("__cumulus-stage__x", null));
    }

    [Theory]
    [InlineData("0644", 0x1A4)]
    [InlineData("755", 0x1ED)]
    [InlineData("4755", null)]
    [InlineData("9", null)]
    [InlineData("", null)]
    [InlineData("-644", null)]
    public void A_mode_is_three_or_four_octal_digits_of_permissions(string text, int? mode) =>
        Assert.Equal((UnixFileMode?)mode, EntryMode.Parse(text));

    [Fact]
    public void The_key_is_the_old_programs() =>
        Assert.Equal("stage/1.0/bundle-stage-1.0-web.zip", BundleNames.Key("web", "stage", "1.0"));
}
