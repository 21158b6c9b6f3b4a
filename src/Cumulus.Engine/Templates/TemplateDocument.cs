namespace Cumulus.Engine.Templates;

/// <summary>What can be told of a CloudFormation template without asking the service.</summary>
public sealed record TemplateDocument
{
    public required string Text { get; init; }

    /// <summary>In the order of the template.</summary>
    public required IReadOnlyList<DeclaredParameter> Parameters { get; init; }

    public required IReadOnlyList<TemplateResource> Resources { get; init; }

    /// <summary>Names of its outputs.</summary>
    public required IReadOnlyList<string> Outputs { get; init; }

    /// <summary>A macro makes its final form, so that resources and outputs may be others.</summary>
    public bool HasTransform { get; init; }

    /// <summary>Where it names other files.</summary>
    internal IReadOnlyList<ArtifactReference> References { get; init; } = [];
}

/// <param name="LogicalId">The resource's name in the template.</param>
public sealed record TemplateResource(string LogicalId, string Type);

/// <summary>
/// A parameter as the template declares it (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html). What is null is
/// not declared.
/// </summary>
public sealed record DeclaredParameter
{
    public required string Name { get; init; }

    public required string Type { get; init; }

    public string? Default { get; init; }

    public IReadOnlyList<string> AllowedValues { get; init; } = [];

    /// <summary>A regular expression for the whole value.</summary>
    public string? AllowedPattern { get; init; }

    /// <summary>What the template's author says about the rules.</summary>
    public string? ConstraintDescription { get; init; }

    public decimal? MinLength { get; init; }

    public decimal? MaxLength { get; init; }

    public decimal? MinValue { get; init; }

    public decimal? MaxValue { get; init; }

    /// <summary>Its value is a secret.</summary>
    public bool NoEcho { get; init; }

    public string? Description { get; init; }

    /// <summary>Where it is declared, from 1.</summary>
    public int Line { get; init; }
}
