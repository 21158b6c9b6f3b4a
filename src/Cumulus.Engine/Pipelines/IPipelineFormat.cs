namespace Cumulus.Engine.Pipelines;

/// <summary>How one build service is told things: text in its log, and files that it reads. Pure: nothing is written here.</summary>
public interface IPipelineFormat
{
    /// <summary>Line that ends a group.</summary>
    string GroupEnd { get; }

    /// <summary>Line that begins a group of lines, which the service can fold.</summary>
    string Group(string title);

    /// <summary>Line that the service shows as an error of the step.</summary>
    string Error(PipelineIssue issue);

    /// <summary>Line that the service shows as a warning of the step.</summary>
    string Warning(PipelineIssue issue);

    /// <summary>A value for the steps after this one.</summary>
    /// <param name="name">Letters, digits and underscores.</param>
    /// <param name="secret">The service shows stars instead of the value from then on.</param>
    PipelineMessage Output(string name, string value, bool secret);

    /// <summary>A part of the page that the service shows for the run.</summary>
    PipelineMessage Summary(string markdown);

    /// <summary>The text with nothing in it that the service takes for a command: what scripts and stacks say is not ours.</summary>
    string Plain(string text);
}

/// <summary>An error or a warning of a step.</summary>
/// <param name="Title">What came of it: the name of a command.</param>
/// <param name="Code">Id of the error, one of <see cref="ErrorIds"/>; null for a warning.</param>
public sealed record PipelineIssue(string Title, string Message, string? Code = null);

/// <summary>Lines for the log, and what belongs into a file.</summary>
/// <param name="Lines">For the log, after the file is written.</param>
public sealed record PipelineMessage(IReadOnlyList<string> Lines, PipelineFile? File = null);

/// <summary>Text for a file that the service reads.</summary>
/// <param name="Append">There may be a file, with what others wrote.</param>
public sealed record PipelineFile(string Path, string Text, bool Append);
