using Cumulus.Engine.Aws;
using Cumulus.Engine.Tests.Support;

namespace Cumulus.Engine.Tests.Aws;

public sealed class ApiBudgetTests
{
    private readonly AutoClock _clock = new();

    [Fact]
    public async Task Fifty_stacks_that_ask_at_once_stay_below_the_rate()
    {
        var budget = new ApiBudget(_clock);
        DateTimeOffset start = _clock.GetUtcNow();
        for (int i = 0; i < 200; i++) await budget.EnterAsync(default);
        double seconds = (_clock.GetUtcNow() - start).TotalSeconds;
        // Twenty are saved up, the rest come at ten a second.
        Assert.InRange(seconds, 17, 19);
    }

    [Fact]
    public void Throttling_halves_the_rate_and_success_lets_it_grow_slowly_between_bounds()
    {
        var budget = new ApiBudget(_clock);
        budget.Throttled();
        Assert.Equal(ApiBudget.FirstRate / 2, budget.Rate);
        for (int i = 0; i < 10; i++) budget.Throttled();
        Assert.Equal(ApiBudget.LowestRate, budget.Rate);
        for (int i = 0; i < 20; i++) budget.Succeeded();
        Assert.InRange(budget.Rate, 1, 2);
        for (int i = 0; i < 10_000; i++) budget.Succeeded();
        Assert.Equal(ApiBudget.HighestRate, budget.Rate);
    }

    [Fact]
    public async Task After_throttling_nothing_is_saved_up()
    {
        var budget = new ApiBudget(_clock);
        budget.Throttled();
        DateTimeOffset start = _clock.GetUtcNow();
        for (int i = 0; i < 10; i++) await budget.EnterAsync(default);
        Assert.InRange((_clock.GetUtcNow() - start).TotalSeconds, 1.9, 2.1);
    }

    [Fact]
    public void One_place_has_one_budget()
    {
        Assert.Same(ApiBudget.Of("http://a"), ApiBudget.Of("http://a"));
        Assert.NotSame(ApiBudget.Of("http://a"), ApiBudget.Of("http://b"));
    }
}
