using System.Collections.Concurrent;
using Cumulus.Engine.Configuration;

namespace Cumulus.Engine.Completion;

/// <summary>
/// Finds the words that can stand at a place, within a time that nobody minds and without an error, whatever happens. What comes too late
/// is there at the next try: it is kept for a short while.
/// </summary>
/// <param name="patience">How long one answer may take.</param>
public sealed class CompletionFinder(TimeProvider clock, TimeSpan patience)
{
    /// <summary>How long an answer is good for. People who press Tab again want the same list; those who deploy in between, the new one.</summary>
    private static readonly TimeSpan Freshness = TimeSpan.FromSeconds(20);

    /// <summary>A call that takes longer is given up, so that it is tried anew.</summary>
    private static readonly TimeSpan LiveLimit = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, Search> _searches = new(StringComparer.Ordinal);

    /// <summary>The one of this process.</summary>
    public static CompletionFinder Shared { get; } = new(TimeProvider.System, TimeSpan.FromMilliseconds(700));

    /// <summary>Words that begin with what was typed, or match it when it has wildcards; those that need no network first.</summary>
    /// <param name="typed">May be empty.</param>
    public IReadOnlyList<CompletionWord> Find(ICompletionSource source, CompletionScope scope, string typed)
    {
        long begun = clock.GetTimestamp();
        string key = $"{source.GetType().FullName}\n{scope.Key}";
        Search search = _searches.AddOrUpdate(
            key,
            _ => new Search(source, scope, clock),
            (_, earlier) => clock.GetElapsedTime(earlier.Begun) > Freshness ? new Search(source, scope, clock) : earlier);
        foreach ((string old, Search forgotten) in _searches)
        {
            if (clock.GetElapsedTime(forgotten.Begun) > Freshness) _searches.TryRemove(new(old, forgotten));
        }

        var words = new List<CompletionWord>();
        foreach (Task<IReadOnlyList<CompletionWord>> part in search.Parts)
        {
            TimeSpan left = patience - clock.GetElapsedTime(begun);
            if (Ended(part, left)) words.AddRange(part.Result);
        }

        return [.. words.Where(w => Fits(w.Text, typed)).DistinctBy(w => w.Text, StringComparer.Ordinal)];
    }

    private bool Ended(Task<IReadOnlyList<CompletionWord>> part, TimeSpan left)
    {
        if (part.IsCompleted || left <= TimeSpan.Zero) return part.IsCompletedSuccessfully;
        using var limit = new CancellationTokenSource(left, clock);
        try
        {
            part.Wait(limit.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private static bool Fits(string text, string typed) =>
        NamePattern.HasWildcard(typed) ? NamePattern.Matches(typed.EndsWith('*') ? typed : typed + "*", text) : text.StartsWith(typed, StringComparison.OrdinalIgnoreCase);

    private sealed class Search
    {
        public Search(ICompletionSource source, CompletionScope scope, TimeProvider clock)
        {
            Begun = clock.GetTimestamp();
            Parts =
            [
                Task.Run(() => Quiet(() => Task.FromResult(source.Offline(scope)))),
                Task.Run(() => Quiet(async () =>
                {
                    using var limit = new CancellationTokenSource(LiveLimit, clock);
                    return await source.LiveAsync(scope, limit.Token);
                })),
            ];
        }

        public long Begun { get; }

        public IReadOnlyList<Task<IReadOnlyList<CompletionWord>>> Parts { get; }

        // Whoever presses Tab did not ask for anything that could fail; the command itself says what is wrong.
        private static async Task<IReadOnlyList<CompletionWord>> Quiet(Func<Task<IReadOnlyList<CompletionWord>>> find)
        {
            try
            {
                return await find();
            }
            catch (Exception)
            {
                return [];
            }
        }
    }
}
