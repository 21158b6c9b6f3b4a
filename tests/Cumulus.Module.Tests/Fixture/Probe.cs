using System.Collections.Concurrent;

namespace Cumulus.Fixture;

/// <summary>What a test and a running fixture cmdlet share: what happened, and when it may go on.</summary>
public sealed class Probe
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    public ConcurrentQueue<string> Steps { get; } = [];

    public ManualResetEventSlim Started { get; } = new();

    public ManualResetEventSlim MayCleanUp { get; } = new(initialState: true);

    public bool WaitForStart() => Started.Wait(Limit);

    public bool WaitForCleanUp() => MayCleanUp.Wait(Limit);
}
