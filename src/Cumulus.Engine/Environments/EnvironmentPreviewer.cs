using Cumulus.Engine.Aws;
using Cumulus.Engine.Bundles;

namespace Cumulus.Engine.Environments;

/// <summary>Shows what a plan would do, by real change sets that it takes away again.</summary>
internal sealed class EnvironmentPreviewer(IStackService stacks, IObjectStore bundles, IDeploymentObserver observer)
{
    private const int AtOnce = 8;

    private const int MaxDepth = 8;

    private readonly ChangeSetMaker _maker = new(stacks, observer);

    /// <param name="keep">The change sets stay, for a deployment that follows.</param>
    /// <exception cref="CumulusException">As <see cref="ChangeSetMaker.MakeAsync"/>; by then all that was made is taken away.</exception>
    public async Task<IReadOnlyList<PlannedChange>> PreviewAsync(EnvironmentPlan plan, string? bucket, bool keep, WaitLimit limit, CancellationToken cancellationToken)
    {
        var changes = new IReadOnlyList<PlannedChange>[plan.Stacks.Count];
        var options = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, plan.Stacks.Count, options, async (i, stop) => changes[i] = await StackAsync(plan.Stacks[i], keep, limit, stop));
        return [.. changes.SelectMany(c => c), .. await BundlesAsync(plan, bucket, cancellationToken)];
    }

    private async Task<IReadOnlyList<PlannedChange>> StackAsync(StackPlan plan, bool keep, WaitLimit limit, CancellationToken cancellationToken)
    {
        switch (plan.Action)
        {
            case StackAction.Unchanged:
                return [PlannedChanges.OfStack(plan, plan.Action, "None", plan.IsSettled ? plan.Reason : "Nothing changes unless outputs that it takes do.")];
            case StackAction.Blocked:
                return [PlannedChanges.OfStack(plan, plan.Action, "Blocked", $"{plan.Status}: {plan.Reason} {plan.Advice}".TrimEnd())];
            case StackAction.Replace:
            case StackAction.Create or StackAction.Update when plan.Unknown.Count > 0:
                string why = plan.Unknown.Count > 0 ? $"Its change set can be made when {string.Join(", ", plan.Unknown.Select(u => $"{u.Stack}.{u.Output}"))} is known." : plan.Reason;
                return [PlannedChanges.OfStack(plan, plan.Action, plan.Action.ToString(), why), .. PlannedChanges.OfInputs(plan), .. PlannedChanges.OfTemplate(plan)];
            default:
                return await ChangeSetAsync(plan, keep, limit, cancellationToken);
        }
    }

    private async Task<IReadOnlyList<PlannedChange>> ChangeSetAsync(StackPlan plan, bool keep, WaitLimit limit, CancellationToken cancellationToken)
    {
        // Never the name that a deployment looks for: a preview must not take away what somebody is about to execute.
        string name = keep ? ChangeSetMaker.NameOf(plan) : $"cumulus-preview-{Guid.NewGuid():N}";
        StackChangeSet set = await _maker.MakeAsync(plan, name, limit, cancellationToken);
        if (set.IsEmpty) return [PlannedChanges.OfStack(plan, StackAction.Unchanged, "None", "CloudFormation finds nothing to change.")];
        try
        {
            PlannedChange[] inside = [.. PlannedChanges.OfInputs(plan), .. await ResourcesAsync(plan, plan.StackName, set, 0, cancellationToken)];
            return inside.Length > 0 ? inside : [PlannedChanges.OfStack(plan, plan.Action, plan.Action.ToString(), "Only outputs, metadata or settings of the stack change.")];
        }
        finally
        {
            if (!keep) await _maker.TakeAwayAsync(plan, new ChangeSetReference(set.Id, set.StackId), limit, CancellationToken.None);
        }
    }

    private async Task<IReadOnlyList<PlannedChange>> ResourcesAsync(StackPlan plan, string stackName, StackChangeSet set, int depth, CancellationToken cancellationToken)
    {
        var all = new List<PlannedChange>();
        foreach (ResourceChangeRecord change in set.Changes)
        {
            all.Add(PlannedChanges.OfResource(plan, stackName, change));
            if (change.NestedChangeSetId is { } nested && depth < MaxDepth && await stacks.ChangeSetAsync(nested, null, cancellationToken) is { } inner)
            {
                all.AddRange(await ResourcesAsync(plan, inner.StackName, inner, depth + 1, cancellationToken));
            }
        }

        return all;
    }

    // What the hosts get, against the version that the stacks have now.
    private async Task<IReadOnlyList<PlannedChange>> BundlesAsync(EnvironmentPlan plan, string? bucket, CancellationToken cancellationToken)
    {
        string? old = plan.Stacks.SelectMany(s => s.Current?.Parameters ?? []).Where(p => p.Key == StackParameters.Version).Select(p => p.Value).FirstOrDefault();
        if (plan.Version is not { } version || string.IsNullOrWhiteSpace(bucket) || old is null || old == version) return [];
        var result = new List<PlannedChange>();
        var reader = new ManifestReader(bundles);
        foreach (string name in plan.Bundles)
        {
            try
            {
                BundleManifest before = await reader.ReadAsync(BundleReference.InBucket(bucket, plan.Environment, old, name), cancellationToken);
                BundleManifest after = await reader.ReadAsync(BundleReference.InBucket(bucket, plan.Environment, version, name), cancellationToken);
                IReadOnlyList<BundleDifference> differences = BundleComparison.Compare(before, after);
                bool same = differences.All(d => d.Kind == DifferenceKind.Equal);
                result.Add(PlannedChanges.OfBundle(plan.Environment, name, same ? "None" : "Modify", $"{old} -> {version}: {Summary(differences)}"));
            }
            catch (CumulusException e) when (e.ErrorId == ErrorIds.BundleNotFound)
            {
                result.Add(PlannedChanges.OfBundle(plan.Environment, name, "Add", $"{version}; what {old} had is not known"));
            }
        }

        return result;
    }

    private static string Summary(IReadOnlyList<BundleDifference> differences)
    {
        (DifferenceKind Kind, string Sign)[] kinds = [(DifferenceKind.Added, "+"), (DifferenceKind.Changed, "~"), (DifferenceKind.Renamed, ">"), (DifferenceKind.Removed, "-")];
        string[] parts = [.. kinds.Select(k => (k.Sign, Count: differences.Count(d => d.Kind == k.Kind))).Where(k => k.Count > 0).Select(k => $"{k.Sign}{k.Count}")];
        return parts.Length == 0 ? "the same files" : $"{string.Join(' ', parts)} files";
    }
}
