namespace Cumulus.Engine.Configuration;

/// <param name="Line">From 1; 0 for the whole file.</param>
/// <param name="Column">From 1; 0 when only the line is known.</param>
internal readonly record struct Place(string File, int Line, int Column = 0)
{
    public override string ToString() => Line > 0 ? $"{File}:{Line}" : File;
}

/// <summary>Gathers what is wrong while reading goes on. Messages never quote values that may be secrets.</summary>
internal sealed class ProblemCollector
{
    private readonly List<ConfigurationProblem> _errors = [];
    private readonly List<ConfigurationProblem> _warnings = [];

    /// <summary>By file and place; files in the order in which they first came up.</summary>
    public IReadOnlyList<ConfigurationProblem> Errors => InOrder(_errors);

    public IReadOnlyList<ConfigurationProblem> Warnings => InOrder(_warnings);

    public void Error(Place place, string? option, string message) => _errors.Add(Problem(place, option, message));

    public void Warn(Place place, string? option, string message) => _warnings.Add(Problem(place, option, message));

    /// <exception cref="ConfigurationException">When there is an error.</exception>
    public void ThrowIfAny(string errorId, string what)
    {
        if (_errors.Count > 0) throw new ConfigurationException(errorId, what, Errors);
    }

    /// <summary>The half sentence that names what was probably meant; empty when nothing is near.</summary>
    public static string DidYouMean(string typed, IEnumerable<string> known) =>
        NearestName.Of(typed, known) is { } near ? $" Did you mean '{near}'?" : "";

    private static ConfigurationProblem[] InOrder(List<ConfigurationProblem> problems)
    {
        string[] files = [.. problems.Select(p => p.File).Distinct()];
        return [.. problems.OrderBy(p => Array.IndexOf(files, p.File)).ThenBy(p => p.Line).ThenBy(p => p.Column)];
    }

    private static ConfigurationProblem Problem(Place place, string? option, string message) =>
        new(place.File, place.Line, option, message) { Column = place.Column };
}
