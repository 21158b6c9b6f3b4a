using Cumulus.Engine.Aws;

namespace Cumulus.Engine.Ghost.Rollouts;

/// <summary>Keeps Auto Scaling from launching and terminating instances in the middle: a new one would boot with what the manifest named before.</summary>
internal static class ProcessHold
{
    private static readonly string[] Processes = ["Launch", "Terminate"];

    /// <summary>Those that have to be suspended: not what an operator had suspended already, which is nobody's to resume (G-21).</summary>
    public static IReadOnlyList<string> Needed(ScalingGroup group) => [.. Processes.Except(group.Suspended)];

    /// <summary>Resumes what a journal says was suspended, in groups that there still are.</summary>
    public static async Task ResumeAsync(IApplicationFleet fleet, RolloutJournal journal, Action<string> log, CancellationToken cancellationToken)
    {
        foreach ((string name, IReadOnlyList<string> processes) in journal.Suspended)
        {
            if (processes.Count == 0 || await fleet.ScalingGroupAsync(name, cancellationToken) is not { } group) continue;
            string[] held = [.. processes.Intersect(group.Suspended)];
            if (held.Length == 0) continue;
            await fleet.ResumeAsync(name, held, cancellationToken);
            log($"{name}: {string.Join(" and ", held)} resumed.");
        }
    }
}
