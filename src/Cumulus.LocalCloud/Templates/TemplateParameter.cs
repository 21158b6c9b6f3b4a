namespace Cumulus.LocalCloud.Templates;

/// <summary>A parameter as a template declares it.</summary>
internal sealed record TemplateParameter(string Key, string Type)
{
    public string? Default { get; init; }

    public string? Description { get; init; }

    public bool NoEcho { get; init; }

    public IReadOnlyList<string> AllowedValues { get; init; } = [];
}
