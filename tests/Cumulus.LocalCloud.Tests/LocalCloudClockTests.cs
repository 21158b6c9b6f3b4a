using System.Diagnostics;
using Cumulus.LocalCloud.Tests.Support;
using Xunit;

namespace Cumulus.LocalCloud.Tests;

public sealed class LocalCloudClockTests
{
    private readonly LocalCloudClock _clock = new();

    [Fact]
    public async Task A_wait_of_an_hour_takes_a_second()
    {
        var watch = Stopwatch.StartNew();
        var wait = Task.Delay(TimeSpan.FromHours(1), _clock, CloudFixture.Within());

        await _clock.StepAsync(TimeSpan.FromMinutes(59), CloudFixture.Within());
        Assert.False(wait.IsCompleted);
        await _clock.StepAsync(TimeSpan.FromMinutes(1), CloudFixture.Within());
        await wait;

        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(10));
        Assert.Equal(TimeSpan.FromHours(1), _clock.Ahead);
        Assert.InRange(_clock.GetUtcNow() - DateTimeOffset.UtcNow, TimeSpan.FromHours(1) - TimeSpan.FromSeconds(5), TimeSpan.FromHours(1) + TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task Waits_that_follow_each_other_each_end_at_their_time()
    {
        var start = _clock.GetUtcNow();
        var ends = new List<TimeSpan>();
        async Task WaitInTurnAsync()
        {
            for (var i = 0; i < 6; i++)
            {
                await Task.Delay(TimeSpan.FromMinutes(10), _clock, CloudFixture.Within());
                ends.Add(_clock.GetUtcNow() - start);
            }
        }
        var waits = WaitInTurnAsync();

        await _clock.StepAsync(TimeSpan.FromMinutes(62), CloudFixture.Within());
        await waits;

        Assert.All(ends.Select((end, i) => end - TimeSpan.FromMinutes(10 * (i + 1))), late => Assert.InRange(late, TimeSpan.Zero, TimeSpan.FromMinutes(2)));
    }

    [Fact]
    public async Task Without_a_step_time_goes_on_as_it_does_on_the_machine()
    {
        var (start, watch) = (_clock.GetTimestamp(), Stopwatch.StartNew());

        await Task.Delay(TimeSpan.FromMilliseconds(30), _clock, CloudFixture.Within());

        Assert.InRange(_clock.GetElapsedTime(start), TimeSpan.FromMilliseconds(25), watch.Elapsed + TimeSpan.FromMilliseconds(1));
    }

    [Fact]
    public async Task A_limit_that_is_stepped_past_cancels()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromDays(40), _clock);

        await _clock.StepAsync(TimeSpan.FromDays(39), CloudFixture.Within());
        Assert.False(limit.IsCancellationRequested);
        await _clock.StepAsync(TimeSpan.FromDays(1) + TimeSpan.FromMinutes(1), CloudFixture.Within());

        await CloudFixture.UntilAsync(() => Task.FromResult(limit.IsCancellationRequested), () => "not cancelled");
    }

    [Fact]
    public async Task A_timer_with_a_period_fires_again_and_again_until_it_is_disposed()
    {
        var count = 0;
        var timer = _clock.CreateTimer(_ => Interlocked.Increment(ref count), null, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1));

        await _clock.StepAsync(TimeSpan.FromMinutes(10), CloudFixture.Within());
        var before = Volatile.Read(ref count);
        await timer.DisposeAsync();
        await _clock.StepAsync(TimeSpan.FromMinutes(10), CloudFixture.Within());

        Assert.InRange(before, 9, 11);
        Assert.InRange(Volatile.Read(ref count), before, before + 1);
    }

    [Fact]
    public async Task No_step_leads_back() =>
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => _clock.StepAsync(TimeSpan.FromSeconds(-1), CloudFixture.Within()));
}
