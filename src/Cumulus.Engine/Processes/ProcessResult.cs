namespace Cumulus.Engine.Processes;

/// <summary>How a program ended.</summary>
/// <param name="ExitCode">Null when the time limit ended it.</param>
/// <param name="LastLines">The last lines of both streams, oldest first, at most <see cref="ProcessRunner.LinesKept"/>.</param>
public sealed record ProcessResult(int? ExitCode, IReadOnlyList<string> LastLines)
{
    public bool TimedOut => ExitCode is null;

    public bool Succeeded => ExitCode == 0;

    /// <summary>The end as half a sentence, such as <c>ended with exit code 3. Its last lines: no such file</c>, without what looks like a secret: it goes into errors.</summary>
    public string Describe(TimeSpan timeLimit)
    {
        string end = TimedOut ? $"did not end within {timeLimit.TotalSeconds:0} s and was stopped" : $"ended with exit code {ExitCode}";
        return LastLines.Count == 0 ? $"{end} and wrote nothing" : $"{end}. Its last lines: {string.Join(" | ", LastLines.Select(SecretRedaction.For(null).Clean))}";
    }
}
