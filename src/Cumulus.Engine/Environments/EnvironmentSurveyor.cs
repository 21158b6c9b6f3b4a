using Cumulus.Engine.Aws;
using Cumulus.Engine.Configuration;

namespace Cumulus.Engine.Environments;

/// <summary>Finds out all that a plan needs. Changes nothing.</summary>
public sealed class EnvironmentSurveyor(IStackService stacks)
{
    /// <summary>Reads and validates all templates before the first call about a stack is made.</summary>
    /// <exception cref="CumulusException"><see cref="ErrorIds.TemplateNotFound"/>, <see cref="ErrorIds.TemplateInvalid"/>, and the failures of <see cref="IStackService"/>.</exception>
    public async Task<IReadOnlyList<StackSurvey>> SurveyAsync(
        EnvironmentDefinition environment,
        IReadOnlyList<StackDefinition> selected,
        CancellationToken cancellationToken)
    {
        var templates = new List<StackTemplate>();
        foreach (StackDefinition stack in selected)
        {
            templates.Add(await StackTemplate.ReadAsync(stack, cancellationToken));
        }

        var declared = new Dictionary<TemplateSource, IReadOnlyList<TemplateParameter>>();
        foreach (StackTemplate template in templates.DistinctBy(t => t.Source))
        {
            declared[template.Source] = await ValidateAsync(template, cancellationToken);
        }

        var surveys = new List<StackSurvey>();
        foreach (StackTemplate template in templates)
        {
            StackDescription? current = await stacks.FindAsync(environment.FullStackName(template.Stack.Name), cancellationToken);
            bool comparable = current is not null && template.Source.Body is not null;
            string? body = comparable ? await stacks.TemplateBodyAsync(current!.Id, cancellationToken) : null;
            surveys.Add(new StackSurvey(template, declared[template.Source], current, body));
        }

        return surveys;
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
