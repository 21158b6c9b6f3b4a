using System.Text.Json.Nodes;

namespace Cumulus.LocalCloud.CloudFormation.Templates;

/// <summary>A resource as a template declares it.</summary>
internal sealed record ResourceDeclaration(string LogicalId, string Type, JsonObject Declaration)
{
    public JsonObject Properties => TemplateValue.Child(Declaration, "Properties") as JsonObject ?? [];

    public string? Condition => TemplateValue.Text(Declaration, "Condition");

    public IReadOnlyList<string> DependsOn => TemplateValue.Texts(TemplateValue.Child(Declaration, "DependsOn"));

    public JsonNode? Metadata => TemplateValue.Child(Declaration, "Metadata");

    public JsonNode? CreationPolicy => TemplateValue.Child(Declaration, "CreationPolicy");

    public JsonNode? UpdatePolicy => TemplateValue.Child(Declaration, "UpdatePolicy");

    /// <summary>Delete, Retain, RetainExceptOnCreate or Snapshot; a function here is for a language extension that is not built.</summary>
    public string DeletionPolicy => TemplateValue.Text(Declaration, "DeletionPolicy") ?? "Delete";

    public string UpdateReplacePolicy => TemplateValue.Text(Declaration, "UpdateReplacePolicy") ?? "Delete";

    /// <summary>What its properties and policies refer to; <see cref="DependsOn"/> not among them.</summary>
    public IEnumerable<Reference> References =>
        Templates.References.In(Properties).Concat(Templates.References.In(CreationPolicy)).Concat(Templates.References.In(UpdatePolicy));
}
