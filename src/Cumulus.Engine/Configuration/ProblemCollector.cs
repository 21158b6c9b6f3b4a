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

    /// <summary>Errors and warnings, in one order.</summary>
    public IReadOnlyList<ConfigurationProblem> All => InOrder([.. _errors, .. _warnings]);

    public int ErrorCount => _errors.Count;

    /// <param name="suggestion">The known name that was probably meant; the message names it too.</param>
    public void Error(Place place, string? option, string message, string? suggestion = null) => _errors.Add(Problem(place, option, message, suggestion) with { IsError = true });

    public void Warn(Place place, string? option, string message, string? suggestion = null) => _warnings.Add(Problem(place, option, message, suggestion));

    /// <exception cref="ConfigurationException">When there is an error.</exception>
    public void ThrowIfAny(string errorId, string what)
    {
        if (_errors.Count > 0) throw new ConfigurationException(errorId, what, Errors);
    }

    /// <summary>The half sentence that names what was probably meant; empty when nothing is near.</summary>
    public static string DidYouMean(string typed, IEnumerable<string> known) =>
        DidYouMean(NearestName.Of(typed, known));

    public static string DidYouMean(string? nearest) => nearest is null ? "" : $" Did you mean '{nearest}'?";

    // What stands in one place may be read for several environments.
    private static ConfigurationProblem[] InOrder(List<ConfigurationProblem> problems)
    {
        string[] files = [.. problems.Select(p => p.File).Distinct()];
        return [.. problems.Distinct().OrderBy(p => Array.IndexOf(files, p.File)).ThenBy(p => p.Line).ThenBy(p => p.Column)];
    }

    private static ConfigurationProblem Problem(Place place, string? option, string message, string? suggestion) =>
        new(place.File, place.Line, option, message) { Column = place.Column, Suggestion = suggestion };
}
