using Cumulus.Engine.Aws;
using Cumulus.Engine.Environments;
using Cumulus.Engine.State;
using Cumulus.Engine.Tests.Support;

namespace Cumulus.Engine.Tests.Environments;

/// <summary>Ways out of stuck states, and the waiting that somebody else takes up.</summary>
public sealed class RecoveryTests
{
    private readonly FakeStackService _stacks = new();
    private readonly FakeStackOperations _operations;
    private readonly Recorder _recorder = new();
    private readonly AutoClock _clock = new();

    public RecoveryTests() => _operations = new FakeStackOperations(_stacks);

    [Theory]
    [InlineData("UPDATE_ROLLBACK_FAILED", "Continue stage-web", "UPDATE_ROLLBACK_COMPLETE")]
    [InlineData("UPDATE_FAILED", "Rollback stage-web", "UPDATE_ROLLBACK_COMPLETE")]
    [InlineData("CREATE_FAILED", "Rollback stage-web", "ROLLBACK_COMPLETE")]
    public async Task A_stuck_stack_goes_back_by_the_verb_that_is_right_for_its_state(string status, string call, string end)
    {
        _stacks.Add("stage-web", status);
        _operations.End = end;
        StackDescription now = await Recovery().ResumeAsync("stage", "web", "stage-web", [], "token", Limit(), default);
        Assert.Equal((end, call), (now.Status, Assert.Single(_operations.Calls)));
    }

    [Fact]
    public async Task Resources_that_are_skipped_are_named_to_the_service()
    {
        _stacks.Add("stage-web", "UPDATE_ROLLBACK_FAILED");
        await Recovery().ResumeAsync("stage", "web", "stage-web", ["Db"], "token", Limit(), default);
        Assert.Equal(["Db"], _operations.Skipped);
    }

    [Fact]
    public async Task A_rollback_that_fails_again_names_its_cause_and_what_to_do()
    {
        _stacks.Add("stage-web", "UPDATE_ROLLBACK_FAILED");
        _operations.End = "UPDATE_ROLLBACK_FAILED";
        _operations.Failure = ("Db", "AWS::RDS::DBInstance", "UPDATE_FAILED", "DB instance not found");
        var e = await Assert.ThrowsAsync<StackFailedException>(() => Recovery().ResumeAsync("stage", "web", "stage-web", [], "token", Limit(), default));
        Assert.Equal(ErrorIds.StackRollbackFailed, e.ErrorId);
        Assert.Contains("Db (AWS::RDS::DBInstance)", e.Message);
        Assert.Contains("-SkipResource", e.Advice);
    }

    [Theory]
    [InlineData("CREATE_COMPLETE")]
    [InlineData("DELETE_FAILED")]
    [InlineData("UPDATE_IN_PROGRESS")]
    public async Task A_verb_that_is_wrong_for_the_state_is_refused_with_the_right_one(string status)
    {
        _stacks.Add("stage-web", status);
        var e = await Assert.ThrowsAsync<CumulusException>(() => Recovery().ResumeAsync("stage", "web", "stage-web", [], "token", Limit(), default));
        Assert.Equal(ErrorIds.StackVerbWrong, e.ErrorId);
        Assert.NotNull(e.Advice);
        Assert.Empty(_operations.Calls);
    }

    [Fact]
    public async Task An_update_that_runs_is_broken_off_and_a_create_is_not()
    {
        _stacks.Add("stage-web", "UPDATE_IN_PROGRESS");
        Assert.Equal("UPDATE_ROLLBACK_COMPLETE", (await Recovery().CancelAsync("stage", "web", "stage-web", "token", Limit(), default)).Status);
        _stacks.Add("stage-jobs", "CREATE_IN_PROGRESS");
        Assert.Equal(ErrorIds.StackVerbWrong, (await Assert.ThrowsAsync<CumulusException>(() => Recovery().CancelAsync("stage", "jobs", "stage-jobs", "token", Limit(), default))).ErrorId);
    }

    [Fact]
    public async Task A_wait_that_lost_its_client_is_taken_up_and_ends_the_record()
    {
        var state = new BucketStateStore(new FakeObjectStore(), "bucket");
        FakeStack stack = _stacks.Add("stage-web", "UPDATE_IN_PROGRESS");
        stack.Happen(new Step("UPDATE_IN_PROGRESS"), "cumulus-op-0");
        stack.Script(new Step("UPDATE_IN_PROGRESS"), new Step("UPDATE_COMPLETE"));
        DeploymentRecord record = Record(StackAction.Update);
        await new DeploymentJournal(state).BeginAsync(record, default);

        EnvironmentDeployment result = await Waiter(state).WaitAsync(record, TimeSpan.FromHours(1), default);

        Assert.Equal("UPDATE_COMPLETE", result.Stacks.Single().Status);
        Assert.Equal(DeploymentOutcome.Succeeded, (await new DeploymentJournal(state).FindAsync("stage", record.Id, default))!.Outcome);
    }

    [Fact]
    public async Task A_deployment_that_went_wrong_unseen_is_told_with_its_cause()
    {
        var state = new BucketStateStore(new FakeObjectStore(), "bucket");
        FakeStack stack = _stacks.Add("stage-web", "UPDATE_COMPLETE");
        stack.Happen(new Step("UPDATE_IN_PROGRESS"), "cumulus-op-0");
        stack.Happen(new Step("UPDATE_ROLLBACK_COMPLETE", ("One", "AWS::SNS::Topic", "UPDATE_FAILED", "Not allowed")), "cumulus-op-0");
        DeploymentRecord record = Record(StackAction.Update);
        await new DeploymentJournal(state).BeginAsync(record, default);

        var e = await Assert.ThrowsAsync<DeploymentFailedException>(() => Waiter(state).WaitAsync(record, TimeSpan.FromHours(1), default));

        Assert.Equal(ErrorIds.StackUpdateFailed, e.ErrorId);
        Assert.Contains("One (AWS::SNS::Topic) UPDATE_FAILED: Not allowed.", e.Message);
        Assert.Equal(DeploymentOutcome.Failed, (await new DeploymentJournal(state).FindAsync("stage", record.Id, default))!.Outcome);
    }

    private static DeploymentRecord Record(StackAction action) => new()
    {
        Schema = 1,
        Id = "19700101T000000000Z-op",
        Environment = "stage",
        Region = "eu-west-1",
        StartedAt = DateTimeOffset.UnixEpoch,
        Outcome = DeploymentOutcome.Running,
        Bundles = [],
        Stacks = [new DeployedStack("web", "stage-web", "id", action, "UPDATE_COMPLETE")],
        Tool = "test",
    };

    private DeploymentWaiter Waiter(BucketStateStore state) => new(_stacks, state, new EnvironmentLock(state, TimeSpan.FromMinutes(1), _clock), _recorder, _clock);

    private StackRecovery Recovery() => new(_stacks, _operations, _recorder, _clock);

    private WaitLimit Limit() => new(_clock, TimeSpan.FromHours(1));
}
