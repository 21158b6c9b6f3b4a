using Cumulus.Engine.Ghost.Rollouts;

namespace Cumulus.Engine.Tests.Ghost.Rollouts;

public sealed class RolloutPlannerTests
{
    [Theory]
    [InlineData("serial", 4, "1 1 1 1")]
    [InlineData("parallel", 4, "4")]
    [InlineData("1by1", 3, "1 1 1")]
    [InlineData("50%", 5, "3 2")]
    [InlineData("1/3", 8, "3 3 2")]
    [InlineData("25%", 10, "3 3 2 2")]
    [InlineData("30%", 10, "3 3 2 2")]
    [InlineData("10%", 4, "1 1 1 1")]
    [InlineData("100%", 4, "4")]
    [InlineData("4", 10, "4 3 3")]
    [InlineData("canary:1,10m", 9, "1 2 2 2 2")]
    [InlineData("canary:2,30s,50%", 8, "2 3 3")]
    [InlineData("canary:5,1h", 3, "3")]
    [InlineData("1by1", 1, "1")]
    public void A_strategy_makes_groups_as_even_as_they_can_be(string strategy, int hosts, string sizes)
    {
        RolloutPlan plan = RolloutPlanner.Plan(Hosts(hosts), RolloutStrategy.Parse(strategy), behindBalancer: false);

        Assert.Equal(sizes, string.Join(' ', plan.Groups.Select(g => g.Hosts.Count)));
        Assert.Equal(hosts, plan.Groups.SelectMany(g => g.Hosts).DistinctBy(h => h.InstanceId).Count());
        Assert.Equal(Enumerable.Range(1, plan.Groups.Count), plan.Groups.Select(g => g.Number));
    }

    [Fact]
    public void Only_the_canary_is_waited_for()
    {
        RolloutPlan plan = RolloutPlanner.Plan(Hosts(9), RolloutStrategy.Parse("canary:1,10m,50%"), behindBalancer: false);

        Assert.Equal([TimeSpan.FromMinutes(10), TimeSpan.Zero, TimeSpan.Zero], plan.Groups.Select(g => g.WaitAfter));
    }

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("0%")]
    [InlineData("101%")]
    [InlineData("1/0")]
    [InlineData("2/3")]
    [InlineData("fast")]
    [InlineData("canary:0,1m")]
    [InlineData("canary:1")]
    [InlineData("canary:1,25h")]
    [InlineData("canary:1,1m,parallel")]
    [InlineData("99999999999")]
    public void What_is_no_strategy_is_refused_with_those_that_there_are(string text)
    {
        var e = Assert.Throws<CumulusException>(() => RolloutStrategy.Parse(text));

        Assert.Equal(ErrorIds.StrategyInvalid, e.ErrorId);
        Assert.Contains("canary", e.Advice);
    }

    [Fact]
    public void The_order_of_the_hosts_makes_no_difference()
    {
        RolloutHost[] hosts = Hosts(40);
        RolloutPlan one = RolloutPlanner.Plan(hosts, RolloutStrategy.Parse("25%"), true);
        RolloutPlan other = RolloutPlanner.Plan([.. hosts.Reverse()], RolloutStrategy.Parse("25%"), true);

        Assert.Equal(one.Groups.Select(g => string.Join(' ', g.Hosts.Select(h => h.InstanceId))), other.Groups.Select(g => string.Join(' ', g.Hosts.Select(h => h.InstanceId))));
    }

    [Fact]
    public void A_group_takes_hosts_of_all_zones_and_scaling_groups()
    {
        RolloutHost[] hosts = [.. Enumerable.Range(0, 24).Select(i => Host(i) with { Zone = $"z{i % 3}", ScalingGroup = $"g{i % 2}" })];

        RolloutPlan plan = RolloutPlanner.Plan(hosts, RolloutStrategy.Parse("25%"), true);

        Assert.All(plan.Groups, g => Assert.Equal(6, g.Hosts.Select(h => (h.Zone, h.ScalingGroup)).Distinct().Count()));
    }

    [Fact]
    public void Ten_thousand_hosts_of_twelve_scaling_groups_are_planned_once_each()
    {
        RolloutHost[] hosts = [.. Enumerable.Range(0, 10_000).Select(i => Host(i) with { ScalingGroup = $"g{i % 12}", Zone = $"z{i % 3}" })];

        RolloutPlan plan = RolloutPlanner.Plan(hosts, RolloutStrategy.Parse("10%"), true, CapacityFloor.Parse("90%"));

        Assert.Equal(10, plan.Groups.Count);
        Assert.Equal(hosts.Select(h => h.InstanceId).Order(), plan.Groups.SelectMany(g => g.Hosts).Select(h => h.InstanceId).Order());
        Assert.Equal(9_000, plan.LeastInService);
        Assert.All(plan.Groups, g => Assert.All(g.Hosts.GroupBy(h => h.ScalingGroup), c => Assert.InRange(c.Count(), 83, 84)));
    }

    [Fact]
    public void G05_a_floor_that_a_group_would_break_stops_before_the_first_host()
    {
        var e = Assert.Throws<CumulusException>(() => RolloutPlanner.Plan(Hosts(8), RolloutStrategy.Parse("50%"), true, CapacityFloor.Parse("5")));

        Assert.Equal(ErrorIds.CapacityTooLow, e.ErrorId);
        Assert.Contains("4 of 8 hosts in service, and 5 have to be", e.Message);
        Assert.Contains("at most 3", e.Advice);
        Assert.Equal(5, RolloutPlanner.Plan(Hosts(8), RolloutStrategy.Parse("3"), true, CapacityFloor.Parse("5")).LeastInService);
    }

    [Fact]
    public void G05_hosts_whose_targets_are_unhealthy_are_no_capacity()
    {
        RolloutHost[] hosts = [.. Hosts(4).Select((h, i) => h with { IsInService = i > 1 })];

        var e = Assert.Throws<CumulusException>(() => RolloutPlanner.Plan(hosts, RolloutStrategy.Parse("50%"), true, CapacityFloor.Parse("50%")));

        Assert.Equal(ErrorIds.CapacityTooLow, e.ErrorId);
        Assert.Contains("unhealthy hosts back", e.Advice);
    }

    [Fact]
    public void G17_an_application_of_one_host_can_be_deployed()
    {
        Assert.Equal(0, RolloutPlanner.Plan(Hosts(1), RolloutStrategy.Parse("1by1"), true).LeastInService);
        Assert.Throws<CumulusException>(() => RolloutPlanner.Plan(Hosts(2), RolloutStrategy.Parse("100%"), true));
    }

    [Fact]
    public void Parallel_leaves_the_hosts_in_their_balancers()
    {
        RolloutPlan plan = RolloutPlanner.Plan(Hosts(4), RolloutStrategy.Parse("parallel"), true, CapacityFloor.Parse("100%"));

        Assert.Equal(4, plan.LeastInService);
    }

    [Fact]
    public void Hosts_that_no_command_reaches_are_named_before_anything_starts()
    {
        RolloutHost[] hosts = [.. Hosts(15).Select((h, i) => h with { IsManaged = i < 3 })];

        var e = Assert.Throws<CumulusException>(() => RolloutPlanner.Plan(hosts, RolloutStrategy.Parse("serial"), false));

        Assert.Equal(ErrorIds.HostsUnreachable, e.ErrorId);
        Assert.Contains("12 of 15", e.Message);
        Assert.Contains("i-00003", e.Message);
        Assert.Contains("and 2 more", e.Message);
    }

    [Fact]
    public void No_hosts_are_an_error_and_no_success() =>
        Assert.Equal(ErrorIds.HostsNotFound, Assert.Throws<CumulusException>(() => RolloutPlanner.Plan([], RolloutStrategy.Parse("serial"), false)).ErrorId);

    [Theory]
    [InlineData("0%", 10, 0)]
    [InlineData("51%", 3, 2)]
    [InlineData("100%", 7, 7)]
    [InlineData("3", 100, 3)]
    public void A_floor_is_rounded_up(string floor, int hosts, int expected) => Assert.Equal(expected, CapacityFloor.Parse(floor).For(hosts));

    private static RolloutHost[] Hosts(int count) => [.. Enumerable.Range(0, count).Select(Host)];

    private static RolloutHost Host(int number) => new() { InstanceId = $"i-{number:00000}", IsManaged = true, IsInService = true };
}
