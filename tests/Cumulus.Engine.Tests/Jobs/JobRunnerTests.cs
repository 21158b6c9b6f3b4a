using Cumulus.Engine.Jobs;
using Cumulus.Engine.State;
using Cumulus.Engine.Tests.Support;

namespace Cumulus.Engine.Tests.Jobs;

public sealed class JobRunnerTests
{
    private const string Web = "web/prod/front";

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly ManualClock _clock = ManualClock.Start();
    private readonly FakeObjectStore _objects = new();
    private readonly BucketStateStore _state;
    private readonly JobStore _jobs;
    private readonly JobPace _pace = new();
    private readonly Random _random = new(1);

    public JobRunnerTests()
    {
        _state = new BucketStateStore(_objects, "b");
        _jobs = new JobStore(_state, _clock, _pace, _ => true);
    }

    [Fact]
    public async Task A_job_leaves_a_record_a_log_and_a_free_turn()
    {
        int value = await Runner().RunAsync(Request(), job =>
        {
            job.Log.Info("one\ntwo");
            _clock.Advance(5 * Second);
            job.Log.Error("three");
            job.SetResult("ami", "ami-1");
            job.Message = "Baked.";
            return Task.FromResult(7);
        }, default);
        Assert.Equal(7, value);
        JobRecord job = await OnlyAsync();
        Assert.Equal((JobStatus.Done, "Baked.", "ami-1", 5 * Second, 3), (job.Status, job.Message, job.Result["ami"], job.Took, job.LogLines));
        Assert.Equal(
            ["2026-03-01 12:00:00Z INFO    one", "2026-03-01 12:00:00Z INFO    two", "2026-03-01 12:00:05Z ERROR   three"],
            (await LogAsync(job)).Select(l => l.ToString()));
        Assert.Null(await new LeaseStore(_state, _clock).FindAsync("jobs/web/prod/front/turn", default));
        Assert.DoesNotContain(_objects.Keys, k => k.EndsWith("/open", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_log_is_written_while_the_job_runs()
    {
        var end = new TaskCompletionSource<int>();
        Task<int> run = Runner().RunAsync(Request(), job =>
        {
            job.Log.Info("begun");
            return end.Task;
        }, default);
        JobRecord running = await OnlyAsync();
        Assert.Equal(JobStatus.Started, running.Status);
        Assert.Empty(await LogAsync(running));
        _clock.Advance(_pace.Pulse);
        Assert.Equal("begun", Assert.Single(await LogAsync(running)).Text);
        end.SetResult(0);
        await run;
    }

    [Fact]
    public async Task One_job_of_an_application_works_at_a_time_and_the_others_wait_in_order()
    {
        var order = new List<string>();
        TaskCompletionSource<int>[] ends = [new(), new(), new()];
        var runs = new List<Task<int>>();
        for (int i = 0; i < 3; i++)
        {
            int number = i;
            runs.Add(Runner().RunAsync(Request() with { User = $"user {i}" }, _ =>
            {
                order.Add($"user {number}");
                return ends[number].Task;
            }, default));
            _clock.Advance(TimeSpan.FromMilliseconds(10));
        }

        Assert.Equal(["user 0"], order);
        _clock.Advance(300 * Second);
        Assert.Equal(["user 0"], order);
        ends[0].SetResult(0);
        await runs[0];
        _clock.Advance(_pace.Pulse);
        Assert.Equal(["user 0", "user 1"], order);
        ends[1].SetResult(0);
        await runs[1];
        _clock.Advance(_pace.Pulse);
        Assert.Equal(["user 0", "user 1", "user 2"], order);
        ends[2].SetResult(0);
        await Task.WhenAll(runs);
    }

    [Fact]
    public async Task Jobs_of_other_applications_and_of_the_other_colour_do_not_wait()
    {
        var end = new TaskCompletionSource<int>();
        Task<int> first = Runner().RunAsync(Request(), _ => end.Task, default);
        Assert.Equal(1, await Runner().RunAsync(Request() with { Subject = "web/prod/front/blue", IfBusy = JobIfBusy.Fail }, _ => Task.FromResult(1), default));
        Assert.Equal(2, await Runner().RunAsync(Request() with { Subject = "web/prod/frontend", IfBusy = JobIfBusy.Fail }, _ => Task.FromResult(2), default));
        end.SetResult(0);
        await first;
    }

    [Fact]
    public async Task Who_does_not_want_to_wait_ends_at_once_as_aborted()
    {
        var end = new TaskCompletionSource<int>();
        Task<int> first = Runner().RunAsync(Request(), _ => end.Task, default);
        _clock.Advance(Second);
        var busy = await Assert.ThrowsAsync<JobAbortedException>(() => Runner().RunAsync(Request() with { IfBusy = JobIfBusy.Fail }, _ => Task.FromResult(0), default));
        Assert.Equal(ErrorIds.JobBusy, busy.ErrorId);
        Assert.Contains("(New-GhostImage) of anna on build-1", busy.Message, StringComparison.Ordinal);
        Assert.Equal([JobStatus.Aborted, JobStatus.Started], (await _jobs.FindAsync(new JobQuery(), default)).Select(j => j.Status));
        end.SetResult(0);
        await first;
    }

    [Fact]
    public async Task The_wait_for_the_turn_has_a_limit()
    {
        var end = new TaskCompletionSource<int>();
        Task<int> first = Runner().RunAsync(Request(), _ => end.Task, default);
        _clock.Advance(Second);
        Task<int> second = Runner().RunAsync(Request() with { WaitLimit = 30 * Second }, _ => Task.FromResult(0), default);
        _clock.Advance(29 * Second);
        Assert.False(second.IsCompleted);
        _clock.Advance(2 * Second);
        Assert.Equal(ErrorIds.JobBusy, (await Assert.ThrowsAsync<JobAbortedException>(() => second)).ErrorId);
        end.SetResult(0);
        await first;
    }

    [Fact]
    public async Task G27_a_running_job_is_stopped_from_another_machine_and_cleans_up()
    {
        bool isClean = false;
        Task<int> run = Runner().RunAsync<int>(Request(), async job =>
        {
            try
            {
                await Task.Delay(Timeout.Infinite, job.Stop);
            }
            finally
            {
                isClean = true;
            }

            return 0;
        }, default);
        await _jobs.CancelAsync(await OnlyAsync(), "ben@desk", default);
        Assert.False(run.IsCompleted);
        _clock.Advance(_pace.Pulse);
        CumulusException stopped = await Assert.ThrowsAsync<CumulusException>(() => run.WaitAsync(TimeSpan.FromSeconds(10)));
        Assert.True(isClean);
        Assert.Equal(ErrorIds.JobCancelled, stopped.ErrorId);
        JobRecord job = await OnlyAsync();
        Assert.Equal((JobStatus.Cancelled, "ben@desk"), (job.Status, job.CancelledBy));
        Assert.Equal(ErrorIds.JobCancelled, JobStore.FailureOf(job)!.ErrorId);
    }

    [Fact]
    public async Task A_waiting_job_is_stopped_without_having_worked()
    {
        var end = new TaskCompletionSource<int>();
        Task<int> first = Runner().RunAsync(Request(), _ => end.Task, default);
        _clock.Advance(Second);
        bool worked = false;
        Task<int> second = Runner().RunAsync(Request(), _ =>
        {
            worked = true;
            return Task.FromResult(0);
        }, default);
        await _jobs.CancelAsync((await _jobs.FindAsync(new JobQuery { Status = [JobStatus.Init] }, default))[0], "ben", default);
        _clock.Advance(2 * _pace.Pulse);
        Assert.Equal(ErrorIds.JobCancelled, (await Assert.ThrowsAsync<CumulusException>(() => second)).ErrorId);
        Assert.False(worked);
        end.SetResult(0);
        await first;
    }

    [Fact]
    public async Task What_the_work_throws_is_the_jobs_failure()
    {
        await Assert.ThrowsAsync<CumulusException>(() => Runner().RunAsync<int>(Request(), _ => throw new CumulusException("Broken", FailureKind.OperationFailed, "It broke."), default));
        await Assert.ThrowsAsync<InvalidOperationException>(() => Runner().RunAsync<int>(Request(), _ => throw new InvalidOperationException("bug"), default));
        await Assert.ThrowsAsync<JobAbortedException>(() => Runner().RunAsync<int>(Request(), _ => throw new JobAbortedException("NoImage", FailureKind.NotFound, "There is none."), default));
        Assert.Equal(
            ["Aborted NoImage There is none.", "Failed Broken It broke.", "Failed UnexpectedError bug"],
            (await _jobs.FindAsync(new JobQuery(), default)).Select(j => $"{j.Status} {j.ErrorId} {j.Message}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task The_end_of_the_caller_is_the_end_of_the_job()
    {
        using var caller = new CancellationTokenSource();
        Task<int> run = Runner().RunAsync<int>(Request(), async job =>
        {
            await Task.Delay(Timeout.Infinite, job.Stop);
            return 0;
        }, caller.Token);
        await caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        Assert.Equal(JobStatus.Cancelled, (await OnlyAsync()).Status);
    }

    [Fact]
    public async Task G19_the_work_has_a_limit()
    {
        Task<int> run = Runner().RunAsync<int>(Request() with { TimeLimit = 60 * Second }, async job =>
        {
            await Task.Delay(Timeout.Infinite, job.Stop);
            return 0;
        }, default);
        _clock.Advance(61 * Second);
        Assert.Equal(ErrorIds.JobTimedOut, (await Assert.ThrowsAsync<CumulusException>(() => run.WaitAsync(TimeSpan.FromSeconds(10)))).ErrorId);
        Assert.Equal(JobStatus.Failed, (await OnlyAsync()).Status);
    }

    [Fact]
    public async Task G39_secrets_reach_neither_log_nor_record()
    {
        var request = Request() with
        {
            Secrets = ["correct horse battery"],
            Options = new Dictionary<string, string> { ["DB_PASSWORD"] = "hunter2hunter2", ["script"] = "say correct horse battery" },
        };
        var shown = new List<string>();
        await Assert.ThrowsAsync<CumulusException>(() => Runner().RunAsync<int>(request with { OnLine = l => shown.Add(l.Text) }, job =>
        {
            job.Log.Info("the word is correct horse battery");
            job.Log.Info("export API_TOKEN=abcdefgh12345678 AKIAIOSFODNN7EXAMPLE");
            job.SetResult("answer", "correct horse battery");
            throw new CumulusException("Broken", FailureKind.OperationFailed, "correct horse battery");
        }, default));
        string all = string.Join('\n', _objects.Keys.Where(k => k.Contains("/jobs/", StringComparison.Ordinal)).Select(k => System.Text.Encoding.UTF8.GetString(_objects[k]))) + string.Join('\n', shown);
        Assert.Contains("the word is ****", all, StringComparison.Ordinal);
        foreach (string secret in new[] { "correct horse", "hunter2", "abcdefgh12345678", "IOSFODNN7" }) Assert.DoesNotContain(secret, all, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dead_process_of_this_machine_is_seen_at_once()
    {
        await LeaveDeadAsync();
        JobRecord marked = Assert.Single(await new JobStore(_state, _clock, _pace, _ => false).FindAsync(new JobQuery(), default));
        Assert.Equal((JobStatus.Failed, ErrorIds.JobProcessDied), (marked.Status, marked.ErrorId));
        Assert.Equal(ErrorIds.JobProcessDied, JobStore.FailureOf(marked)!.ErrorId);
    }

    [Fact]
    public async Task A_dead_process_of_another_machine_is_seen_after_its_silence_whatever_the_clocks_say()
    {
        await LeaveDeadAsync();
        var elsewhere = new JobStore(_state, _clock, _pace, _ => null);
        _clock.Jump(TimeSpan.FromMinutes(4));
        Assert.Equal(JobStatus.Started, Assert.Single(await elsewhere.FindAsync(new JobQuery(), default)).Status);
        _clock.Advance(_pace.Silence - Second);
        Assert.Equal(JobStatus.Started, Assert.Single(await elsewhere.FindAsync(new JobQuery(), default)).Status);
        _clock.Advance(Second);
        Assert.Equal(JobStatus.Failed, Assert.Single(await elsewhere.FindAsync(new JobQuery(), default)).Status);
    }

    [Fact]
    public async Task Who_looks_only_once_marks_a_process_that_was_silent_for_longer_than_clocks_differ()
    {
        await LeaveDeadAsync();
        _clock.Jump(_pace.Silence + _pace.ClockDifference + Second);
        Assert.Equal(JobStatus.Failed, Assert.Single(await new JobStore(_state, _clock, _pace, _ => null).FindAsync(new JobQuery(), default)).Status);
    }

    [Fact]
    public async Task A_living_job_gives_signs_and_is_never_taken_for_dead()
    {
        var end = new TaskCompletionSource<int>();
        Task<int> run = Runner().RunAsync(Request(), _ => end.Task, default);
        var elsewhere = new JobStore(_state, _clock, _pace, _ => null);
        for (int i = 0; i < 60; i++)
        {
            Assert.Equal(JobStatus.Started, Assert.Single(await elsewhere.FindAsync(new JobQuery(), default)).Status);
            _clock.Advance(20 * Second);
        }

        end.SetResult(0);
        await run;
    }

    [Fact]
    public async Task The_turn_of_a_dead_job_is_free_as_soon_as_that_is_known()
    {
        await LeaveDeadAsync(withTurn: true);
        Assert.Equal(5, await Runner(isAlive: _ => false).RunAsync(Request() with { IfBusy = JobIfBusy.Fail }, _ => Task.FromResult(5), default));
    }

    [Fact]
    public async Task Who_was_taken_for_dead_stops_itself()
    {
        Task<int> run = Runner().RunAsync<int>(Request(), async job =>
        {
            await Task.Delay(Timeout.Infinite, job.Stop);
            return 0;
        }, default);
        await new JobStore(_state, _clock, _pace, _ => false).FindAsync(new JobQuery(), default);
        _clock.Advance(_pace.Pulse);
        Assert.Equal(ErrorIds.JobTurnLost, (await Assert.ThrowsAsync<CumulusException>(() => run.WaitAsync(TimeSpan.FromSeconds(10)))).ErrorId);
        Assert.Equal(ErrorIds.JobTurnLost, (await OnlyAsync()).ErrorId);
    }

    [Fact]
    public async Task A_state_that_fails_for_a_while_fails_no_work()
    {
        var end = new TaskCompletionSource<int>();
        var warnings = new List<string>();
        Task<int> run = new JobRunner(_state, _clock, _pace, warnings.Add, new Random(1), _ => true).RunAsync(Request(), job =>
        {
            job.Log.Info("before");
            return end.Task;
        }, default);
        _objects.BeforeCall = (_, key) => throw new CumulusException(ErrorIds.AwsRequestFailed, FailureKind.Unavailable, $"{key} is throttled");
        _clock.Advance(20 * Second);
        Assert.NotEmpty(warnings);
        _objects.BeforeCall = null;
        _clock.Advance(20 * Second);
        end.SetResult(4);
        Assert.Equal(4, await run);
        Assert.Equal("before", Assert.Single(await LogAsync(await OnlyAsync())).Text);
    }

    [Fact]
    public async Task G33_who_follows_gets_each_line_once_and_the_end()
    {
        var end = new TaskCompletionSource<int>();
        JobLog? log = null;
        Task<int> run = Runner().RunAsync(Request(), job =>
        {
            log = job.Log;
            return end.Task;
        }, default);
        JobRecord job = await OnlyAsync();
        var read = new List<string>();
        Task following = Task.Run(async () =>
        {
            await foreach (JobLine line in new JobLogReader(_state, _jobs, TimeProvider.System, new JobPace { Pulse = TimeSpan.FromMilliseconds(2) }).ReadAsync(job, 2, follow: true, default)) read.Add($"{line.Number} {line.Text}");
        });
        log!.Info("a");
        _clock.Advance(_pace.Pulse);
        log.Info("b");
        _clock.Advance(_pace.Pulse);
        log.Info("c");
        end.SetResult(0);
        await run;
        await following.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal(["2 b", "3 c"], read);
    }

    [Fact]
    public async Task G07_jobs_are_removed_by_a_rule_and_never_one_that_runs()
    {
        for (int i = 0; i < 4; i++)
        {
            await Runner().RunAsync(Request(), job =>
            {
                job.Log.Info("x");
                return Task.FromResult(0);
            }, default);
            _clock.Advance(TimeSpan.FromDays(1));
        }

        var end = new TaskCompletionSource<int>();
        Task<int> running = Runner().RunAsync(Request(), _ => end.Task, default);
        IReadOnlyList<JobRecord> all = await _jobs.FindAsync(new JobQuery(), default);
        Assert.Equal(5, all.Count);
        Assert.Equal(all.Skip(2).Select(j => j.Id), JobStore.Outdated(all, keepLast: 2, before: null).Select(j => j.Id));
        Assert.Equal(all.Skip(3).Select(j => j.Id), JobStore.Outdated(all, keepLast: null, before: all[2].CreatedAt).Select(j => j.Id));
        Assert.Equal(ErrorIds.JobRunning, (await Assert.ThrowsAsync<CumulusException>(() => _jobs.RemoveAsync(all[0], default))).ErrorId);
        foreach (JobRecord job in JobStore.Outdated(all, 1, null)) await _jobs.RemoveAsync(job, default);
        Assert.Equal([all[0].Id], (await _jobs.FindAsync(new JobQuery(), default)).Select(j => j.Id));
        Assert.DoesNotContain(_objects.Keys, k => k.Contains("/log/", StringComparison.Ordinal));
        end.SetResult(0);
        await running;
    }

    [Fact]
    public async Task Jobs_are_found_by_what_is_known_of_them()
    {
        await Runner().RunAsync(Request(), _ => Task.FromResult(0), default);
        _clock.Advance(Second);
        await Runner().RunAsync(Request() with { Subject = "db/dev/main", Command = "Update-GhostAutoScaling", User = "ben" }, _ => Task.FromResult(0), default);
        async Task<int> Count(JobQuery query) => (await _jobs.FindAsync(query, default)).Count;
        Assert.Equal(2, await Count(new JobQuery()));
        Assert.Equal(1, await Count(new JobQuery { Command = "*scaling" }));
        Assert.Equal(1, await Count(new JobQuery { User = "ben" }));
        Assert.Equal(1, await Count(new JobQuery { Subject = s => s == Web }));
        Assert.Equal(1, await Count(new JobQuery { Since = _clock.GetUtcNow() }));
        Assert.Equal("ben", (await _jobs.FindAsync(new JobQuery { Last = 1 }, default))[0].User);
        Assert.Equal(0, await Count(new JobQuery { Status = [JobStatus.Failed] }));
        Assert.Equal(ErrorIds.JobNotFound, (await Assert.ThrowsAsync<CumulusException>(() => Count(new JobQuery { Ids = ["none"] }))).ErrorId);
    }

    [Fact]
    public void This_process_is_alive_and_a_later_one_with_its_number_is_another()
    {
        Assert.True(JobProcess.Current.IsAlive());
        Assert.False((JobProcess.Current with { StartedAt = JobProcess.Current.StartedAt.AddDays(-1) }).IsAlive());
        Assert.False((JobProcess.Current with { Id = int.MaxValue }).IsAlive());
        Assert.Null((JobProcess.Current with { Space = "another machine" }).IsAlive());
    }

    private JobRunner Runner(Func<JobProcess, bool?>? isAlive = null) => new(_state, _clock, _pace, warn: null, _random, isAlive ?? (_ => true));

    private static JobRequest Request() => new() { Command = "New-GhostImage", Subject = Web, User = "anna", Host = "build-1" };

    private async Task<JobRecord> OnlyAsync() => Assert.Single(await _jobs.FindAsync(new JobQuery(), default));

    private async Task<List<JobLine>> LogAsync(JobRecord job)
    {
        var lines = new List<JobLine>();
        await foreach (JobLine line in new JobLogReader(_state, _jobs, _clock).ReadAsync(job, 1, follow: false, default)) lines.Add(line);
        return lines;
    }

    /// <summary>The state as a process leaves it that is killed at work.</summary>
    private async Task LeaveDeadAsync(bool withTurn = false)
    {
        var life = new BucketStateStore(_objects, "b");
        var stopped = new ManualClock();
        _ = new JobRunner(life, stopped, _pace, warn: null, _random, _ => true).RunAsync(Request(), _ => new TaskCompletionSource<int>().Task, default);
        Assert.Equal(JobStatus.Started, (await OnlyAsync()).Status);
        _clock.Advance(Second);
        if (!withTurn) await new LeaseStore(_state, _clock).BreakAsync("jobs/web/prod/front/turn", default);
    }
}
