using System.Text.Json.Nodes;
using Cumulus.LocalCloud.CloudFormation.Resources;
using Cumulus.LocalCloud.CloudFormation.Stacks;

namespace Cumulus.LocalCloud.CloudFormation.Templates;

/// <summary>
/// What a template must keep to before anything is made of it: every reference leads somewhere, types exist, nothing depends on itself
/// (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/troubleshooting.html).
/// </summary>
internal static class TemplateRules
{
    // Rules have functions of their own.
    private static readonly string[] Sections = ["Conditions", "Resources", "Outputs"];

    // https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
    private static readonly string[] Functions =
    [
        "Fn::And", "Fn::Base64", "Fn::Cidr", "Fn::Equals", "Fn::FindInMap", "Fn::GetAtt", "Fn::GetAZs", "Fn::If", "Fn::ImportValue", "Fn::Join", "Fn::Not", "Fn::Or", "Fn::Select",
        "Fn::Split", "Fn::Sub",
    ];

    private static readonly string[] Extensions = ["Fn::Length", "Fn::ToJsonString"];

    // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references-ssm-secure-strings.html
    private static readonly string[] SecureProperties =
    [
        "AWS::DirectoryService::MicrosoftAD/Properties/Password", "AWS::DirectoryService::SimpleAD/Properties/Password", "AWS::ElastiCache::ReplicationGroup/Properties/AuthToken",
        "AWS::IAM::User/Properties/LoginProfile", "AWS::KinesisFirehose::DeliveryStream/Properties/RedshiftDestinationConfiguration", "AWS::OpsWorks::App/Properties/AppSource",
        "AWS::OpsWorks::Stack/Properties/CustomCookbooksSource", "AWS::OpsWorks::Stack/Properties/RdsDbInstances", "AWS::RDS::DBCluster/Properties/MasterUserPassword",
        "AWS::RDS::DBInstance/Properties/MasterUserPassword", "AWS::Redshift::Cluster/Properties/MasterUserPassword",
    ];

    /// <exception cref="TemplateException">The first rule that it breaks.</exception>
    public static void Check(Template template)
    {
        RequireFunctions(template);
        RequireReferences(template);
        RequireConditions(template);
        RequireTypes(template);
        RequireNoCycle(template);
        RequireSecureReferences(template);
    }

    /// <summary>Each resource to those it depends on, be it by reference or by <c>DependsOn</c>.</summary>
    public static IReadOnlyDictionary<string, IReadOnlySet<string>> Dependencies(Template template)
    {
        var names = template.Resources.Select(resource => resource.LogicalId).ToHashSet();
        return template.Resources.ToDictionary(
            resource => resource.LogicalId,
            IReadOnlySet<string> (resource) => resource.References.Select(reference => reference.Name).Concat(resource.DependsOn).Where(names.Contains).ToHashSet());
    }

    private static void RequireFunctions(Template template)
    {
        var extended = template.Transforms.Contains(Template.LanguageExtensions);
        if (Sections.SelectMany(section => FunctionsIn(template.Root[section])).FirstOrDefault(name => !Functions.Contains(name) && !(extended && Extensions.Contains(name))) is { } unknown)
            throw new TemplateException($"Template format error: Encountered unsupported function: {unknown} Supported functions are: [{string.Join(", ", Functions.Concat(extended ? Extensions : []))}]");
    }

    private static IEnumerable<string> FunctionsIn(JsonNode? node) => node switch
    {
        JsonObject map => map.SelectMany(pair => FunctionsIn(pair.Value).Concat(pair.Key.StartsWith("Fn::", StringComparison.Ordinal) ? [pair.Key] : [])),
        JsonArray list => list.SelectMany(FunctionsIn),
        _ => [],
    };

    private static void RequireSecureReferences(Template template)
    {
        var wrong = template.Resources.SelectMany(resource => resource.Properties
                .Where(property => DynamicReferences.ServicesIn(property.Value).Contains("ssm-secure")).Select(property => $"{resource.Type}/Properties/{property.Key}"))
            .Where(path => !SecureProperties.Contains(path)).Distinct().ToList();
        if (wrong.Count > 0)
            throw new TemplateException($"SSM Secure reference is not supported in: [{string.Join(", ", wrong)}]");
    }

    private static void RequireReferences(Template template)
    {
        var resources = template.Resources.Select(resource => resource.LogicalId).ToHashSet();
        var known = resources.Concat(template.Parameters.Select(parameter => parameter.Key)).ToHashSet();
        bool IsLost(Reference reference) => reference.Attribute is null && !reference.Name.StartsWith("AWS::", StringComparison.Ordinal) && !known.Contains(reference.Name);

        var referred = template.Resources.SelectMany(resource => resource.References).ToList();
        var lost = referred.Where(IsLost).Select(reference => reference.Name)
            .Concat(template.Resources.SelectMany(resource => resource.DependsOn).Where(name => !resources.Contains(name))).Distinct().ToList();
        if (lost.Count > 0)
            throw Unresolved(lost, "Resources");
        var ofOutputs = template.Outputs.SelectMany(output => References.In(output.Declaration)).ToList();
        lost = ofOutputs.Where(IsLost).Select(reference => reference.Name).Distinct().ToList();
        if (lost.Count > 0)
            throw Unresolved(lost, "Outputs");
        if (referred.Concat(ofOutputs).FirstOrDefault(reference => reference.Attribute is not null && !resources.Contains(reference.Name)) is { Name: { } name })
            throw new TemplateException($"Template error: instance of Fn::GetAtt references undefined resource {name}");
        var inConditions = References.In(template.Conditions).Where(reference => reference.Attribute is not null || resources.Contains(reference.Name) || IsLost(reference)).ToList();
        if (inConditions.Count > 0)
        {
            throw new TemplateException(
                $"Template format error: Unresolved dependencies [{string.Join(", ", inConditions.Select(reference => reference.Name).Distinct())}]. Cannot reference resources in the Conditions block of the template");
        }
    }

    private static void RequireConditions(Template template)
    {
        var used = template.Resources.SelectMany(resource => References.Conditions(resource.Declaration, amongConditions: false).Concat(Named(resource.Condition)));
        var inOutputs = template.Outputs.SelectMany(output => References.Conditions(output.Declaration, amongConditions: false).Concat(Named(output.Condition)));
        foreach (var (section, names) in new[] { ("Resources", used), ("Outputs", inOutputs), ("Conditions", References.Conditions(template.Conditions, amongConditions: true)) })
        {
            if (names.FirstOrDefault(name => !template.Conditions.ContainsKey(name)) is { } lost)
                throw new TemplateException($"Template format error: Unresolved condition dependency {lost} in the {section} block of the template");
        }
    }

    private static IEnumerable<string> Named(string? condition) => condition is null ? [] : [condition];

    private static void RequireTypes(Template template)
    {
        var unknown = template.ResourceTypes.Where(type => !TypeTable.IsKnown(type)).ToList();
        if (unknown.Count > 0)
            throw new TemplateException($"Template format error: Unrecognized resource types: [{string.Join(", ", unknown)}]");
        var wrong = template.Resources.SelectMany(resource => resource.References).Concat(template.Outputs.SelectMany(output => References.In(output.Declaration)))
            .FirstOrDefault(reference => reference.Attribute is { } attribute && OfType(template, reference.Name) is { } target && !target.HasAttribute(attribute));
        if (wrong is { Name: { } name, Attribute: { } lost })
            throw new TemplateException($"Template error: resource {name} does not support attribute type {lost} in Fn::GetAtt");
    }

    private static TypeFacts? OfType(Template template, string logicalId) =>
        template.Resources.FirstOrDefault(resource => resource.LogicalId == logicalId) is { } resource ? TypeTable.Find(resource.Type) : null;

    private static void RequireNoCycle(Template template)
    {
        var left = Dependencies(template).ToDictionary(pair => pair.Key, pair => pair.Value.ToHashSet());
        while (left.Count > 0)
        {
            var free = left.Where(pair => !pair.Value.Any(left.ContainsKey)).Select(pair => pair.Key).ToList();
            if (free.Count == 0)
                throw new TemplateException($"Circular dependency between resources: [{string.Join(", ", InCycle(left))}]");
            foreach (var name in free)
                left.Remove(name);
        }
    }

    /// <summary>Without those that only depend on the cycle.</summary>
    private static Dictionary<string, HashSet<string>>.KeyCollection InCycle(Dictionary<string, HashSet<string>> left)
    {
        var members = left.ToDictionary();
        while (members.Keys.Where(name => !members.Values.Any(after => after.Contains(name))).ToList() is { Count: > 0 } outside)
        {
            foreach (var name in outside)
                members.Remove(name);
        }
        return members.Keys;
    }

    private static TemplateException Unresolved(List<string> names, string section) =>
        new($"Template format error: Unresolved resource dependencies [{string.Join(", ", names)}] in the {section} block of the template");
}
