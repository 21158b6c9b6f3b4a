namespace Cumulus.Engine.Environments;

/// <summary>Finds the deployment to go back to. Pure.</summary>
public static class RollbackTarget
{
    /// <param name="records">Of one environment, in any order.</param>
    /// <param name="id">The whole id, its beginning, or the beginning of its last part; null: the last good state before what is there now.</param>
    /// <exception cref="CumulusException"><see cref="ErrorIds.DeploymentNotFound"/>, <see cref="ErrorIds.RollbackImpossible"/>.</exception>
    public static DeploymentRecord Of(string environment, IReadOnlyList<DeploymentRecord> records, string? id)
    {
        DeploymentRecord[] newestFirst = [.. records.OrderByDescending(r => r.StartedAt)];
        DeploymentRecord target = id is null ? LastGood(environment, newestFirst) : Named(environment, newestFirst, id);
        if (target.Stacks.Count > 0 && target.Stacks.All(s => s.TemplateDigest is not null)) return target;
        throw new CumulusException(ErrorIds.RollbackImpossible, FailureKind.NotFound, $"Deployment {target.Id} does not tell the templates of its stacks: an earlier version of Cumulus made it. Nothing was changed.")
        {
            Target = target.Id,
            Advice = "Deploy its version with the configuration that it had: Deploy-Environment -Version.",
        };
    }

    /// <summary>The stacks as the last good deployments before a time left them, as one record; null when there is none of any of them.</summary>
    public static DeploymentRecord? LastGoodOf(IReadOnlyList<DeploymentRecord> records, IReadOnlyCollection<string> stacks, DateTimeOffset before)
    {
        DeploymentRecord[] good = [.. records.Where(r => r.Outcome == DeploymentOutcome.Succeeded && r.StartedAt < before).OrderByDescending(r => r.StartedAt)];
        DeployedStack[] found = [.. stacks.Select(name => good.SelectMany(r => r.Stacks).FirstOrDefault(s => s.Name == name && s.TemplateDigest is not null)).OfType<DeployedStack>()];
        return found.Length == 0 ? null : good[0] with { Stacks = found };
    }

    /// <summary>Those that an id stands for.</summary>
    public static IReadOnlyList<DeploymentRecord> Matching(IReadOnlyList<DeploymentRecord> records, string id) =>
        [.. records.Where(r => r.Id == id || r.ShortId.StartsWith(id, StringComparison.OrdinalIgnoreCase) || r.Id.StartsWith(id, StringComparison.OrdinalIgnoreCase))];

    private static DeploymentRecord Named(string environment, DeploymentRecord[] records, string id)
    {
        IReadOnlyList<DeploymentRecord> found = Matching(records, id);
        if (found.Count != 1)
        {
            throw new CumulusException(ErrorIds.DeploymentNotFound, FailureKind.NotFound, found.Count == 0
                ? $"Environment '{environment}' has no deployment '{id}'."
                : $"'{id}' stands for {found.Count} deployments of environment '{environment}': {string.Join(", ", found.Select(r => r.Id))}.")
            { Target = id, Advice = $"See them with Get-EnvironmentDeployment {environment}." };
        }

        if (found[0].Outcome == DeploymentOutcome.Succeeded) return found[0];
        throw new CumulusException(ErrorIds.RollbackImpossible, FailureKind.Conflict, $"Deployment {found[0].Id} did not succeed ({found[0].Outcome.ToString().ToLowerInvariant()}), so there is no state of it to go back to.")
        { Target = id, Advice = $"Name one that succeeded: Get-EnvironmentDeployment {environment} -Outcome Succeeded." };
    }

    // After a failure the state before it; after a success the one before that, so that a rollback can be rolled back.
    private static DeploymentRecord LastGood(string environment, DeploymentRecord[] newestFirst)
    {
        DeploymentRecord[] good = [.. newestFirst.Where(r => r.Outcome == DeploymentOutcome.Succeeded)];
        bool failedSince = newestFirst.Length > 0 && newestFirst[0].Outcome != DeploymentOutcome.Succeeded;
        DeploymentRecord? target = failedSince ? good.FirstOrDefault() : good.Skip(1).FirstOrDefault(r => !IsSameState(r, good[0]));
        return target ?? throw new CumulusException(ErrorIds.DeploymentNotFound, FailureKind.NotFound, $"Environment '{environment}' has no earlier good deployment to go back to.")
        { Target = environment, Advice = $"See what there is with Get-EnvironmentDeployment {environment}." };
    }

    private static bool IsSameState(DeploymentRecord a, DeploymentRecord b) =>
        a.Version == b.Version
        && a.Stacks.Count == b.Stacks.Count
        && a.Stacks.Zip(b.Stacks).All(p => p.First.Name == p.Second.Name && p.First.TemplateDigest == p.Second.TemplateDigest
            && p.First.Parameters.SequenceEqual(p.Second.Parameters) && p.First.Tags.SequenceEqual(p.Second.Tags));
}
