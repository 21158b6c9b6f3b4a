using System.Diagnostics;
using Cumulus.Engine.Aws;
using Cumulus.Engine.Configuration;
using Cumulus.Engine.Environments;
using Cumulus.Engine.Processes;
using Cumulus.Engine.State;
using Cumulus.Engine.Tests.Support;

namespace Cumulus.Engine.Tests.Environments;

/// <summary>Many stacks: the calls grow with what changed and with pages, not with stacks.</summary>
public sealed class ScaleTests : IDisposable
{
    private const int Many = 500;
    private const int Pages = Many / 100;

    private readonly TempFolder _folder = new();
    private readonly FakeStackService _stacks = new();
    private readonly FakeObjectStore _objects = new();
    private readonly CumulusConfiguration _configuration;

    public ScaleTests()
    {
        string[] names = [.. Enumerable.Range(0, Many).Select(i => $"s{i:000}")];
        CumulusConfiguration all = Sample.Configuration(_folder, names);
        _configuration = all with { Stacks = [.. all.Stacks.Select((s, i) => s with { DependsOn = i < 10 ? [] : [names[i % 10]] })] };
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_plan_of_500_stacks_of_which_three_change_takes_a_dozen_calls_and_less_than_a_second()
    {
        await DeployAsync();
        foreach (string name in (string[])["s007", "s123", "s456"]) _folder.Write($"{name}.yml", Sample.Template + "  Three:\n    Type: AWS::SNS::Topic\n");
        await PlanAsync();
        _stacks.Calls.Clear();

        var time = Stopwatch.StartNew();
        EnvironmentPlan plan = await PlanAsync();
        time.Stop();

        Assert.Equal(3, plan.Stacks.Count(s => s.Action == StackAction.Update));
        Assert.Equal(Many - 3, plan.Stacks.Count(s => s.Action == StackAction.Unchanged));
        Assert.InRange(_stacks.Calls.Count, 1, Pages + (3 * 2) + 1);
        Assert.InRange(time.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task A_deployment_of_500_stacks_in_which_nothing_changed_asks_for_pages_alone()
    {
        await DeployAsync();
        _stacks.Calls.Clear();

        EnvironmentDeployment again = await DeployAsync();

        Assert.All(again.Stacks, s => Assert.Equal(StackAction.Unchanged, s.Action));
        Assert.InRange(_stacks.Calls.Count, 1, Pages + 1);
    }

    [Fact]
    public async Task A_stack_that_somebody_changed_by_hand_is_looked_at()
    {
        await DeployAsync();
        FakeStack changed = _stacks["stage-s042"];
        changed.Happen(new Step("UPDATE_IN_PROGRESS"), "somebody");
        (changed.Body, changed.Status) = ("Resources: {}", "UPDATE_COMPLETE");

        EnvironmentPlan plan = await PlanAsync();

        Assert.Equal("s042", Assert.Single(plan.Stacks, s => s.Action == StackAction.Update).Name);
    }

    private EnvironmentDeployer Deployer() => new(_stacks, new FakeHostFleet(), _objects, new HookRunner(), "eu-west-1", new AutoClock());

    private Task<EnvironmentPlan> PlanAsync() => Deployer().PlanAsync(_configuration.Request(), default);

    private Task<EnvironmentDeployment> DeployAsync() => Deployer().DeployAsync(_configuration.Request() with { MaxParallel = 20 }, new Recorder(), default);
}
