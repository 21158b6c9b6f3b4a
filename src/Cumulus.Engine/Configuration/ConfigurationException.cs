namespace Cumulus.Engine.Configuration;

/// <summary>A file that could be read but not understood, with all that is wrong with it, so that one round of corrections is enough.</summary>
public sealed class ConfigurationException(string errorId, string what, IReadOnlyList<ConfigurationProblem> problems)
    : CumulusException(errorId, FailureKind.InvalidInput, Describe(what, problems))
{
    public IReadOnlyList<ConfigurationProblem> Problems { get; } = problems;

    private static string Describe(string what, IReadOnlyList<ConfigurationProblem> problems) =>
        problems.Count == 1
            ? $"The {what} is not valid: {problems[0]}"
            : $"The {what} has {problems.Count} problems:{string.Concat(problems.Select(p => $"\n  {p}"))}";
}
