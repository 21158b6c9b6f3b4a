using Cumulus.Engine.Aws;
using Cumulus.Engine.Configuration;
using Cumulus.Engine.Environments;
using Cumulus.Engine.Processes;
using Cumulus.Engine.Tests.Support;
using FsCheck;
using FsCheck.Fluent;

namespace Cumulus.Engine.Tests.Environments;

/// <summary>Which stacks come before which, and what of that is done side by side.</summary>
public sealed class StackGraphTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly FakeStackService _stacks = new();
    private readonly Recorder _recorder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Each_stack_comes_after_those_it_waits_for_and_otherwise_as_declared_D05()
    {
        CumulusConfiguration configuration = Configuration("a b c d", ("a", ["c"]), ("d", ["b"]));
        Assert.Equal(["c", "a", "b", "d"], StackGraph.Of("stage", configuration.Stacks).Order.Select(s => s.Name));
    }

    [Fact]
    public void A_circle_is_named()
    {
        CumulusConfiguration configuration = Configuration("a b c", ("a", ["b"]), ("b", ["c"]), ("c", ["a"]));
        var e = Assert.Throws<CumulusException>(() => StackGraph.Of("stage", configuration.Stacks));
        Assert.Equal(ErrorIds.StackCycle, e.ErrorId);
        Assert.Contains("a -> b -> c -> a", e.Message);
    }

    [Fact]
    public void Any_graph_without_a_circle_has_an_order_in_which_nothing_comes_too_early()
    {
        Prop.ForAll<int[]>(links =>
        {
            // An edge only ever goes to an earlier one, so that there is no circle.
            string[] names = [.. Enumerable.Range(0, 12).Select(i => $"s{i:00}")];
            StackDefinition[] stacks = [.. names.Select((n, i) => new StackDefinition
            {
                Name = n,
                Template = "t",
                SourceFile = "f",
                DependsOn = i == 0 ? [] : [.. links.Where(l => Math.Abs(l % 12) == i).Select(l => names[Math.Abs(l / 12) % i]).Distinct()],
            }).Reverse()];
            StackGraph graph = StackGraph.Of("stage", stacks);
            List<string> order = [.. graph.Order.Select(s => s.Name)];
            return order.Count == 12 && order.All(s => graph.WaitsFor(s).All(w => order.IndexOf(w) < order.IndexOf(s)));
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public async Task Outputs_go_to_the_stacks_that_take_them()
    {
        _stacks.Declared = [new("Topic", null, false, null)];
        CumulusConfiguration configuration = Linked();
        _stacks.AfterCall = call =>
        {
            if (call == "Execute stage-network") _stacks["stage-network"].Outputs.Add(Sample.Pair("Name", "t-1"));
        };

        EnvironmentDeployment result = await DeployAsync(configuration.Request() with { Parameters = Sample.Given("network", ("Topic", "x")) });

        Assert.Equal(["Create stage-network", "Create stage-web"], _stacks.Writes);
        Assert.Equal([Sample.Pair("Topic", "<t-1>")], _stacks.Changes[1].Parameters);
        Assert.All(result.Stacks, s => Assert.Equal("CREATE_COMPLETE", s.Status));
    }

    [Fact]
    public async Task A_stack_whose_inputs_came_out_the_same_is_left_alone()
    {
        _stacks.Declared = [new("Topic", null, false, null)];
        FakeStack network = _stacks.Add("stage-network", "CREATE_COMPLETE", body: "old");
        network.Outputs.Add(Sample.Pair("Name", "t-1"));
        _stacks.Add("stage-web", "CREATE_COMPLETE").Parameters = [Sample.Pair("Topic", "<t-1>")];

        EnvironmentDeployment result = await DeployAsync(Linked().Request() with { Parameters = Sample.Given("network", ("Topic", "x")) });

        Assert.Equal(["Update stage-network"], _stacks.Writes);
        Assert.Equal([StackAction.Update, StackAction.Unchanged], result.Stacks.Select(s => s.Action));
    }

    [Fact]
    public async Task An_output_that_is_not_there_is_told_before_anything_is_changed()
    {
        _stacks.Declared = [new("Topic", null, false, null)];
        var e = await Assert.ThrowsAsync<CumulusException>(() => DeployAsync(Linked().Request() with { Stacks = ["web"] }));
        Assert.Equal(ErrorIds.StackOutputMissing, e.ErrorId);
        Assert.Contains("Deploy-Environment stage -Stack network", e.Advice);

        _stacks.Add("stage-network", "CREATE_COMPLETE").Outputs.Add(Sample.Pair("Nam", "t"));
        e = await Assert.ThrowsAsync<CumulusException>(() => DeployAsync(Linked().Request() with { Stacks = ["web"] }));
        Assert.Contains("Did you mean 'Nam'?", e.Message);
        Assert.Empty(_stacks.Writes);
    }

    [Fact]
    public async Task Independent_stacks_run_side_by_side_and_no_more_than_allowed()
    {
        CumulusConfiguration configuration = Configuration("a b c d e", ("e", ["a", "b"]));
        foreach (string name in (string[])["a", "b", "c", "d", "e"]) _stacks.Creates[$"stage-{name}"] = [new Step("CREATE_IN_PROGRESS"), new Step("CREATE_COMPLETE")];
        int most = 0;
        _stacks.AfterCall = _ => most = Math.Max(most, Running());

        EnvironmentDeployment result = await DeployAsync(configuration.Request() with { MaxParallel = 3 });

        Assert.InRange(most, 2, 3);
        Assert.Equal(["a", "b", "c", "d", "e"], result.Stacks.Select(s => s.Name));
        Assert.Equal("Create stage-e", _stacks.Writes.Last());
    }

    [Fact]
    public async Task After_a_failure_what_runs_is_seen_to_its_end_and_nothing_else_begins()
    {
        CumulusConfiguration configuration = Configuration("a b c", ("c", ["a"]));
        _stacks.Creates["stage-a"] = [new Step("ROLLBACK_COMPLETE", ("One", "AWS::SNS::Topic", "CREATE_FAILED", "no"))];
        _stacks.Creates["stage-b"] = [.. Enumerable.Repeat(new Step("CREATE_IN_PROGRESS"), 6), new Step("CREATE_COMPLETE")];

        var e = await Assert.ThrowsAsync<DeploymentFailedException>(() => DeployAsync(configuration.Request() with { MaxParallel = 2 }));

        Assert.Equal(["ROLLBACK_COMPLETE", "CREATE_COMPLETE", StackDeployment.NotStarted], e.Deployment.Stacks.Select(s => s.Status));
    }

    private int Running() => ((string[])["a", "b", "c", "d", "e"]).Count(n => _stacks.Has($"stage-{n}") && _stacks[$"stage-{n}"].Events.Any(e => e.Status == "CREATE_IN_PROGRESS") && _stacks[$"stage-{n}"].Status != "CREATE_COMPLETE");

    private CumulusConfiguration Linked() => Configuration("web network").WithStack("web", s => s with
    {
        LinkedParameters = [KeyValuePair.Create("Topic", new LinkedValue([new LinkedPart("<", null), new LinkedPart(null, new OutputReference("network", "Name")), new LinkedPart(">", null)]))],
    });

    private CumulusConfiguration Configuration(string stacks, params (string Stack, string[] DependsOn)[] links) => links.Aggregate(
        Sample.Configuration(_folder, stacks.Split(' ')),
        (c, link) => c.WithStack(link.Stack, s => s with { DependsOn = link.DependsOn }));

    private Task<EnvironmentDeployment> DeployAsync(EnvironmentRequest request) =>
        new EnvironmentDeployer(_stacks, new FakeHostFleet(), new FakeObjectStore(), new HookRunner(), "eu-west-1", new AutoClock()).DeployAsync(request, _recorder, default);
}
