namespace Cumulus.LocalCloud.CloudFormation.Stacks;

internal enum Outcome
{
    Done,
    Failed,

    /// <summary>Something that had to come first has failed, or all was stopped.</summary>
    NotRun,
}

/// <summary>Works on many things at once, each after those it depends on.</summary>
internal static class DependencyRun
{
    /// <param name="after">What must be done before this one; no cycles.</param>
    /// <param name="work">False when it failed.</param>
    /// <param name="stop">Stops what has not begun and is handed to what has; null: one failure holds up only what depends on it.</param>
    public static async Task<IReadOnlyDictionary<string, Outcome>> RunAsync(
        IReadOnlyList<string> names, Func<string, IEnumerable<string>> after, Func<string, Task<bool>> work, CancellationTokenSource? stop)
    {
        var all = names.ToHashSet();
        var tasks = new Dictionary<string, Task<Outcome>>();

        Task<Outcome> Start(string name)
        {
            if (!tasks.TryGetValue(name, out var task))
                tasks[name] = task = OneAsync(name, [.. after(name).Where(other => other != name && all.Contains(other)).Select(Start)]);
            return task;
        }

        async Task<Outcome> OneAsync(string name, Task<Outcome>[] before)
        {
            var outcomes = await Task.WhenAll(before);
            if (outcomes.Any(outcome => outcome != Outcome.Done) || stop?.IsCancellationRequested == true)
                return Outcome.NotRun;
            if (await work(name))
                return Outcome.Done;
            if (stop is not null)
                await stop.CancelAsync();
            return Outcome.Failed;
        }

        await Task.WhenAll([.. names.Select(Start)]);
        return tasks.ToDictionary(pair => pair.Key, pair => pair.Value.Result);
    }
}
