namespace Cumulus.Engine.Bundles;

/// <summary>Work on many items side by side whose results are wanted in the items' order.</summary>
internal static class OrderedWork
{
    /// <param name="items">Enumerated by the caller's own thread, one by one, as there is room.</param>
    /// <param name="ahead">How many items may be in work or wait for their turn: this bounds the memory.</param>
    /// <param name="work">On a thread of the pool.</param>
    /// <param name="take">In order, one at a time, while other items are in work.</param>
    /// <exception cref="OperationCanceledException">Once all work that had begun has ended.</exception>
    public static async Task RunAsync<TItem, TResult>(IEnumerable<TItem> items, int ahead, Func<TItem, TResult> work, Action<TResult> take, CancellationToken cancellationToken)
    {
        var inWork = new Queue<Task<TResult>>(ahead);
        try
        {
            foreach (TItem item in items)
            {
                cancellationToken.ThrowIfCancellationRequested();
                while (inWork.Count >= ahead || (inWork.Count > 0 && inWork.Peek().IsCompleted)) take(await inWork.Dequeue());
                inWork.Enqueue(Task.Run(() => work(item), CancellationToken.None));
            }

            while (inWork.Count > 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
                take(await inWork.Dequeue());
            }
        }
        finally
        {
            // What failed first is on its way out already; files and buffers are free once the rest has ended.
            foreach (Task task in inWork) await task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
