using System.Text.Json.Nodes;

namespace Cumulus.LocalCloud.CloudFormation.Templates;

/// <summary>
/// A parameter as a template declares it
/// (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html).
/// </summary>
internal sealed record TemplateParameter(string Key, string Type, JsonNode Declaration)
{
    private const string OfSsm = "AWS::SSM::Parameter::Value<";

    public string? Default => TemplateValue.Text(Declaration, "Default");

    public string? Description => TemplateValue.Text(Declaration, "Description");

    public bool NoEcho => TemplateValue.IsTrue(TemplateValue.Child(Declaration, "NoEcho"));

    public IReadOnlyList<string> AllowedValues => TemplateValue.Texts(TemplateValue.Child(Declaration, "AllowedValues"));

    /// <summary>The value given is the name of a parameter in Parameter Store.</summary>
    public bool IsFromStore => Type.StartsWith(OfSsm, StringComparison.Ordinal);

    /// <summary>The type of the values in the template, where a parameter from the store is what it holds.</summary>
    public string ValueType => IsFromStore ? Type[OfSsm.Length..^1] : Type;

    public bool IsList => ValueType == "CommaDelimitedList" || ValueType.StartsWith("List<", StringComparison.Ordinal);

    /// <summary>What <c>Ref</c> gives for this text.</summary>
    public JsonNode ValueOf(string text) =>
        IsList ? new JsonArray([.. text.Split(',').Select(item => (JsonNode)item.Trim())]) : text;
}
