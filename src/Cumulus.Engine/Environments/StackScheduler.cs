namespace Cumulus.Engine.Environments;

/// <summary>Runs work on stacks, each after those that it waits for, so many side by side as allowed. After a failure nothing new begins; what runs is seen to its end.</summary>
internal static class StackScheduler
{
    /// <param name="items">In an order in which each comes after those that it waits for.</param>
    /// <exception cref="CumulusException">The first failure, when everything that had begun has ended.</exception>
    public static async Task RunAsync<T>(
        IReadOnlyList<T> items,
        Func<T, string> name,
        Func<T, IReadOnlyList<string>> waitsFor,
        int maxParallel,
        Func<T, Task> work,
        CancellationToken cancellationToken)
    {
        var waiting = new List<T>(items);
        var open = new HashSet<string>(items.Select(name), StringComparer.Ordinal);
        var running = new List<(Task Task, T Item)>();
        Exception? first = null;
        while (true)
        {
            while (first is null && running.Count < maxParallel && !cancellationToken.IsCancellationRequested
                && waiting.FindIndex(i => !waitsFor(i).Any(open.Contains)) is >= 0 and var at)
            {
                T next = waiting[at];
                waiting.RemoveAt(at);
                running.Add((work(next), next));
            }

            if (running.Count == 0) break;

            // Work that was done at once shares one task: any of its items will do.
            Task ended = await Task.WhenAny(running.Select(r => r.Task));
            int place = running.FindIndex(r => r.Task == ended);
            T item = running[place].Item;
            running.RemoveAt(place);
            try
            {
                await ended;
                open.Remove(name(item));
            }
            catch (Exception e)
            {
                first ??= e;
            }
        }

        if (first is not null) System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(first);
        cancellationToken.ThrowIfCancellationRequested();
    }
}
