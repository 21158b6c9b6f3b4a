using Cumulus.Engine.Aws;
using Cumulus.Engine.Configuration;
using Cumulus.Engine.State;

namespace Cumulus.Engine.Environments;

/// <summary>Finds out all that a plan needs. Changes nothing.</summary>
/// <param name="state">Null: nothing is remembered of earlier deployments, and more has to be asked for.</param>
internal sealed class EnvironmentSurveyor(IStackService stacks, IStateStore? state, TemplateStock stock)
{
    // From so many stacks on, all of the region are listed by pages.
    private const int ListFrom = 9;

    private const int AtOnce = 8;

    /// <summary>Reads and validates all templates before the first call about a stack is made. Templates and files that have to be in the bucket go there, under the key of their content.</summary>
    /// <param name="selected">In declared order.</param>
    /// <exception cref="CumulusException"><see cref="ErrorIds.TemplateNotFound"/>, <see cref="ErrorIds.TemplateInvalid"/>, and the failures of <see cref="IStackService"/>.</exception>
    public async Task<PlanningInputs> SurveyAsync(
        EnvironmentDefinition environment,
        IReadOnlyList<StackDefinition> selected,
        DeploymentRecord? restore,
        string region,
        CancellationToken cancellationToken)
    {
        IReadOnlyList<StackTemplate> templates = await stock.ReadyAsync(selected, restore, cancellationToken);
        StackLedger ledger = await LedgerAsync(environment, cancellationToken);
        var declared = new Dictionary<TemplateSource, IReadOnlyList<TemplateParameter>>();
        foreach (StackTemplate template in templates.DistinctBy(t => t.Source))
        {
            declared[template.Source] = Known(ledger, template) ?? await ValidateAsync(template, cancellationToken);
        }

        string[] neighbours = [.. selected.SelectMany(s => s.LinkedParameters).SelectMany(l => l.Value.References).Select(r => r.Stack).Except(selected.Select(s => s.Name))];
        IReadOnlyDictionary<string, StackDescription?> current =
            await CurrentAsync([.. selected.Select(s => environment.FullStackName(s.Name)), .. neighbours.Select(environment.FullStackName)], cancellationToken);
        var surveys = new StackSurvey[templates.Count];
        var limit = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, templates.Count, limit, async (i, stop) =>
        {
            StackTemplate template = templates[i];
            StackDescription? now = current[environment.FullStackName(template.Stack.Name)];
            surveys[i] = new StackSurvey(template, declared[template.Source], now, await BodyAsync(template, now, ledger, stop))
            {
                Stored = restore?.Stacks.FirstOrDefault(s => s.Name == template.Stack.Name),
            };
        });
        return new PlanningInputs(region, surveys) { Neighbours = neighbours.ToDictionary(n => n, n => current[environment.FullStackName(n)]) };
    }

    private async Task<StackLedger> LedgerAsync(EnvironmentDefinition environment, CancellationToken cancellationToken) =>
        state is null ? new StackLedger() : await StackLedger.ReadAsync(state, environment.Name, cancellationToken);

    // A template that was deployed holds.
    private static IReadOnlyList<TemplateParameter>? Known(StackLedger ledger, StackTemplate template) =>
        template.Digest is { } digest && ledger.Stacks.GetValueOrDefault(template.Stack.Name) is { } entry && entry.Template == digest ? entry.Declared : null;

    private async Task<IReadOnlyDictionary<string, StackDescription?>> CurrentAsync(IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        var found = names.ToDictionary(n => n, _ => (StackDescription?)null, StringComparer.Ordinal);
        if (names.Count >= ListFrom && await TryListAsync(found, cancellationToken)) return found;
        foreach (string name in names) found[name] = await stacks.FindAsync(name, cancellationToken);
        return found;
    }

    // Who may only ask for stacks by name has to do so.
    private async Task<bool> TryListAsync(Dictionary<string, StackDescription?> found, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (StackDescription stack in stacks.ListAsync(cancellationToken))
            {
                if (found.ContainsKey(stack.Name)) found[stack.Name] = stack;
            }

            return true;
        }
        catch (CumulusException e) when (e.ErrorId == ErrorIds.AccessDenied)
        {
            return false;
        }
    }

    private async Task<string?> BodyAsync(StackTemplate template, StackDescription? now, StackLedger ledger, CancellationToken cancellationToken)
    {
        if (now is null || template.Digest is not { } digest) return null;
        if (ledger.Of(template.Stack.Name, now) is { } entry) return entry.Template == digest ? template.Text : "";
        return await stacks.TemplateBodyAsync(now.Id, cancellationToken);
    }

    private async Task<IReadOnlyList<TemplateParameter>> ValidateAsync(StackTemplate template, CancellationToken cancellationToken)
    {
        try
        {
            return await stacks.ValidateAsync(template.Source, cancellationToken);
        }
        catch (CumulusException e) when (e.ErrorId == ErrorIds.TemplateInvalid)
        {
            throw StackTemplate.Invalid(template.Stack, e.Message, e.Advice, e);
        }
    }
}
