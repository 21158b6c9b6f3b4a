using System.Diagnostics;
using Cumulus.Engine.Ghost.Rollouts;

namespace Cumulus.Benchmarks;

/// <summary>How long a roll-out over a large fleet takes to plan.</summary>
internal static class PlanFigure
{
    private const int Hosts = 10_000;

    private const int ScalingGroups = 12;

    private const int Rounds = 20;

    public static void Run(TextWriter output)
    {
        RolloutHost[] hosts = [.. Enumerable.Range(0, Hosts).Select(i => new RolloutHost { InstanceId = $"i-{i:x17}", ScalingGroup = $"group-{i % ScalingGroups}", Zone = $"eu-west-1{(char)('a' + (i % 3))}", IsManaged = true, IsInService = true })];
        double best = double.MaxValue;
        for (int round = 0; round < Rounds; round++)
        {
            long started = Stopwatch.GetTimestamp();
            RolloutPlanner.Plan(hosts, RolloutStrategy.Parse("5%"), behindBalancer: true, CapacityFloor.Parse("90%"));
            best = Math.Min(best, Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }

        output.WriteLine($"\nPlan of a roll-out: {Hosts:N0} hosts in {ScalingGroups} groups, best of {Rounds}: {best:0.0} ms");
    }
}
