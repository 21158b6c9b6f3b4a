using Cumulus.Engine.Aws;
using Cumulus.Engine.Configuration;
using Cumulus.Engine.Environments;
using Cumulus.Engine.Tests.Support;

namespace Cumulus.Engine.Tests.Environments;

public sealed class ReadAndRemoveTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly FakeStackService _stacks = new();
    private readonly Recorder _recorder = new();
    private readonly AutoClock _clock = new();
    private readonly List<StackRemoval> _removed = [];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Each_stack_shows_its_own_status_and_an_absent_one_shows_as_absent_D06_D07()
    {
        _stacks.Add("stage-network", "CREATE_COMPLETE").Parameters = [Sample.Pair("CumulusVersion", "1.4")];
        _stacks.Add("stage-jobs", "UPDATE_ROLLBACK_COMPLETE");

        IReadOnlyList<EnvironmentStack> stacks = await new EnvironmentReader(_stacks, "eu-west-1").StacksAsync(Sample.Configuration(_folder), "stage", [], default);

        Assert.Equal(
            [("network", "CREATE_COMPLETE", "1.4"), ("web", "NOT_DEPLOYED", null), ("jobs", "UPDATE_ROLLBACK_COMPLETE", null)],
            stacks.Select(s => (s.Name, s.Status, s.Version)));
        Assert.Null(stacks[1].StackId);
        Assert.Equal(["Find stage-network", "Find stage-web", "Find stage-jobs"], _stacks.Calls);
    }

    [Fact]
    public async Task Outputs_come_in_declared_order_and_absent_stacks_have_none()
    {
        _stacks.Add("stage-jobs", "CREATE_COMPLETE").Outputs.Add(Sample.Pair("Queue", "q"));
        _stacks.Add("stage-network", "CREATE_COMPLETE").Outputs.Add(Sample.Pair("Vpc", "v"));

        IReadOnlyList<StackOutput> outputs = await new EnvironmentReader(_stacks, "eu-west-1").OutputsAsync(Sample.Configuration(_folder), "stage", [], default);

        Assert.Equal([("network", "Vpc", "v"), ("jobs", "Queue", "q")], outputs.Select(o => (o.Name, o.Key, o.Value)));
    }

    [Fact]
    public async Task Outputs_of_a_named_stack_that_is_absent_are_an_error()
    {
        var e = await Assert.ThrowsAsync<CumulusException>(() => new EnvironmentReader(_stacks, "eu-west-1").OutputsAsync(Sample.Configuration(_folder), "stage", ["web"], default));
        Assert.Equal(ErrorIds.StackNotFound, e.ErrorId);
        Assert.Contains("'stage-web'", e.Message);
    }

    [Fact]
    public async Task What_goes_is_named_before_it_goes_last_declared_first_D05_D25()
    {
        _stacks.Add("stage-network", "CREATE_COMPLETE");
        _stacks.Add("stage-jobs", "ROLLBACK_COMPLETE");

        IReadOnlyList<EnvironmentStack> plan = await RemoveAsync();

        Assert.Equal(["stage-jobs", "stage-network"], plan.Select(s => s.StackName));
        Assert.Equal(["Delete stage-jobs", "Delete stage-network"], _stacks.Writes);
        Assert.Equal(["stage-jobs", "stage-network"], _removed.Select(r => r.StackName));
        Assert.All(_removed, r => Assert.Equal("DELETE_COMPLETE", r.Status));
    }

    [Fact]
    public async Task Only_chosen_stacks_go_D25()
    {
        _stacks.Add("stage-network", "CREATE_COMPLETE");
        _stacks.Add("stage-web", "CREATE_COMPLETE");

        await RemoveAsync("web");

        Assert.Equal(["Delete stage-web"], _stacks.Writes);
    }

    [Fact]
    public async Task A_delete_that_fails_names_what_stayed_and_stops_the_run_D04()
    {
        _stacks.Add("stage-network", "CREATE_COMPLETE");
        FakeStack web = _stacks.Add("stage-web", "CREATE_COMPLETE");
        web.Resources.Add(new StackResourceRecord("Assets", "stage-assets", "AWS::S3::Bucket", "DELETE_FAILED", "The bucket is not empty"));
        web.Resources.Add(new StackResourceRecord("Topic", "t", "AWS::SNS::Topic", "DELETE_COMPLETE", null));
        _stacks.Deletes["stage-web"] = [new Step("DELETE_FAILED", ("Assets", "AWS::S3::Bucket", "DELETE_FAILED", "The bucket is not empty"))];

        var e = await Assert.ThrowsAsync<StackFailedException>(() => RemoveAsync());

        Assert.Equal(ErrorIds.StackDeleteFailed, e.ErrorId);
        Assert.Contains("Assets (AWS::S3::Bucket, stage-assets): The bucket is not empty.", e.Message);
        Assert.DoesNotContain("Topic", e.Message);
        Assert.Equal(["Delete stage-web"], _stacks.Writes);
        Assert.Empty(_removed);
    }

    [Fact]
    public async Task A_delete_that_failed_before_is_not_taken_for_the_end_of_the_new_one()
    {
        _stacks.Add("stage-web", "DELETE_FAILED");
        _stacks["stage-web"].StaleLooks = 6;

        await RemoveAsync("web");

        Assert.Single(_removed);
    }

    [Fact]
    public async Task A_delete_that_runs_already_is_joined_not_started_again()
    {
        FakeStack web = _stacks.Add("stage-web", "DELETE_IN_PROGRESS");
        web.Script(new Step("DELETE_IN_PROGRESS"), new Step("DELETE_IN_PROGRESS"), new Step("DELETE_IN_PROGRESS"), new Step("DELETE_COMPLETE"));

        await RemoveAsync("web");

        Assert.Empty(_stacks.Writes);
        Assert.Single(_removed);
    }

    [Fact]
    public async Task A_busy_stack_is_waited_for_before_it_is_deleted()
    {
        FakeStack web = _stacks.Add("stage-web", "UPDATE_IN_PROGRESS");
        web.Script(new Step("UPDATE_IN_PROGRESS"), new Step("UPDATE_IN_PROGRESS"), new Step("UPDATE_IN_PROGRESS"), new Step("UPDATE_COMPLETE"));

        await RemoveAsync("web");

        Assert.Contains("busy stage-web UPDATE_IN_PROGRESS", _recorder.Lines);
        Assert.Equal(["Delete stage-web"], _stacks.Writes);
    }

    [Fact]
    public async Task Throttled_looks_do_not_fail_a_removal()
    {
        _stacks.Add("stage-web", "CREATE_COMPLETE");
        int looks = 0;
        _stacks.Before = call =>
        {
            if (_stacks.Writes.Any() && call.StartsWith("Find", StringComparison.Ordinal) && looks++ < 5) throw Sample.Throttled();
        };

        await RemoveAsync("web");

        Assert.Single(_removed);
    }

    private async Task<IReadOnlyList<EnvironmentStack>> RemoveAsync(params string[] names)
    {
        var request = new RemovalRequest { Configuration = Sample.Configuration(_folder), Environment = "stage", Stacks = names, OperationId = "op" };
        var remover = new EnvironmentRemover(_stacks, "eu-west-1", _clock);
        IReadOnlyList<EnvironmentStack> plan = await remover.PlanAsync(request, default);
        await remover.RemoveAsync(request, plan, _recorder, _removed.Add, default);
        return plan;
    }

    [Fact]
    public void A_stack_that_is_to_be_in_another_place_is_refused_and_never_worked_on_in_the_wrong_one()
    {
        using var folder = new TempFolder();
        CumulusConfiguration configuration = Sample.Configuration(folder);
        Assert.Equal(3, StackNames.Select(configuration.WithStack("web", s => s with { Region = "eu-west-1" }), "stage", null).Count);
        Func<StackDefinition, StackDefinition>[] elsewhere = [s => s with { Region = "us-east-1" }, s => s with { ProfileName = "other" }, s => s with { RoleArn = "arn:aws:iam::1:role/x" }];
        foreach (Func<StackDefinition, StackDefinition> change in elsewhere)
        {
            var e = Assert.Throws<CumulusException>(() => StackNames.Select(configuration.WithStack("web", change), "stage", null));
            Assert.Equal(ErrorIds.ConfigurationInvalid, e.ErrorId);
            Assert.Equal("web", e.Target);
        }
    }
}
