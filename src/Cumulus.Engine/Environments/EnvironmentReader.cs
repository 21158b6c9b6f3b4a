using Cumulus.Engine.Aws;
using Cumulus.Engine.Configuration;

namespace Cumulus.Engine.Environments;

/// <summary>One stack of an environment as it is in the account.</summary>
public sealed record EnvironmentStack
{
    public required string Environment { get; init; }

    /// <summary>Short name, as the configuration has it.</summary>
    public required string Name { get; init; }

    /// <summary>CloudFormation's name.</summary>
    public required string StackName { get; init; }

    /// <summary>Null when there is no such stack.</summary>
    public string? StackId { get; init; }

    /// <summary>CloudFormation's status, or <see cref="StackStatus.NotDeployed"/>.</summary>
    public required string Status { get; init; }

    public string? StatusReason { get; init; }

    public DateTimeOffset? CreatedAt { get; init; }

    public DateTimeOffset? UpdatedAt { get; init; }

    /// <summary>The last of the two.</summary>
    public DateTimeOffset? ChangedAt => UpdatedAt ?? CreatedAt;

    /// <summary>What the stack has as its <c>CumulusVersion</c> parameter; null when it has none.</summary>
    public string? Version { get; init; }

    /// <summary>AWS region code.</summary>
    public required string Region { get; init; }

    public IReadOnlyList<KeyValuePair<string, string>> Outputs { get; init; } = [];

    public IReadOnlyList<KeyValuePair<string, string>> Tags { get; init; } = [];
}

/// <summary>One output of a stack.</summary>
public sealed record StackOutput(string Environment, string Name, string StackName, string Key, string Value, string Region);

/// <summary>Reads how an environment's stacks stand.</summary>
/// <param name="region">AWS region code that the service works in.</param>
public sealed class EnvironmentReader(IStackService stacks, string region)
{
    /// <summary>Each stack of the environment in declared order, looked up by its own name (D-06, D-08); one that is absent is there as such (D-07).</summary>
    /// <param name="names">Short or full names; empty: all.</param>
    /// <exception cref="CumulusException"><see cref="ErrorIds.EnvironmentNotFound"/>, <see cref="ErrorIds.StackNotConfigured"/>, and the failures of <see cref="IStackService"/>.</exception>
    public async Task<IReadOnlyList<EnvironmentStack>> StacksAsync(
        CumulusConfiguration configuration,
        string environmentName,
        IReadOnlyList<string> names,
        CancellationToken cancellationToken)
    {
        EnvironmentDefinition environment = configuration.Environment(environmentName);
        var result = new List<EnvironmentStack>();
        foreach (StackDefinition stack in StackNames.Select(configuration, environmentName, names))
        {
            string fullName = environment.FullStackName(stack.Name);
            result.Add(Record(environment.Name, stack.Name, fullName, await stacks.FindAsync(fullName, cancellationToken)));
        }

        return result;
    }

    /// <summary>The outputs of the stacks, in declared order. A stack that is absent has none; when it was asked for by name, that is an error.</summary>
    /// <exception cref="CumulusException"><see cref="ErrorIds.StackNotFound"/>, and as <see cref="StacksAsync"/>.</exception>
    public async Task<IReadOnlyList<StackOutput>> OutputsAsync(
        CumulusConfiguration configuration,
        string environmentName,
        IReadOnlyList<string> names,
        CancellationToken cancellationToken)
    {
        IReadOnlyList<EnvironmentStack> found = await StacksAsync(configuration, environmentName, names, cancellationToken);
        if (names.Count > 0 && found.FirstOrDefault(s => s.StackId is null) is { } absent)
        {
            throw new CumulusException(ErrorIds.StackNotFound, FailureKind.NotFound, $"Stack '{absent.StackName}' is not deployed in {region}.")
            { Target = absent.StackName, Advice = $"Deploy it with Deploy-Environment {environmentName} -Stack {absent.Name}." };
        }

        return [.. found.SelectMany(s => s.Outputs.Select(o => new StackOutput(s.Environment, s.Name, s.StackName, o.Key, o.Value, region)))];
    }

    private EnvironmentStack Record(string environment, string name, string fullName, StackDescription? stack) => new()
    {
        Environment = environment,
        Name = name,
        StackName = fullName,
        StackId = stack?.Id,
        Status = stack?.Status ?? StackStatus.NotDeployed,
        StatusReason = stack?.StatusReason,
        CreatedAt = stack?.CreatedAt,
        UpdatedAt = stack?.UpdatedAt,
        Version = stack?.Parameters.Where(p => p.Key == StackParameters.Version).Select(p => p.Value).FirstOrDefault(),
        Region = region,
        Outputs = stack?.Outputs ?? [],
        Tags = stack?.Tags ?? [],
    };
}
