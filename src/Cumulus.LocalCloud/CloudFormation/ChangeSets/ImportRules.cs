using Cumulus.LocalCloud.CloudFormation.Resources;
using Cumulus.LocalCloud.CloudFormation.Stacks;
using Cumulus.LocalCloud.CloudFormation.Templates;
using Cumulus.LocalCloud.Proxy;

namespace Cumulus.LocalCloud.CloudFormation.ChangeSets;

/// <summary>A thing that is to become a resource of a stack, by its type's primary identifier.</summary>
internal sealed record ImportTarget(string LogicalId, string Type, IReadOnlyDictionary<string, string> Identifier);

/// <summary>What may be imported (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/import-resources.html).</summary>
internal static class ImportRules
{
    /// <param name="stack">Null for a new one.</param>
    /// <returns>Physical ids by logical ids.</returns>
    /// <exception cref="AwsError">ValidationError.</exception>
    public static Dictionary<string, string> Resolve(Stack? stack, StackDefinition target, IReadOnlyList<ImportTarget> imports)
    {
        if (imports.Count == 0)
            throw StackEngine.Refused("ResourcesToImport must be specified when the ChangeSetType is IMPORT.");
        var existing = stack?.Resources ?? new Dictionary<string, StackResource>();
        var declared = target.Template.Resources.ToDictionary(resource => resource.LogicalId);
        Require(imports.Where(import => declared.GetValueOrDefault(import.LogicalId)?.Type != import.Type), "Resources {0} passed in ResourceToImport are not in the template");
        Require(imports.Where(import => existing.ContainsKey(import.LogicalId)), "Resources {0} passed in ResourceToImport are already in a stack and cannot be imported.");
        Require(imports.Where(import => !declared[import.LogicalId].Declaration.ContainsKey("DeletionPolicy")), "The following resources to import {0} must have DeletionPolicy attribute specified in the template.");
        Require(imports.Where(import => !TypeTable.Find(import.Type)!.PrimaryIdentifier.Order(StringComparer.Ordinal).SequenceEqual(import.Identifier.Keys.Order(StringComparer.Ordinal))),
            "Invalid ResourceIdentifier for {0}: see ResourceIdentifiers in the answer of GetTemplateSummary.");
        if (!TemplateValue.Same(target.Template.Root["Outputs"], stack?.Definition.Template.Root["Outputs"]))
            throw StackEngine.Refused("As part of the import operation, you cannot modify or add [Outputs]");
        return imports.ToDictionary(import => import.LogicalId, import => ResourceImport.PhysicalId(TypeTable.Find(import.Type)!, import.Identifier.GetValueOrDefault));
    }

    private static void Require(IEnumerable<ImportTarget> wrong, string words)
    {
        var ids = wrong.Select(import => import.LogicalId).ToList();
        if (ids.Count > 0)
            throw StackEngine.Refused(words.Replace("{0}", $"[{string.Join(", ", ids)}]", StringComparison.Ordinal));
    }
}
