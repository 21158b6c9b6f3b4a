using Cumulus.Engine.Aws;
using Cumulus.Engine.Configuration;
using Cumulus.Engine.Environments;
using Cumulus.Engine.Tests.Support;

namespace Cumulus.Engine.Tests.Environments;

public sealed class PlannerTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Stacks_are_planned_in_declared_order_D05()
    {
        EnvironmentPlan plan = Plan(Sample.Configuration(_folder, "zeta", "alpha", "mid").Request());
        Assert.Equal(["stage-zeta", "stage-alpha", "stage-mid"], plan.Stacks.Select(s => s.StackName));
        Assert.All(plan.Stacks, s => Assert.Equal(StackAction.Create, s.Action));
    }

    [Fact]
    public void Full_names_have_prefix_and_suffix()
    {
        CumulusConfiguration configuration = Sample.Configuration(_folder, "web").With(e => e with { StackNamePrefix = "acme", StackNameSuffix = "v2" });
        Assert.Equal("acme-stage-web-v2", Plan(configuration.Request()).Stacks.Single().StackName);
    }

    [Fact]
    public void Chosen_stacks_keep_the_declared_order_and_may_be_named_short_or_full()
    {
        CumulusConfiguration configuration = Sample.Configuration(_folder);
        Assert.Equal(["network", "jobs"], StackNames.Select(configuration, "stage", ["stage-jobs", "network"]).Select(s => s.Name));
    }

    [Theory]
    [InlineData("*e*", "network web")]
    [InlineData("stage-?obs", "jobs")]
    [InlineData("*", "network web jobs")]
    public void Stacks_may_be_chosen_by_pattern(string pattern, string chosen) =>
        Assert.Equal(chosen, string.Join(' ', StackNames.Select(Sample.Configuration(_folder), "stage", [pattern]).Select(s => s.Name)));

    [Fact]
    public void A_pattern_that_stands_for_no_stack_is_an_error_not_all_of_them()
    {
        CumulusException e = Assert.Throws<CumulusException>(() => StackNames.Select(Sample.Configuration(_folder), "stage", ["x*"]));
        Assert.Equal(ErrorIds.StackNotConfigured, e.ErrorId);
    }

    [Fact]
    public void A_stack_that_the_environment_lacks_names_the_nearest()
    {
        CumulusException e = Assert.Throws<CumulusException>(() => StackNames.Select(Sample.Configuration(_folder), "stage", ["stage-wbe"]));
        Assert.Equal(ErrorIds.StackNotConfigured, e.ErrorId);
        Assert.Contains("Did you mean 'stage-web'?", e.Message);
        Assert.Contains("network, web, jobs", e.Message);
    }

    [Fact]
    public void Our_three_parameters_are_passed_only_when_the_template_declares_them()
    {
        EnvironmentPlan none = Plan(Sample.Configuration(_folder, "web").Request());
        Assert.Empty(none.Stacks.Single().Change.Parameters);

        EnvironmentPlan all = Plan(Sample.Configuration(_folder, "web").Request(), Sample.AllThree);
        Assert.Equal(
            [Sample.Pair("CumulusBundleBucket", "bucket"), Sample.Pair("CumulusEnvironment", "stage"), Sample.Pair("CumulusVersion", "1.0")],
            all.Stacks.Single().Change.Parameters);
    }

    [Theory]
    [InlineData("web")]
    [InlineData("stage-web")]
    public void A_given_parameter_replaces_the_configured_one_and_may_hold_anything_D10(string stack)
    {
        CumulusConfiguration configuration = Sample.Configuration(_folder, "web")
            .WithStack("web", s => s with { Parameters = [Sample.Pair("Size", "small"), Sample.Pair("Times", "1")] });
        EnvironmentRequest request = configuration.Request() with { Parameters = Sample.Given(stack, ("Size", "a,b:c=d")) };
        EnvironmentPlan plan = Plan(request, [new("Size", null, false, null), new("Times", null, false, null)]);
        Assert.Equal([Sample.Pair("Size", "a,b:c=d"), Sample.Pair("Times", "1")], plan.Stacks.Single().Change.Parameters);
    }

    [Fact]
    public void A_parameter_for_a_stack_that_is_not_deployed_is_refused_D10()
    {
        EnvironmentRequest request = Sample.Configuration(_folder, "web").Request() with { Parameters = Sample.Given("wep", ("Size", "1")) };
        CumulusException e = Assert.Throws<CumulusException>(() => Plan(request));
        Assert.Equal(ErrorIds.StackNotConfigured, e.ErrorId);
        Assert.Contains("Did you mean 'web'?", e.Message);
    }

    [Fact]
    public void Parameters_given_under_both_names_of_a_stack_are_refused()
    {
        EnvironmentRequest request = Sample.Configuration(_folder, "web").Request() with
        {
            Parameters = new Dictionary<string, IReadOnlyDictionary<string, string>> { ["web"] = new Dictionary<string, string>(), ["stage-web"] = new Dictionary<string, string>() },
        };
        Assert.Equal(ErrorIds.StackParameterInvalid, Assert.Throws<CumulusException>(() => Plan(request)).ErrorId);
    }

    [Fact]
    public void A_parameter_that_the_template_does_not_declare_names_the_nearest()
    {
        EnvironmentRequest request = Sample.Configuration(_folder, "web").Request() with { Parameters = Sample.Given("web", ("InstanceTpye", "x")) };
        CumulusException e = Assert.Throws<CumulusException>(() => Plan(request, [new("InstanceType", "t3.micro", false, null)]));
        Assert.Equal(ErrorIds.StackParameterInvalid, e.ErrorId);
        Assert.Contains("'InstanceTpye' (did you mean 'InstanceType'?)", e.Message);
        Assert.DoesNotContain("'x'", e.Message);
    }

    [Fact]
    public void All_missing_parameters_of_all_stacks_are_told_at_once()
    {
        CumulusConfiguration configuration = Sample.Configuration(_folder, "network", "web").WithStack("network", s => s with { Parameters = [Sample.Pair("Cidr", "10.0.0.0/16")] });
        CumulusException e = Assert.Throws<CumulusException>(() => Plan(configuration.Request(), [new("Cidr", null, false, null), new("Key", null, true, null), new("Size", "s", false, null)]));
        Assert.Equal(ErrorIds.StackParameterMissing, e.ErrorId);
        Assert.Contains("Stack 'network': Key; stack 'web': Cidr, Key.", e.Message);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" ")]
    public void A_version_that_is_missing_is_an_error_never_a_text_D12(string? version)
    {
        CumulusConfiguration configuration = Sample.Configuration(_folder, "web").With(e => e with { Version = version });
        CumulusException e = Assert.Throws<CumulusException>(() => Plan(configuration.Request(), Sample.AllThree));
        Assert.Equal(ErrorIds.VersionMissing, e.ErrorId);
        Assert.Contains("-Version", e.Advice);
        Assert.DoesNotContain("None", e.Message);
    }

    [Fact]
    public void A_version_is_not_needed_when_no_template_asks_for_one()
    {
        CumulusConfiguration configuration = Sample.Configuration(_folder, "web").With(e => e with { Version = null });
        Assert.Null(Plan(configuration.Request()).Version);
    }

    [Fact]
    public void Hosts_that_are_to_install_need_a_version()
    {
        CumulusConfiguration configuration = Sample.Configuration(_folder, "web").With(e => e with { Version = null }).WithStack("web", s => s with { UpdateHosts = true });
        Assert.Equal(ErrorIds.VersionMissing, Assert.Throws<CumulusException>(() => Plan(configuration.Request())).ErrorId);
    }

    [Fact]
    public void A_bucket_that_is_missing_is_an_error_D12()
    {
        CumulusConfiguration configuration = Sample.Configuration(_folder, "web").With(e => e with { Bucket = null });
        Assert.Equal(ErrorIds.BucketMissing, Assert.Throws<CumulusException>(() => Plan(configuration.Request(), Sample.AllThree)).ErrorId);
    }

    [Fact]
    public void A_configured_value_stands_in_for_a_missing_version()
    {
        CumulusConfiguration configuration = Sample.Configuration(_folder, "web").With(e => e with { Version = null })
            .WithStack("web", s => s with { Parameters = [Sample.Pair("CumulusVersion", "pinned")] });
        Assert.Contains(Sample.Pair("CumulusVersion", "pinned"), Plan(configuration.Request(), Sample.AllThree).Stacks.Single().Change.Parameters);
    }

    [Theory]
    [InlineData("CREATE_COMPLETE", StackAction.Update)]
    [InlineData("UPDATE_ROLLBACK_COMPLETE", StackAction.Update)]
    [InlineData("ROLLBACK_COMPLETE", StackAction.Replace)]
    [InlineData("REVIEW_IN_PROGRESS", StackAction.Create)]
    [InlineData("UPDATE_ROLLBACK_FAILED", StackAction.Blocked)]
    [InlineData("UPDATE_IN_PROGRESS", StackAction.Blocked)]
    public void The_state_of_a_stack_decides_what_is_done_D36(string status, StackAction action)
    {
        EnvironmentRequest request = Sample.Configuration(_folder, "web").Request();
        StackPlan stack = Plan(request, [], Current(status)).Stacks.Single();
        Assert.Equal(action, stack.Action);
        Assert.Equal(status, stack.Status);
        Assert.Equal(status == "UPDATE_IN_PROGRESS", stack.Busy);
        Assert.NotEmpty(stack.Reason);
    }

    [Fact]
    public void Failed_resources_that_are_kept_on_purpose_can_be_updated()
    {
        CumulusConfiguration configuration = Sample.Configuration(_folder, "web").WithStack("web", s => s with { DisableRollback = true });
        Assert.Equal(StackAction.Update, Plan(configuration.Request(), [], Current("CREATE_FAILED")).Stacks.Single().Action);
        Assert.Equal(StackAction.Blocked, Plan(Sample.Configuration(_folder, "web").Request(), [], Current("CREATE_FAILED")).Stacks.Single().Action);
    }

    [Fact]
    public void The_old_capability_is_sent_unless_others_are_named()
    {
        Assert.Equal(["CAPABILITY_IAM"], Plan(Sample.Configuration(_folder, "web").Request()).Stacks.Single().Change.Capabilities);
        CumulusConfiguration named = Sample.Configuration(_folder, "web").WithStack("web", s => s with { Capabilities = ["CAPABILITY_NAMED_IAM"] });
        Assert.Equal(["CAPABILITY_NAMED_IAM"], Plan(named.Request()).Stacks.Single().Change.Capabilities);
    }

    private static StackDescription Current(string status) => new("stage-web", "id", status, null, DateTimeOffset.UnixEpoch, null, [], [], []);

    private static EnvironmentPlan Plan(EnvironmentRequest request, TemplateParameter[]? declared = null, StackDescription? current = null) =>
        EnvironmentPlanner.Plan(
            request,
            new PlanningInputs("eu-west-1",
            [
                .. StackNames.Select(request.Configuration, "stage", request.Stacks)
                    .Select(s => new StackSurvey(StackTemplate.Of(s, Sample.Template), declared ?? [], current, CurrentBody: "another one")),
            ]));
}
