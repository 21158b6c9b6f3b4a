using Cumulus.Engine.Ghost.Rollouts;

namespace Cumulus.Engine.Tests.Ghost.Rollouts;

public sealed class RolloutInvariantTests
{
    private static readonly RolloutSnapshot Good = new() { Step = "group 1: register", HealthyInService = 4, Floor = 4 };

    [Fact]
    public void What_holds_is_no_finding() => Assert.Empty(RolloutInvariants.Check(Good with { Sides = new SideSnapshot(4, 4, 0, 4), ScalingGroups = [Group(["AZRebalance"], [], ["AZRebalance"])] }));

    [Fact]
    public void G21_capacity_below_the_floor_is_named_with_its_step()
    {
        var e = Assert.Throws<CumulusException>(() => RolloutInvariants.Require(Good with { HealthyInService = 3 }));

        Assert.Equal(ErrorIds.InvariantBroken, e.ErrorId);
        Assert.Equal("group 1: register: 3 healthy hosts are in service, and 4 have to be.", e.Message);
    }

    [Fact]
    public void G24_the_old_side_may_not_leave_before_the_new_one_is_proven()
    {
        Assert.Single(RolloutInvariants.Check(Good with { Sides = new SideSnapshot(3, 4, 3, 4) }));
        Assert.Empty(RolloutInvariants.Check(Good with { Sides = new SideSnapshot(0, 4, 4, 4) }));
    }

    [Fact]
    public void G19_processes_that_the_roll_out_suspended_may_not_outlive_it()
    {
        ScalingGroupSnapshot group = Group(["AZRebalance"], ["Launch", "Terminate"], ["AZRebalance", "Launch"]);

        Assert.Empty(RolloutInvariants.Check(Good with { ScalingGroups = [group] }));
        Assert.Equal(["web is left with suspended processes: Launch."], RolloutInvariants.Check(Good with { HasEnded = true, ScalingGroups = [group] }));
    }

    [Fact]
    public void G21_processes_that_an_operator_had_suspended_stay_so() =>
        Assert.Contains("had been suspended by an operator", Assert.Single(RolloutInvariants.Check(Good with { ScalingGroups = [Group(["Terminate"], ["Launch"], ["Launch"])] })));

    [Fact]
    public void A_new_template_comes_with_the_refresh_that_can_take_it_back()
    {
        ScalingGroupSnapshot group = Group([], [], []) with { TemplateBefore = "lt-1:3", TemplateNow = "lt-1:4" };

        Assert.Single(RolloutInvariants.Check(Good with { ScalingGroups = [group] }));
        Assert.Empty(RolloutInvariants.Check(Good with { ScalingGroups = [group with { RefreshCanRollBack = true }] }));
    }

    private static ScalingGroupSnapshot Group(string[] before, string[] ours, string[] now) => new("web", before, ours, now);
}
