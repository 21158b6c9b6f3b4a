using Cumulus.Engine.Aws;
using Cumulus.Engine.Configuration;

namespace Cumulus.Engine.Environments;

/// <summary>What was found out about one stack before planning.</summary>
/// <param name="Declared">The template's parameters.</param>
/// <param name="Current">Null when there is no such stack.</param>
/// <param name="CurrentBody">The template that the stack was made of; null when there is none or it was not asked for.</param>
public sealed record StackSurvey(StackTemplate Template, IReadOnlyList<TemplateParameter> Declared, StackDescription? Current, string? CurrentBody);

/// <summary>What is asked of a deployment.</summary>
public sealed record EnvironmentRequest
{
    public required CumulusConfiguration Configuration { get; init; }

    public required string Environment { get; init; }

    /// <summary>Null: the environment's own.</summary>
    public string? Version { get; init; }

    /// <summary>Short or full names; empty: all stacks of the environment.</summary>
    public IReadOnlyList<string> Stacks { get; init; } = [];

    /// <summary>By short or full stack name; each replaces what the configuration says (D-10).</summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> Parameters { get; init; } =
        new Dictionary<string, IReadOnlyDictionary<string, string>>();

    /// <summary>Limit of the whole deployment, hosts included. What runs in CloudFormation when it is reached goes on.</summary>
    public TimeSpan TimeLimit { get; init; } = TimeSpan.FromHours(2);

    /// <summary>Marks all that this deployment starts; letters and digits.</summary>
    public string OperationId { get; init; } = Guid.NewGuid().ToString("N");

    /// <summary>The version to deploy, null when there is none. An empty text is none (D-12).</summary>
    public string? EffectiveVersion
    {
        get
        {
            string? version = string.IsNullOrWhiteSpace(Version) ? Configuration.Environment(Environment).Version : Version;
            return string.IsNullOrWhiteSpace(version) ? null : version.Trim();
        }
    }
}

/// <summary>Makes the plan of a deployment: data in, plan out, no call made.</summary>
public static class EnvironmentPlanner
{
    private static readonly string[] DefaultCapabilities = ["CAPABILITY_IAM"];

    private static readonly IReadOnlyDictionary<string, string> NoParameters = new Dictionary<string, string>();

    /// <param name="region">AWS region code.</param>
    /// <param name="surveys">One for each stack to deploy, in the order of deploying.</param>
    /// <exception cref="CumulusException">
    /// <see cref="ErrorIds.VersionMissing"/>, <see cref="ErrorIds.BucketMissing"/> (a template asks for it and there is none, D-12);
    /// <see cref="ErrorIds.StackParameterMissing"/>, <see cref="ErrorIds.StackParameterInvalid"/>: all of all stacks in one error.
    /// </exception>
    public static EnvironmentPlan Plan(EnvironmentRequest request, string region, IReadOnlyList<StackSurvey> surveys)
    {
        EnvironmentDefinition environment = request.Configuration.Environment(request.Environment);
        string? version = request.EffectiveVersion;
        IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> given =
            StackParameters.ByShortName(environment, [.. surveys.Select(s => s.Template.Stack)], request.Parameters);
        KeyValuePair<string, string?>[] automatic =
        [
            new(StackParameters.Bucket, string.IsNullOrWhiteSpace(environment.Bucket) ? null : environment.Bucket),
            new(StackParameters.Environment, environment.Name),
            new(StackParameters.Version, version),
        ];

        (StackSurvey Survey, MergedParameters Parameters)[] merged =
        [
            .. surveys.Select(s => (s, StackParameters.Merge(s.Template.Stack, s.Declared, automatic, given.GetValueOrDefault(s.Template.Stack.Name, NoParameters)))),
        ];
        CheckParameters(environment, version, merged);

        return new EnvironmentPlan
        {
            Environment = environment.Name,
            Version = version,
            Region = region,
            Stacks = [.. merged.Select((m, i) => PlanStack(environment, m.Survey, m.Parameters, $"cumulus-{request.OperationId}-{i}"))],
        };
    }

    private static StackPlan PlanStack(EnvironmentDefinition environment, StackSurvey survey, MergedParameters parameters, string token)
    {
        StackDefinition stack = survey.Template.Stack;
        var change = new StackChange(
            environment.FullStackName(stack.Name),
            survey.Template.Source,
            parameters.Values,
            stack.Tags,
            stack.Capabilities.Count > 0 ? stack.Capabilities : DefaultCapabilities,
            stack.DisableRollback,
            stack.TimeoutInMinutes,
            token);
        StackReadiness readiness = StackAdvisor.ForDeployment(survey.Current?.Status, environment.Name, stack.Name, stack.DisableRollback);
        if (readiness.Action == StackAction.Update && StackComparison.IsSame(survey.Current!, survey.CurrentBody, change, survey.Declared))
        {
            readiness = new StackReadiness(StackAction.Unchanged, "Template, parameters and tags are those that the stack has.");
        }

        return new StackPlan
        {
            Environment = environment.Name,
            Name = stack.Name,
            StackName = change.StackName,
            Action = readiness.Action,
            Status = survey.Current?.Status ?? StackStatus.NotDeployed,
            Reason = readiness.Reason,
            Advice = readiness.Advice,
            Definition = stack,
            Change = change,
            Current = survey.Current,
            ResourceCount = survey.Template.ResourceCount,
        };
    }

    private static void CheckParameters(
        EnvironmentDefinition environment,
        string? version,
        (StackSurvey Survey, MergedParameters Parameters)[] stacks)
    {
        StackDefinition? Asks(string parameter) => stacks.FirstOrDefault(s => s.Parameters.Unset.Contains(parameter)).Survey?.Template.Stack;

        if (Asks(StackParameters.Version) is { } versioned)
        {
            throw VersionMissing(environment, $"The template of stack '{versioned.Name}' asks for one ({StackParameters.Version})");
        }

        if (Asks(StackParameters.Bucket) is { } stocked)
        {
            throw new CumulusException(
                ErrorIds.BucketMissing,
                FailureKind.InvalidInput,
                $"Environment '{environment.Name}' has no bucket, and the template of stack '{stocked.Name}' asks for one ({StackParameters.Bucket}).")
            { Target = environment.Name, Advice = $"Set 'bucket' of environment '{environment.Name}' in {environment.SourceFile}." };
        }

        if (version is null && stacks.FirstOrDefault(s => s.Survey.Template.Stack.UpdateHosts).Survey?.Template.Stack is { } hosted)
        {
            throw VersionMissing(environment, $"The hosts of stack '{hosted.Name}' are to install one (update-hosts)");
        }

        Refuse(
            ErrorIds.StackParameterInvalid,
            stacks.Where(s => s.Parameters.Unknown.Count > 0).Select(s => $"stack '{s.Survey.Template.Stack.Name}': {string.Join(", ", s.Parameters.Unknown)}"),
            "The template declares no such parameter",
            "Correct the name in the configuration or in -Parameter, or declare it in the template.");
        Refuse(
            ErrorIds.StackParameterMissing,
            stacks.Where(s => s.Parameters.Missing.Count > 0).Select(s => $"stack '{s.Survey.Template.Stack.Name}': {string.Join(", ", s.Parameters.Missing)}"),
            "The template asks for parameters that have no value",
            "Give them in the stack's 'parameters' or with -Parameter.");

        void Refuse(string errorId, IEnumerable<string> lines, string what, string advice)
        {
            string[] all = [.. lines];
            if (all.Length > 0)
            {
                throw new CumulusException(errorId, FailureKind.InvalidInput, $"{what}. {Capital(string.Join("; ", all))}. Nothing was changed.")
                { Target = environment.Name, Advice = advice };
            }
        }
    }

    private static string Capital(string text) => char.ToUpperInvariant(text[0]) + text[1..];

    private static CumulusException VersionMissing(EnvironmentDefinition environment, string why) =>
        new(ErrorIds.VersionMissing, FailureKind.InvalidInput, $"No version is given for environment '{environment.Name}'. {why}.")
        { Target = environment.Name, Advice = $"Give -Version, or set 'version' of environment '{environment.Name}' in {environment.SourceFile}." };
}
