namespace Cumulus.Engine.Templates;

/// <summary>What was found out about a stack's template and parameters.</summary>
public sealed record StackTemplateTest
{
    public required string Environment { get; init; }

    /// <summary>Short name.</summary>
    public required string Stack { get; init; }

    /// <summary>CloudFormation's name.</summary>
    public required string StackName { get; init; }

    /// <summary>Full path or address.</summary>
    public required string Template { get; init; }

    /// <summary>Nothing is wrong that would fail a deployment.</summary>
    public bool IsValid => Problems.All(p => p.Severity != TemplateProblem.Error);

    /// <summary>What was asked: <c>parameters</c>, <c>cfn-lint</c>, <c>CloudFormation</c>.</summary>
    public required IReadOnlyList<string> CheckedBy { get; init; }

    public required IReadOnlyList<TemplateProblem> Problems { get; init; }
}

/// <summary>Something that is wrong with a template, or with what a configuration gives it.</summary>
public sealed record TemplateProblem
{
    public const string Error = "Error";
    public const string Warning = "Warning";
    public const string Information = "Information";

    /// <summary><see cref="Error"/>, <see cref="Warning"/> or <see cref="Information"/>.</summary>
    public required string Severity { get; init; }

    /// <summary>Who says so: <c>parameters</c>, <c>template</c>, <c>cfn-lint</c> or <c>CloudFormation</c>.</summary>
    public required string Source { get; init; }

    /// <summary>The template, or the configuration file.</summary>
    public required string File { get; init; }

    /// <summary>From 1; 0 when it is about the whole file.</summary>
    public int Line { get; init; }

    /// <summary>From 1; 0 when only the line is known.</summary>
    public int Column { get; init; }

    /// <summary>cfn-lint's id, such as <c>E3001</c>, or the parameter's name.</summary>
    public string? Rule { get; init; }

    public required string Message { get; init; }

    /// <summary>The known name or value that is nearest; null when none is near.</summary>
    public string? Suggestion { get; init; }

    /// <summary><c>file:line:column: rule: text</c></summary>
    public override string ToString()
    {
        string place = (Line, Column) switch { (0, _) => File, (_, 0) => $"{File}:{Line}", _ => $"{File}:{Line}:{Column}" };
        return Rule is null ? $"{place}: {Message}" : $"{place}: {Rule}: {Message}";
    }
}
