using System.Security.Cryptography;
using System.Text;
using Cumulus.Engine.Aws;
using Cumulus.Engine.Bundles;
using Cumulus.Engine.Configuration;

namespace Cumulus.Engine.Environments;

/// <summary>What was found out about one stack before planning.</summary>
/// <param name="Declared">The template's parameters.</param>
/// <param name="Current">Null when there is no such stack.</param>
/// <param name="CurrentBody">The template that the stack was made of; null when there is none or it was not asked for.</param>
public sealed record StackSurvey(StackTemplate Template, IReadOnlyList<TemplateParameter> Declared, StackDescription? Current, string? CurrentBody)
{
    /// <summary>What a record tells of the stack, when that is to be deployed again.</summary>
    public DeployedStack? Stored { get; init; }
}

/// <summary>All that a plan is made of beside the request.</summary>
/// <param name="Region">AWS region code.</param>
/// <param name="Surveys">One for each stack to deploy, each after those that it waits for.</param>
public sealed record PlanningInputs(string Region, IReadOnlyList<StackSurvey> Surveys)
{
    /// <summary>By short name, the stacks that are not deployed now but whose outputs are taken; null for one that is not there.</summary>
    public IReadOnlyDictionary<string, StackDescription?> Neighbours { get; init; } = new Dictionary<string, StackDescription?>();

    /// <summary>Digests of the version's bundles by name.</summary>
    public IReadOnlyList<KeyValuePair<string, string?>> BundleDigests { get; init; } = [];
}

/// <summary>What the parameters of a stack are merged of.</summary>
internal sealed record StackInputs(
    EnvironmentRequest Request,
    EnvironmentDefinition Environment,
    IReadOnlyList<KeyValuePair<string, string?>> Automatic,
    IReadOnlyDictionary<string, string> Given,
    string Token);

/// <summary>Makes the plan of a deployment: data in, plan out, no call made.</summary>
public static class EnvironmentPlanner
{
    private static readonly string[] DefaultCapabilities = ["CAPABILITY_IAM"];

    private static readonly IReadOnlyDictionary<string, string> NoParameters = new Dictionary<string, string>();

    /// <exception cref="CumulusException">
    /// <see cref="ErrorIds.StackCycle"/>; <see cref="ErrorIds.StackOutputMissing"/>; <see cref="ErrorIds.VersionMissing"/>, <see cref="ErrorIds.BucketMissing"/> (a
    /// template asks for it and there is none, D-12); <see cref="ErrorIds.StackParameterMissing"/>, <see cref="ErrorIds.StackParameterInvalid"/>: all of all
    /// stacks in one error.
    /// </exception>
    public static EnvironmentPlan Plan(EnvironmentRequest request, PlanningInputs inputs)
    {
        EnvironmentDefinition environment = request.Configuration.Environment(request.Environment);
        StackDefinition[] definitions = [.. inputs.Surveys.Select(s => s.Template.Stack)];
        StackGraph graph = StackGraph.Of(environment.Name, definitions);
        Dictionary<string, int> declared = definitions.Select((s, i) => (s.Name, i)).ToDictionary(p => p.Name, p => p.i, StringComparer.Ordinal);
        string? version = request.EffectiveVersion;
        IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> given = StackParameters.ByShortName(environment, definitions, request.Parameters);
        KeyValuePair<string, string?>[] automatic =
        [
            new(StackParameters.Bucket, string.IsNullOrWhiteSpace(environment.Bucket) ? null : environment.Bucket),
            new(StackParameters.Environment, environment.Name),
            new(StackParameters.Version, version),
            new(StackParameters.Digest, Digest(inputs.BundleDigests)),
        ];

        var planned = new Dictionary<string, StackPlan>(StringComparer.Ordinal);
        var merged = new List<(StackSurvey Survey, MergedParameters Parameters)>();
        foreach (StackDefinition definition in graph.Order)
        {
            int place = declared[definition.Name];
            StackSurvey survey = inputs.Surveys[place];
            var stack = new StackInputs(request, environment, automatic, given.GetValueOrDefault(definition.Name, NoParameters), $"cumulus-{request.OperationId}-{place}");
            OutputReference[] links = survey.Stored is null ? [.. definition.LinkedParameters.Where(l => !stack.Given.ContainsKey(l.Key)).SelectMany(l => l.Value.References).Distinct()] : [];
            var known = new OutputTable(environment, definition, planned, inputs.Neighbours);
            (StackPlan plan, MergedParameters parameters) = PlanStack(survey, stack, known.Find);
            planned[definition.Name] = plan with
            {
                WaitsFor = graph.WaitsFor(definition.Name),
                Provisional = [.. links.Where(l => known.Find(l) is not null && known.MayChange(l))],
                Unknown = [.. links.Where(l => known.Find(l) is null)],
            };
            merged.Add((survey, parameters));
        }

        CheckParameters(environment, version, merged);
        return new EnvironmentPlan
        {
            Environment = environment.Name,
            Version = version,
            Region = inputs.Region,
            Stacks = [.. graph.Order.Select(d => planned[d.Name])],
        };
    }

    /// <summary>The plan of one stack, made again with the outputs of the stacks before it as they are now.</summary>
    /// <exception cref="CumulusException"><see cref="ErrorIds.StackOutputMissing"/></exception>
    public static StackPlan Settle(StackPlan plan, Func<OutputReference, string> output)
    {
        if (plan.IsSettled) return plan;
        (StackPlan settled, _) = PlanStack(plan.Survey!, plan.Inputs!, output);
        return settled with { WaitsFor = plan.WaitsFor };
    }

    /// <summary>One digest over those of all bundles; <c>none</c> when there are no bundles. Null when one of them tells none.</summary>
    internal static string? Digest(IReadOnlyList<KeyValuePair<string, string?>> bundles)
    {
        if (bundles.Count == 0) return "none";
        if (bundles.Any(b => b.Value is null)) return null;
        string lines = string.Concat(bundles.OrderBy(b => b.Key, StringComparer.Ordinal).Select(b => $"{b.Key} {b.Value}\n"));
        return $"sha256:{Hex.Of(SHA256.HashData(Encoding.UTF8.GetBytes(lines)))}";
    }

    private static (StackPlan Plan, MergedParameters Parameters) PlanStack(StackSurvey survey, StackInputs inputs, Func<OutputReference, string?> output)
    {
        (EnvironmentDefinition environment, StackDefinition stack) = (inputs.Environment, survey.Template.Stack);
        MergedParameters parameters = survey.Stored is { } stored
            ? new MergedParameters(stored.Parameters, [], [], [])
            : StackParameters.Merge(stack, survey.Declared, inputs.Automatic, inputs.Given, output);
        StackChange change = Change(survey, inputs, parameters);
        StackReadiness readiness = StackAdvisor.ForDeployment(survey.Current?.Status, environment.Name, stack.Name, change.DisableRollback);
        if (readiness.Action == StackAction.Update && !change.RevertDrift && StackComparison.IsSame(survey.Current!, survey.CurrentBody, survey.Template.Text, change, survey.Declared))
        {
            readiness = new StackReadiness(StackAction.Unchanged, "Template, parameters and tags are those that the stack has.");
        }

        var plan = new StackPlan
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
            Survey = survey,
            Inputs = inputs,
        };
        return (plan, parameters);
    }

    private static StackChange Change(StackSurvey survey, StackInputs inputs, MergedParameters parameters)
    {
        (EnvironmentRequest request, StackDefinition stack, DeployedStack? stored) = (inputs.Request, survey.Template.Stack, survey.Stored);
        bool keeps = request.DisableRollback ?? (request.OnFailure is null && stack.DisableRollback);
        StackFailureAction? onFailure = request.DisableRollback is null ? request.OnFailure ?? stack.OnFailure : request.OnFailure;
        string[] alarms = [.. stack.RollbackTriggers.Select(t => t.Arn).Concat(request.RollbackAlarmArns).Distinct()];
        return new StackChange(
            inputs.Environment.FullStackName(stack.Name),
            survey.Template.Source,
            parameters.Values,
            stored?.Tags ?? stack.Tags,
            stored?.Capabilities is { Count: > 0 } kept ? kept : stack.Capabilities.Count > 0 ? stack.Capabilities : DefaultCapabilities,
            keeps || onFailure == StackFailureAction.DoNothing,
            stack.TimeoutInMinutes,
            inputs.Token)
        {
            // A hidden value is nowhere on record: a stack that is there keeps the one that it has.
            KeptParameters = survey.Current is null ? [] : stored?.HiddenParameters ?? [],
            RoleArn = stack.ServiceRoleArn,
            NotificationArns = stack.NotificationArns.Count == 0 ? null : stack.NotificationArns,
            RollbackAlarmArns = alarms.Length == 0 ? null : alarms,
            MonitoringMinutes = request.BakeMinutes ?? stack.RollbackMonitoringMinutes,
            OnFailure = onFailure switch
            {
                StackFailureAction.Rollback => "ROLLBACK",
                StackFailureAction.DoNothing => "DO_NOTHING",
                // There is nothing to delete of an update.
                StackFailureAction.Delete when survey.Current is null or { Status: "REVIEW_IN_PROGRESS" or "ROLLBACK_COMPLETE" } => "DELETE",
                _ => null,
            },
            IsExpress = request.IsExpress,
            RevertDrift = request.RevertDrift && survey.Current is not null,
            ImportExisting = request.ImportExisting,
            HasNestedStacks = survey.Template.Text?.Contains(StackFailure.StackType, StringComparison.Ordinal) == true && !request.RevertDrift,
        };
    }

    private static void CheckParameters(
        EnvironmentDefinition environment,
        string? version,
        IReadOnlyList<(StackSurvey Survey, MergedParameters Parameters)> stacks)
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
