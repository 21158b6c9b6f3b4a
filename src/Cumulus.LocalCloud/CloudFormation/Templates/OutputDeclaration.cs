using System.Text.Json.Nodes;

namespace Cumulus.LocalCloud.CloudFormation.Templates;

internal sealed record OutputDeclaration(string Key, JsonNode? Declaration)
{
    public JsonNode? Value => TemplateValue.Child(Declaration, "Value");

    public string? Description => TemplateValue.Text(Declaration, "Description");

    public string? Condition => TemplateValue.Text(Declaration, "Condition");

    public JsonNode? ExportName => TemplateValue.Child(TemplateValue.Child(Declaration, "Export"), "Name");
}
