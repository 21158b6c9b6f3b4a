using Cumulus.Engine.Aws;
using Cumulus.Engine.Configuration;
using Cumulus.Engine.Environments;

namespace Cumulus.Engine.Templates;

/// <summary>
/// Tests the templates of an environment: what the configuration gives against what they declare, by cfn-lint, and by the service. The first needs no call for
/// templates of this machine.
/// </summary>
/// <param name="linter">Null: no linting.</param>
/// <param name="online">Null: the service is not asked.</param>
public sealed class StackTemplateTester(EnvironmentSelection selection, TemplateDestination destination, TemplateReading reading, TemplateLinter? linter, OnlineValidation? online)
{
    /// <summary>Names that a deployment gives by itself to templates that declare them.</summary>
    private static readonly string[] Automatic = [StackParameters.Bucket, StackParameters.Environment, StackParameters.Version, "CumulusBundleDigest"];

    private readonly Dictionary<string, ReadTemplate> _read = [];

    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    /// <exception cref="CumulusException">As <see cref="TemplateLinter.LintAsync"/> and the failures of <see cref="IStackService"/>, but for templates that are missing or wrong: those are results.</exception>
    public async Task<StackTemplateTest> TestAsync(SelectedStack stack, CancellationToken cancellationToken)
    {
        var problems = new List<TemplateProblem>();
        var checkedBy = new List<string>();
        ReadTemplate template = await ReadAsync(stack.Definition, cancellationToken);
        if (template.Problem is not null) problems.Add(template.Problem);
        if (template.Document is { } document)
        {
            checkedBy.Add("parameters");
            problems.AddRange(ParameterCheck.Check(stack.Definition, document.Parameters, Automatic).Select(p => Of(p, stack.Definition, document)));
            problems.AddRange(await OutputsAsync(stack.Definition, cancellationToken));
        }

        if (linter is not null && template.IsLocal && await linter.LintAsync(stack.Definition.Template, destination.Region, cancellationToken) is { } found)
        {
            checkedBy.Add("cfn-lint");
            problems.AddRange(found);
        }

        if (online is not null && template.Problem is null)
        {
            checkedBy.Add("CloudFormation");
            if (await online.ValidateAsync(stack.Definition, destination, cancellationToken) is { } refusal) problems.Add(refusal);
        }

        return new StackTemplateTest
        {
            Environment = selection.Name,
            Stack = stack.Name,
            StackName = stack.FullName,
            Template = stack.Definition.Template,
            CheckedBy = checkedBy,
            Problems = [.. problems.OrderBy(p => Array.IndexOf([TemplateProblem.Error, TemplateProblem.Warning, TemplateProblem.Information], p.Severity)).ThenBy(p => p.File, StringComparer.Ordinal).ThenBy(p => p.Line)],
        };
    }

    /// <summary>The failure of a command after a test that found errors.</summary>
    public static CumulusException Failure(StackTemplateTest test)
    {
        TemplateProblem[] errors = [.. test.Problems.Where(p => p.Severity == TemplateProblem.Error)];
        return new CumulusException(
            ErrorIds.TemplateInvalid,
            FailureKind.InvalidInput,
            $"The template of stack '{test.Stack}' in environment '{test.Environment}' has {(errors.Length == 1 ? "a problem" : $"{errors.Length} problems")}: {errors[0]}{(errors.Length > 1 ? " (and others)" : "")}")
        { Target = test.Stack, Advice = "All of them are in the object that the command has written, in 'Problems'." };
    }

    private async Task<ReadTemplate> ReadAsync(StackDefinition stack, CancellationToken cancellationToken)
    {
        if (_read.TryGetValue(stack.Name, out ReadTemplate? known)) return known;
        return _read[stack.Name] = await reading.ReadAsync(stack, destination, cancellationToken);
    }

    // Outputs of a template that a macro rewrites are known to the service alone.
    private async Task<IReadOnlyList<TemplateProblem>> OutputsAsync(StackDefinition stack, CancellationToken cancellationToken)
    {
        var problems = new List<TemplateProblem>();
        foreach ((string parameter, LinkedValue value) in stack.LinkedParameters)
        {
            foreach (OutputReference reference in value.References)
            {
                SelectedStack? other = selection.Environment.Stacks.Contains(reference.Stack) ? selection.Stacks([reference.Stack])[0] : null;
                TemplateDocument? document = other is null ? null : (await ReadAsync(other.Definition, cancellationToken)).Document;
                if (other is not null && (document is null || document.HasTransform || document.Outputs.Contains(reference.Output))) continue;
                string? near = document is null ? NearestName.Of(reference.Stack, selection.Environment.Stacks) : NearestName.Of(reference.Output, document.Outputs);
                string missing = document is null ? $"The environment '{selection.Name}' has no stack '{reference.Stack}'." : $"The template of stack '{reference.Stack}' has no output '{reference.Output}'.";
                problems.Add(new TemplateProblem
                {
                    Severity = TemplateProblem.Error,
                    Source = "parameters",
                    File = stack.SourceFile,
                    Rule = parameter,
                    Message = missing + ProblemCollector.DidYouMean(near),
                    Suggestion = near,
                });
            }
        }

        return problems;
    }

    private static TemplateProblem Of(ParameterProblem problem, StackDefinition stack, TemplateDocument document)
    {
        DeclaredParameter? declared = document.Parameters.FirstOrDefault(p => p.Name == problem.Parameter);
        bool isGiven = stack.Parameters.Any(p => p.Key == problem.Parameter) || stack.LinkedParameters.Any(p => p.Key == problem.Parameter);
        return new TemplateProblem
        {
            Severity = TemplateProblem.Error,
            Source = "parameters",
            File = isGiven ? stack.SourceFile : stack.Template,
            Line = isGiven ? 0 : declared?.Line ?? 0,
            Rule = problem.Parameter,
            Message = problem.Message,
            Suggestion = problem.Suggestion,
        };
    }
}
