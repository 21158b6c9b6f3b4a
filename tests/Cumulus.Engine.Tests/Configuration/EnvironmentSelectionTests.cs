using Cumulus.Engine.Configuration;
using Xunit;

namespace Cumulus.Engine.Tests.Configuration;

public sealed class EnvironmentSelectionTests
{
    private static readonly CumulusConfiguration Configuration = Loading.Yml("""
        environments:
          stage:
            region: eu-west-1
            bucket: b
            version: 1.0
            stacks: [network, web-1, web-2]
            bundles: [web, jobs]
            stack-name-prefix: acme
            stack-name-suffix: blue
          bare: { stacks: [gone], bundles: [gone] }
          bad_name: { stacks: [network] }
        stacks:
          network: { template: n.yml }
          web-1: { template: w.yml }
          web-2: { template: w.yml }
          other: { template: o.yml }
        bundles:
          web: { paths: [a] }
          jobs: { paths: [b] }
        """);

    [Fact]
    public void The_version_given_by_hand_comes_before_the_configured_one()
    {
        Assert.Equal("1.0", EnvironmentSelection.Of(Configuration, "stage").RequireVersion());
        Assert.Equal("2.0", EnvironmentSelection.Of(Configuration, "stage", "2.0").RequireVersion());
        Assert.Equal("1.0", EnvironmentSelection.Of(Configuration, "stage", "").RequireVersion());
    }

    [Fact]
    public void What_is_missing_is_an_error_when_it_is_needed_and_never_the_text_None_D12()
    {
        EnvironmentSelection bare = EnvironmentSelection.Of(Configuration, "bare");

        Assert.Null(bare.Version);
        Assert.Equal(ErrorIds.VersionMissing, Error(() => bare.RequireVersion()).ErrorId);
    }

    [Fact]
    public void An_unknown_environment_names_the_known_ones_and_the_nearest()
    {
        CumulusException e = Error(() => EnvironmentSelection.Of(Configuration, "stag"));

        Assert.Equal(ErrorIds.EnvironmentNotFound, e.ErrorId);
        Assert.Contains("Known: stage, bare, bad_name. Did you mean 'stage'?", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_full_name_of_a_stack_has_prefix_environment_name_and_suffix()
    {
        Assert.Equal("acme-stage-web-1-blue", EnvironmentSelection.Of(Configuration, "stage").FullStackName("web-1"));
        Assert.Equal("bare-x", EnvironmentSelection.Of(Configuration, "bare").FullStackName("x"));
    }

    [Fact]
    public void A_name_that_CloudFormation_refuses_is_an_error_before_any_call()
    {
        Assert.Equal(ErrorIds.NameInvalid, Error(() => EnvironmentSelection.Of(Configuration, "bad_name").Stacks()).ErrorId);
        Assert.Equal(ErrorIds.NameInvalid, Error(() => EnvironmentSelection.Of(Configuration, "bare").FullStackName(new string('x', 124))).ErrorId);
    }

    [Fact]
    public void All_stacks_come_in_declared_order_D05() =>
        Assert.Equal(["acme-stage-network-blue", "acme-stage-web-1-blue", "acme-stage-web-2-blue"], EnvironmentSelection.Of(Configuration, "stage").Stacks().Select(s => s.FullName));

    [Theory]
    [InlineData("web-*", "web-1,web-2")]
    [InlineData("WEB-?", "web-1,web-2")]
    [InlineData("web-[2-9]", "web-2")]
    [InlineData("web-2,network", "network,web-2")]
    [InlineData("acme-stage-network-blue", "network")]
    [InlineData("Network", "network")]
    [InlineData("*", "network,web-1,web-2")]
    public void Stacks_are_chosen_by_name_and_wildcards_in_declared_order(string patterns, string names) =>
        Assert.Equal(names.Split(','), EnvironmentSelection.Of(Configuration, "stage").Stacks(patterns.Split(',')).Select(s => s.Name));

    [Theory]
    [InlineData("wbe-1", "Did you mean 'web-1'?")]
    [InlineData("other", "It has: network, web-1, web-2.")]
    [InlineData("x*", "It has: network, web-1, web-2.")]
    public void A_stack_that_the_environment_has_not_is_an_error(string pattern, string text)
    {
        CumulusException e = Error(() => EnvironmentSelection.Of(Configuration, "stage").Stacks([pattern]));

        Assert.Equal((ErrorIds.StackNotConfigured, pattern), (e.ErrorId, e.Target));
        Assert.Contains(text, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_listed_stack_or_bundle_that_no_section_describes_is_an_error_D09()
    {
        EnvironmentSelection bare = EnvironmentSelection.Of(Configuration, "bare");

        Assert.Equal(ErrorIds.StackNotConfigured, Error(() => bare.Stacks()).ErrorId);
        Assert.Equal(ErrorIds.BundleNotConfigured, Error(() => bare.Bundles()).ErrorId);
        Assert.Equal(["gone", "gone"], Loading.Warnings(Configuration).Where(w => w.Contains("'gone'", StringComparison.Ordinal)).Select(_ => "gone"));
    }

    [Fact]
    public void Bundles_are_chosen_the_same_way()
    {
        EnvironmentSelection stage = EnvironmentSelection.Of(Configuration, "stage");

        Assert.Equal(["web", "jobs"], stage.Bundles().Select(b => b.Name));
        Assert.Equal(["jobs"], stage.Bundles(["j*"]).Select(b => b.Name));
        Assert.Equal(ErrorIds.BundleNotConfigured, Error(() => stage.Bundles(["wbe"])).ErrorId);
    }

    [Theory]
    [InlineData("1.0.0", true)]
    [InlineData("v42+build_7", true)]
    [InlineData("_x", true)]
    [InlineData("2026-01-02", true)]
    [InlineData("", false)]
    [InlineData("a/b", false)]
    [InlineData(@"a\b", false)]
    [InlineData("..", false)]
    [InlineData("1..2", false)]
    [InlineData(".hidden", false)]
    [InlineData("-x", false)]
    [InlineData("a b", false)]
    [InlineData("1.", false)]
    [InlineData("1\n", false)]
    [InlineData("ü", false)]
    [InlineData("a:b", false)]
    public void Versions_and_names_hold_only_what_keys_and_folders_can_hold(string version, bool valid)
    {
        Assert.Equal(valid, NameRules.IsValid(version));
        if (valid) Assert.Equal(version, EnvironmentSelection.Of(Configuration, "stage", version).Version);
        else if (version.Length > 0) Assert.Equal(ErrorIds.NameInvalid, Error(() => EnvironmentSelection.Of(Configuration, "stage", version)).ErrorId);
    }

    private static CumulusException Error(Action action) => Assert.Throws<CumulusException>(action);
}
