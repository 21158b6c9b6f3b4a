using System.Globalization;

namespace Cumulus.Engine.State;

/// <summary>A semaphore that a team shares: at most so many at once, each with a lease on one of the slots <c>NAME/1</c> to <c>NAME/N</c>.</summary>
/// <param name="random">Spreads who tries which slot first, and when again.</param>
public sealed class LeaseSlots(LeaseStore leases, string name, int count, TimeProvider clock, Random random)
{
    private static readonly TimeSpan ShortestPause = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(8);

    /// <summary>Waits for a slot.</summary>
    /// <param name="limit">Of the wait.</param>
    /// <param name="waiting">Told once, before the first pause, who has the slots.</param>
    /// <exception cref="CumulusException"><see cref="ErrorIds.LeaseUnavailable"/>: none was free in time; it says who has them. And those of <see cref="LeaseStore"/>.</exception>
    public async Task<Lease> TakeAsync(string holder, TimeSpan duration, TimeSpan limit, Action<string>? waiting, Action<string>? warn, CancellationToken cancellationToken)
    {
        long started = clock.GetTimestamp();
        for (bool first = true; ; first = false)
        {
            int from = random.Next(count);
            for (int i = 0; i < count; i++)
            {
                if (await leases.TryTakeAsync(Slot((from + i) % count), holder, duration, warn, cancellationToken) is { } lease) return lease;
            }

            TimeSpan left = limit - clock.GetElapsedTime(started);
            if (left <= TimeSpan.Zero) throw Unavailable(limit, await HoldersAsync(cancellationToken));
            if (first) waiting?.Invoke(await HoldersAsync(cancellationToken));
            TimeSpan pause = ShortestPause + random.NextDouble() * (LongestPause - ShortestPause);
            await Task.Delay(pause < left ? pause : left, clock, cancellationToken);
        }
    }

    private async Task<string> HoldersAsync(CancellationToken cancellationToken)
    {
        var holders = new List<string>();
        for (int i = 0; i < count; i++)
        {
            if (await leases.FindAsync(Slot(i), cancellationToken) is { } record) holders.Add(record.Holder!);
        }

        return string.Join(", ", holders);
    }

    private string Slot(int index) => string.Create(CultureInfo.InvariantCulture, $"{name}/{index + 1}");

    private CumulusException Unavailable(TimeSpan limit, string holders) =>
        new(ErrorIds.LeaseUnavailable, FailureKind.Timeout, $"None of the {count} slots of {name} was free within {limit.TotalSeconds:0} s. They are held by: {holders}.")
        {
            Target = name,
            Advice = "Wait for those to end; the slot of one that died is free a minute later.",
        };
}
