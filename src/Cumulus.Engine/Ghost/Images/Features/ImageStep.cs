namespace Cumulus.Engine.Ghost;

/// <summary>One command on the build instance.</summary>
/// <param name="Title">For the log.</param>
/// <param name="Lines">Of a shell script, or of PowerShell on Windows; every value is quoted.</param>
public sealed record ImageStep(string Title, IReadOnlyList<string> Lines)
{
    public TimeSpan TimeLimit { get; init; } = TimeSpan.FromMinutes(60);
}
