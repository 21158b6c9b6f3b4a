namespace Cumulus.Engine.Configuration;

/// <param name="Sources">The files that were read, in the order of reading.</param>
/// <param name="Problems">Errors and warnings, by file and place.</param>
public sealed record ConfigurationReport(IReadOnlyList<string> Sources, IReadOnlyList<ConfigurationProblem> Problems)
{
    public bool IsValid => Problems.All(p => !p.IsError);
}
