using System.Globalization;

namespace Cumulus.Engine.Environments;

/// <summary>A version that an environment needs still.</summary>
/// <param name="Reason">As the rest of a sentence.</param>
public sealed record VersionInUse(string Environment, string Version, string Reason)
{
    /// <summary>
    /// The current version of the environment and of each of its stacks, as the last deployment that went well left it; the one before, to go back to;
    /// those of deployments since then that run, failed or were stopped; and what the stacks have.
    /// </summary>
    /// <param name="deployments">All of one environment that are known.</param>
    /// <param name="stacks">The environment's stacks as they are; empty when they are not known.</param>
    public static IReadOnlyList<VersionInUse> Of(string environment, IReadOnlyList<DeploymentRecord> deployments, IReadOnlyList<EnvironmentStack> stacks)
    {
        DeploymentRecord[] newestFirst = [.. deployments.Where(d => d.Version is not null).OrderByDescending(d => d.StartedAt)];
        DeploymentRecord[] good = [.. newestFirst.Where(d => d.Outcome == DeploymentOutcome.Succeeded)];
        var result = new List<VersionInUse>();
        DateTimeOffset since = Add("the environment", good);
        foreach (string stack in good.SelectMany(d => d.Stacks).Select(s => s.Name).Distinct()) Add($"stack '{stack}'", [.. good.Where(d => d.Stacks.Any(s => s.Name == stack))]);
        foreach (DeploymentRecord open in newestFirst.Where(d => d.Outcome != DeploymentOutcome.Succeeded && d.StartedAt > since))
        {
            string what = open.Outcome switch { DeploymentOutcome.Running => "has not ended", DeploymentOutcome.Failed => "failed", _ => "was stopped" };
            result.Add(new VersionInUse(environment, open.Version!, $"a deployment of it, begun {Time(open)}, {what}"));
        }

        result.AddRange(stacks.Where(s => s.Version is not null).Select(s => new VersionInUse(environment, s.Version!, $"stack '{s.StackName}' has it")));
        return result;

        DateTimeOffset Add(string whose, IReadOnlyList<DeploymentRecord> runs)
        {
            if (runs.Count == 0) return DateTimeOffset.MinValue;
            result.Add(new VersionInUse(environment, runs[0].Version!, $"{whose} was deployed with it last, {Time(runs[0])}"));
            if (runs.FirstOrDefault(d => d.Version != runs[0].Version) is not { } previous) return DateTimeOffset.MinValue;
            result.Add(new VersionInUse(environment, previous.Version!, $"{whose} was deployed with it before the current version, {Time(previous)}"));
            return previous.StartedAt;
        }
    }

    private static string Time(DeploymentRecord record) => record.StartedAt.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
}
