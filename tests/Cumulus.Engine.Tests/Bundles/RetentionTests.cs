using Cumulus.Engine.Bundles;
using Cumulus.Engine.Environments;

namespace Cumulus.Engine.Tests.Bundles;

/// <summary>What may go: data in, data out.</summary>
public sealed class RetentionTests
{
    private static readonly DateTimeOffset Day0 = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static StoredBundle Bundle(string version, int day, string name = "web", string environment = "stage") => new()
    {
        Environment = environment,
        Version = version,
        Name = name,
        Bucket = "b",
        Key = BundleNames.Key(name, environment, version),
        Format = BundleFormat.Zip,
        Size = 1,
        Published = Day0.AddDays(day),
        IsSigned = false,
        HasManifest = true,
    };

    private static DeploymentRecord Deployment(string? version, int day, DeploymentOutcome outcome = DeploymentOutcome.Succeeded, params string[] stacks) => new()
    {
        Schema = 1,
        Id = $"{day}",
        Environment = "stage",
        Version = version,
        Region = "eu-west-1",
        StartedAt = Day0.AddDays(day),
        Outcome = outcome,
        Bundles = [],
        Stacks = [.. stacks.Select(s => new DeployedStack(s, $"stage-{s}", null, StackAction.Update, "UPDATE_COMPLETE"))],
        Tool = "test",
    };

    private static string[] InUse(params DeploymentRecord[] deployments) => [.. VersionInUse.Of("stage", deployments, []).Select(u => u.Version).Distinct().Order(StringComparer.Ordinal)];

    private static string[] Removed(IReadOnlyList<StoredBundle> bundles, RetentionRule rule, params VersionInUse[] inUse) =>
        [.. Retention.Plan(bundles, inUse, rule).Where(p => p.Action == RemovalAction.Remove).Select(p => $"{p.Environment} {p.Version} {p.Name}")];

    [Fact]
    public void The_last_of_each_environment_and_name_stay_by_the_time_of_publishing()
    {
        StoredBundle[] bundles = [Bundle("10", 1), Bundle("9", 2), Bundle("2", 3), Bundle("1", 1, "api"), Bundle("1", 0, environment: "prod")];
        Assert.Equal(["stage 10 web"], Removed(bundles, new RetentionRule(KeepLast: 2)));
        Assert.Equal(["stage 10 web", "stage 9 web"], Removed(bundles, new RetentionRule(KeepLast: 1)));
    }

    [Fact]
    public void What_is_old_enough_goes_and_with_both_rules_only_what_both_give_up()
    {
        StoredBundle[] bundles = [Bundle("1", 1), Bundle("2", 2), Bundle("3", 3)];
        Assert.Equal(["stage 1 web"], Removed(bundles, new RetentionRule(Before: Day0.AddDays(2))));
        Assert.Equal(["stage 1 web", "stage 2 web"], Removed(bundles, new RetentionRule(KeepLast: 1, Before: Day0.AddDays(9))));
        Assert.Equal(["stage 1 web"], Removed(bundles, new RetentionRule(KeepLast: 2, Before: Day0.AddDays(9))));
    }

    [Fact]
    public void What_is_in_use_stays_whatever_the_rule_and_says_why()
    {
        StoredBundle[] bundles = [Bundle("1", 1), Bundle("2", 2), Bundle("1", 1, environment: "prod")];
        var use = new VersionInUse("stage", "1", "it runs");
        Assert.Equal(["stage 2 web", "prod 1 web"], Removed(bundles, new RetentionRule(), use));
        BundleRemoval kept = Retention.Plan(bundles, [use], new RetentionRule())[0];
        Assert.Equal((RemovalAction.Keep, true, "it runs"), (kept.Action, kept.InUse, kept.Reason));
    }

    [Fact]
    public void The_current_version_and_the_one_before_are_in_use()
    {
        Assert.Equal(["2", "3"], InUse(Deployment("1", 1), Deployment("2", 2), Deployment("3", 3), Deployment("3", 4)));
        Assert.Equal(["1", "2"], InUse(Deployment("2", 1), Deployment("1", 2)));
        Assert.Empty(InUse());
        Assert.Empty(InUse(Deployment(null, 1)));
    }

    [Theory]
    [InlineData(DeploymentOutcome.Running)]
    [InlineData(DeploymentOutcome.Failed)]
    [InlineData(DeploymentOutcome.Stopped)]
    public void A_deployment_that_has_not_gone_well_since_the_previous_one_protects_its_version_too(DeploymentOutcome outcome)
    {
        Assert.Equal(["2", "3", "4"], InUse(Deployment("1", 1, outcome), Deployment("2", 2), Deployment("3", 3), Deployment("4", 4, outcome)));
        Assert.Equal(["1"], InUse(Deployment("1", 1, outcome)));
    }

    [Fact]
    public void Each_stack_has_its_own_current_and_previous_version()
    {
        DeploymentRecord[] runs =
        [
            Deployment("1", 1, stacks: ["web", "api"]), Deployment("2", 2, stacks: ["web", "api"]),
            Deployment("3", 3, stacks: "web"), Deployment("4", 4, stacks: "web"), Deployment("5", 5, stacks: "web"),
        ];
        Assert.Equal(["1", "2", "4", "5"], InUse(runs));
    }

    [Fact]
    public void What_a_stack_has_is_in_use()
    {
        var stack = new EnvironmentStack { Environment = "stage", Name = "web", StackName = "stage-web", Status = "UPDATE_COMPLETE", Version = "7", Region = "eu-west-1" };
        Assert.Equal("stack 'stage-web' has it", Assert.Single(VersionInUse.Of("stage", [], [stack, stack with { Version = null }])).Reason);
    }

    [Theory]
    [InlineData("30d", -30 * 24)]
    [InlineData("12h", -12)]
    [InlineData("1.12:00:00", -36)]
    [InlineData("2026-01-31T00:00:00Z", 0)]
    public void An_age_is_a_span_or_a_date(string text, int hours)
    {
        var now = new DateTimeOffset(2026, 1, 31, 0, 0, 0, TimeSpan.Zero);
        Assert.Equal(now.AddHours(hours), BundleAge.Parse(text).Before(now));
    }

    [Theory]
    [InlineData("30")]
    [InlineData("d")]
    [InlineData("-1d")]
    [InlineData("soon")]
    public void An_age_that_could_mean_several_things_is_refused(string text) => Assert.Throws<FormatException>(() => BundleAge.Parse(text));
}
