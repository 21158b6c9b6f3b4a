namespace Cumulus.LocalCloud.CloudFormation.Resources;

/// <summary>Whether the change of a property makes a new resource of an old one.</summary>
internal enum Recreation
{
    Never,
    Conditionally,
    Always,
}

/// <summary>What the registry's schema of a resource type says; see resource-types.py.</summary>
/// <param name="Identifier">The property by which a user names the resource; empty when its name is always the service's.</param>
/// <param name="PrimaryIdentifier">By which the registry knows a resource; in another stack's hands it is imported by these.</param>
/// <param name="Properties">Each with its form: s(tring), i(nteger), n(umber), b(oolean), o(bject), a(rray), or a blank where it may be several.</param>
internal sealed record TypeFacts(
    string Name,
    string Identifier,
    IReadOnlySet<string> ReplacedBy,
    IReadOnlySet<string> PerhapsReplacedBy,
    IReadOnlyList<string> Required,
    IReadOnlyList<string> Attributes,
    IReadOnlyList<string> PrimaryIdentifier,
    IReadOnlyDictionary<string, char> Properties)
{
    /// <summary>A type that its own program makes (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-custom-resources.html).</summary>
    public bool IsCustom => Name.StartsWith("Custom::", StringComparison.Ordinal) || Name == "AWS::CloudFormation::CustomResource";

    public Recreation RecreationBy(string property) =>
        ReplacedBy.Contains(property) ? Recreation.Always : PerhapsReplacedBy.Contains(property) ? Recreation.Conditionally : Recreation.Never;

    /// <summary>A custom resource has what its program returns, a nested stack its outputs, and a record keeps what it was given.</summary>
    public bool HasAttribute(string attribute) =>
        IsCustom || (Name == "AWS::CloudFormation::Stack" && attribute.StartsWith("Outputs.", StringComparison.Ordinal)) ||
        Attributes.Contains(attribute) || TypeTable.OlderAttributes(Name).Contains(attribute);
}
