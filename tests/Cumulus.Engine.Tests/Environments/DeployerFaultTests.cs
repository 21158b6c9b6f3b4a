using Cumulus.Engine.Aws;
using Cumulus.Engine.Environments;
using Cumulus.Engine.Processes;
using Cumulus.Engine.Tests.Support;

namespace Cumulus.Engine.Tests.Environments;

/// <summary>Looks that fail, waits that end, runs that were broken off.</summary>
public sealed class DeployerFaultTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly FakeStackService _stacks = new();
    private readonly Recorder _recorder = new();
    private readonly AutoClock _clock = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Throttled_looks_do_not_fail_a_deployment_that_succeeds()
    {
        int looks = 0;
        _stacks.Creates["stage-web"] = [new Step("CREATE_IN_PROGRESS"), new Step("CREATE_COMPLETE", ("One", "AWS::SNS::Topic", "CREATE_COMPLETE", null))];
        AfterStart(_ =>
        {
            if (looks++ < 25) throw Sample.Throttled();
        });

        EnvironmentDeployment result = await DeployAsync();

        Assert.Equal("CREATE_COMPLETE", result.Stacks[0].Status);
        Assert.Equal(4, _recorder.Events.Count);
        Assert.Contains(_recorder.Details, d => d.Contains("Rate exceeded"));
    }

    [Fact]
    public async Task Events_that_cannot_be_read_do_not_hide_the_end()
    {
        AfterStart(call =>
        {
            if (call.StartsWith("Events", StringComparison.Ordinal)) throw Sample.Denied();
        });

        Assert.Equal("CREATE_COMPLETE", (await DeployAsync()).Stacks[0].Status);
    }

    [Fact]
    public async Task A_reading_of_events_that_breaks_in_the_middle_is_repeated_as_a_whole()
    {
        bool broken = false;
        _stacks.Creates["stage-web"] = [new Step("CREATE_COMPLETE", [.. Enumerable.Range(0, 150).Select(i => ($"R{i}", "AWS::SNS::Topic", "CREATE_COMPLETE", (string?)null))])];
        AfterStart(call =>
        {
            if (call.StartsWith("EventsPage", StringComparison.Ordinal) && !broken)
            {
                broken = true;
                throw Sample.Throttled();
            }
        });

        await DeployAsync();

        Assert.True(broken);
        // The first one is that of the change set, before the operation.
        Assert.Equal(_stacks["stage-web"].Events.Skip(1).Select(e => e.EventId), _recorder.Events.Select(e => e.EventId));
    }

    [Fact]
    public async Task Looks_slow_down_from_one_second_to_five_and_further_while_they_fail()
    {
        int looks = 0;
        _stacks.Creates["stage-web"] = [.. Enumerable.Repeat(new Step("CREATE_IN_PROGRESS"), 8), new Step("CREATE_COMPLETE")];
        AfterStart(_ =>
        {
            if (looks++ >= 16 && looks <= 24) throw Sample.Throttled();
        });

        await DeployAsync();

        Assert.Equal(TimeSpan.FromSeconds(1), _clock.Waits[0]);
        Assert.Equal(TimeSpan.FromSeconds(5), _clock.Waits[5]);
        Assert.Equal(TimeSpan.FromSeconds(30), _clock.Waits.Max());
    }

    [Fact]
    public async Task Who_may_no_longer_look_is_told_that_the_stack_goes_on()
    {
        _stacks.Creates["stage-web"] = [.. Enumerable.Repeat(new Step("CREATE_IN_PROGRESS"), 999)];
        AfterStart(_ => throw Sample.Denied());

        var e = await Assert.ThrowsAsync<DeploymentFailedException>(DeployAsync);

        Assert.Equal(ErrorIds.AccessDenied, e.ErrorId);
        Assert.Contains("goes on in CloudFormation", e.Message);
    }

    [Fact]
    public async Task The_state_from_before_the_update_is_not_taken_for_its_end_D36()
    {
        FakeStack stack = _stacks.Add("stage-web", "UPDATE_COMPLETE", body: "old");
        _stacks.Updates["stage-web"] = [new Step("UPDATE_IN_PROGRESS"), new Step("UPDATE_ROLLBACK_COMPLETE", ("One", "AWS::SNS::Topic", "UPDATE_FAILED", "no"))];
        AfterStart(_ => { }, start: () => stack.StaleLooks = 5, verb: "Update");

        var e = await Assert.ThrowsAsync<DeploymentFailedException>(DeployAsync);

        Assert.Equal("UPDATE_ROLLBACK_COMPLETE", e.Deployment.Stacks[0].Status);
    }

    [Fact]
    public async Task A_status_of_the_future_is_waited_out_D36()
    {
        _stacks.Creates["stage-web"] = [new Step("CREATE_PONDERED"), new Step("CREATE_PONDERED"), new Step("CREATE_COMPLETE")];
        Assert.Equal("CREATE_COMPLETE", (await DeployAsync()).Stacks[0].Status);
    }

    [Fact]
    public async Task Events_without_tokens_are_told_apart_by_the_last_one_before_the_operation()
    {
        _stacks.Tokens = false;
        FakeStack stack = _stacks.Add("stage-web", "UPDATE_COMPLETE", body: "old");
        int before = stack.Events.Count;

        await DeployAsync();

        Assert.Equal(stack.Events.Skip(before).Select(e => e.EventId), _recorder.Events.Select(e => e.EventId));
    }

    [Fact]
    public async Task An_end_whose_event_never_comes_is_believed_after_some_looks()
    {
        _stacks.Creates["stage-web"] = [new Step("CREATE_COMPLETE") { Silent = true }];
        Assert.Equal("CREATE_COMPLETE", (await DeployAsync()).Stacks[0].Status);
    }

    [Fact]
    public async Task A_wait_that_reaches_its_limit_says_that_the_stack_goes_on_D36()
    {
        _stacks.Creates["stage-web"] = [.. Enumerable.Repeat(new Step("CREATE_IN_PROGRESS"), 999)];

        var e = await Assert.ThrowsAsync<DeploymentFailedException>(() => DeployAsync(TimeSpan.FromMinutes(10)));

        Assert.Equal(ErrorIds.StackWaitTimedOut, e.ErrorId);
        Assert.Equal(FailureKind.Timeout, e.Kind);
        Assert.Contains("still CREATE_IN_PROGRESS after 10 minutes", e.Message);
        Assert.Contains("goes on in CloudFormation", e.Message);
        Assert.Equal(TimeSpan.FromMinutes(10), _clock.Waits.Aggregate((a, b) => a + b));
    }

    [Fact]
    public async Task Cancelling_ends_the_wait_at_once_and_the_next_run_takes_it_from_there_D27()
    {
        using var stop = new CancellationTokenSource();
        _stacks.Creates["stage-web"] = [new Step("CREATE_IN_PROGRESS"), new Step("CREATE_IN_PROGRESS"), new Step("CREATE_IN_PROGRESS"), new Step("CREATE_COMPLETE")];
        _clock.Frozen = true;
        _recorder.OnProgress = stop.Cancel;

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => DeployAsync(cancellationToken: stop.Token));
        Assert.Equal("CREATE_IN_PROGRESS", _stacks["stage-web"].Status);

        _clock.Frozen = false;
        EnvironmentDeployment second = await DeployAsync();

        Assert.Contains("busy stage-web CREATE_IN_PROGRESS", _recorder.Lines);
        Assert.Equal((StackAction.Unchanged, "CREATE_COMPLETE"), (second.Stacks[0].Action, second.Stacks[0].Status));
        Assert.Equal(["Create stage-web"], _stacks.Writes);
    }

    [Fact]
    public async Task A_run_that_finds_a_create_being_rolled_back_waits_then_replaces_it()
    {
        FakeStack stack = _stacks.Add("stage-web", "ROLLBACK_IN_PROGRESS");
        stack.Script(new Step("ROLLBACK_IN_PROGRESS"), new Step("ROLLBACK_COMPLETE"));

        EnvironmentDeployment result = await DeployAsync();

        Assert.Equal(["Delete stage-web", "Create stage-web"], _stacks.Writes);
        Assert.Equal("CREATE_COMPLETE", result.Stacks[0].Status);
    }

    [Fact]
    public async Task A_stack_that_stays_busy_to_the_limit_is_told_and_left_alone()
    {
        _stacks.Add("stage-web", "UPDATE_IN_PROGRESS");

        var e = await Assert.ThrowsAsync<CumulusException>(() => DeployAsync(TimeSpan.FromMinutes(5)));

        Assert.Equal(ErrorIds.StackBusy, e.ErrorId);
        Assert.Contains("UPDATE_IN_PROGRESS", e.Message);
        Assert.Empty(_stacks.Writes);
    }

    [Fact]
    public async Task Somebody_who_came_first_is_told_by_the_stacks_state_not_by_the_services_text()
    {
        FakeStack stack = _stacks.Add("stage-web", "CREATE_COMPLETE", body: "old");
        _stacks.Before = call =>
        {
            if (call != "Update stage-web") return;
            stack.Happen(new Step("UPDATE_IN_PROGRESS"), "somebody");
            throw Sample.Throttled();
        };

        var e = await Assert.ThrowsAsync<DeploymentFailedException>(DeployAsync);

        Assert.Equal(ErrorIds.StackBusy, e.ErrorId);
        Assert.Contains("Rate exceeded", e.Message);
    }

    [Fact]
    public async Task An_update_whose_answer_was_lost_is_followed_all_the_same()
    {
        FakeStack stack = _stacks.Add("stage-web", "CREATE_COMPLETE", body: "old");
        _stacks.Before = call =>
        {
            if (call != "Update stage-web") return;
            stack.Happen(new Step("UPDATE_IN_PROGRESS"), "cumulus-op-0");
            stack.Script(new Step("UPDATE_IN_PROGRESS") { Silent = true });
            _stacks.Before = look =>
            {
                if (look.StartsWith("Events", StringComparison.Ordinal) && stack.Status == "UPDATE_IN_PROGRESS" && stack.Events.Count < 4)
                {
                    stack.Script(new Step("UPDATE_COMPLETE"));
                }
            };
            throw new CumulusException(ErrorIds.EndpointUnreachable, FailureKind.Unavailable, "connection reset");
        };

        Assert.Equal("UPDATE_COMPLETE", (await DeployAsync()).Stacks[0].Status);
    }

    [Fact]
    public async Task A_refused_start_comes_through_as_it_is_and_nothing_else_is_begun()
    {
        _stacks.Before = call =>
        {
            if (call == "Create stage-web") throw Sample.Denied();
        };

        var e = await Assert.ThrowsAsync<DeploymentFailedException>(DeployAsync);

        Assert.Equal(ErrorIds.AccessDenied, e.ErrorId);
        Assert.Equal(StackStatus.NotDeployed, e.Deployment.Stacks[0].Status);
        Assert.Equal("Access denied.", e.Deployment.Stacks[0].FailureReason);
    }

    // Calls that are made once the operation has been started.
    private void AfterStart(Action<string> fault, Action? start = null, string verb = "Create")
    {
        bool started = false;
        _stacks.Before = call =>
        {
            if (started) fault(call);
            if (call != $"{verb} stage-web") return;
            started = true;
            start?.Invoke();
        };
    }

    private Task<EnvironmentDeployment> DeployAsync() => DeployAsync(null);

    private Task<EnvironmentDeployment> DeployAsync(TimeSpan? limit = null, CancellationToken cancellationToken = default)
    {
        EnvironmentRequest request = Sample.Configuration(_folder, "web").Request() with { TimeLimit = limit ?? TimeSpan.FromHours(2) };
        return new EnvironmentDeployer(_stacks, new FakeHostFleet(), new FakeObjectStore(), new HookRunner(), "eu-west-1", _clock).DeployAsync(request, _recorder, cancellationToken);
    }
}
