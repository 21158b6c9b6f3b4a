using System.ComponentModel;
using System.Globalization;
using System.Text.RegularExpressions;
using Cumulus.Engine.Processes;

namespace Cumulus.Engine.Templates;

/// <summary>Asks cfn-lint (https://github.com/aws-cloudformation/cfn-lint) about a template, where it is installed.</summary>
/// <param name="program">The program to run; the default is looked for in the PATH.</param>
public sealed partial class TemplateLinter(ProcessRunner runner, string program = "cfn-lint")
{
    private static readonly TimeSpan TimeLimit = TimeSpan.FromMinutes(2);

    /// <summary>What it found; null when it is not installed.</summary>
    /// <param name="path">Full path of the template.</param>
    /// <param name="region">AWS region code to lint for; null: its own choice.</param>
    /// <exception cref="CumulusException"><see cref="ErrorIds.OperationTimedOut"/>, <see cref="ErrorIds.TemplateInvalid"/>: it ended without an answer.</exception>
    public async Task<IReadOnlyList<TemplateProblem>?> LintAsync(string path, string? region, CancellationToken cancellationToken)
    {
        var found = new List<TemplateProblem>();
        var other = new List<string>();
        ProcessResult result;
        try
        {
            result = await runner.RunAsync(
                new ProcessRequest
                {
                    FileName = program,
                    Arguments = ["--format", "parseable", .. region is null ? [] : new[] { "--regions", region }, "--template", path],
                    WorkingDirectory = Path.GetDirectoryName(path)!,
                    TimeLimit = TimeLimit,
                    OnLine = line =>
                    {
                        if (Read(line) is { } problem) found.Add(problem);
                        else other.Add(line);
                    },
                },
                cancellationToken);
        }
        catch (Win32Exception)
        {
            return null;
        }

        if (result.TimedOut) throw new CumulusException(ErrorIds.OperationTimedOut, FailureKind.Timeout, $"{program} {result.Describe(TimeLimit)}.") { Target = path };
        if (result.Succeeded || found.Count > 0) return found;
        throw new CumulusException(ErrorIds.TemplateInvalid, FailureKind.OperationFailed, $"{program} {result.Describe(TimeLimit)}")
        { Target = path, Advice = "Run it by hand, or leave it out with -SkipLint." };
    }

    /// <summary>A line of its form <c>parseable</c>: file, place, end, rule, message, with colons between; null for any other line.</summary>
    internal static TemplateProblem? Read(string line)
    {
        Match match = Finding().Match(line);
        if (!match.Success) return null;
        string rule = match.Groups["rule"].Value;
        return new TemplateProblem
        {
            Severity = rule[0] switch { 'E' => TemplateProblem.Error, 'W' => TemplateProblem.Warning, _ => TemplateProblem.Information },
            Source = "cfn-lint",
            Rule = rule,
            File = match.Groups["file"].Value,
            Line = int.Parse(match.Groups["line"].Value, CultureInfo.InvariantCulture),
            Column = int.Parse(match.Groups["column"].Value, CultureInfo.InvariantCulture),
            Message = match.Groups["message"].Value.Trim(),
        };
    }

    [GeneratedRegex(@"\A(?<file>.+):(?<line>\d{1,9}):(?<column>\d{1,9}):\d+:\d+:(?<rule>[EWI]\d+):(?<message>.*)\z", RegexOptions.CultureInvariant)]
    private static partial Regex Finding();
}
