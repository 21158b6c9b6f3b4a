using YamlDotNet.RepresentationModel;

namespace Cumulus.LocalCloud.Templates;

/// <summary>
/// What CloudFormation says of a template without making anything of it
/// (https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ValidateTemplate.html, .../API_GetTemplateSummary.html).
/// </summary>
internal sealed record Template
{
    // Types of https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html (Capabilities), and the property that gives
    // them a name of the user's choice.
    private static readonly Dictionary<string, string?> Iam = new()
    {
        ["AWS::IAM::AccessKey"] = null,
        ["AWS::IAM::Group"] = "GroupName",
        ["AWS::IAM::InstanceProfile"] = "InstanceProfileName",
        ["AWS::IAM::ManagedPolicy"] = "ManagedPolicyName",
        ["AWS::IAM::Policy"] = null,
        ["AWS::IAM::Role"] = "RoleName",
        ["AWS::IAM::User"] = "UserName",
        ["AWS::IAM::UserToGroupAddition"] = null,
    };

    public string? Version { get; private init; }

    public string? Description { get; private init; }

    public IReadOnlyList<TemplateParameter> Parameters { get; private init; } = [];

    /// <summary>Each resource's type.</summary>
    public IReadOnlyList<string> ResourceTypes { get; private init; } = [];

    public IReadOnlyList<string> Capabilities { get; private init; } = [];

    /// <summary>The types for which a capability is needed.</summary>
    public IReadOnlyList<string> IamTypes { get; private init; } = [];

    public IReadOnlyList<string> Transforms { get; private init; } = [];

    /// <exception cref="TemplateException">It is not a template.</exception>
    public static Template Parse(string text)
    {
        var root = TemplateReader.Read(text);
        if (Child(root, "Resources") is not YamlMappingNode { Children.Count: > 0 } resources)
            throw new TemplateException("Template format error: At least one Resources member must be defined.");
        var declared = Child(root, "Parameters") as YamlMappingNode;
        var transforms = Texts(Child(root, "Transform"));
        // A transform may make resources of what is no resource yet.
        if (transforms.Count == 0)
        {
            RequireTypes(resources, "Resources");
            RequireReferences(resources, declared);
        }
        RequireTypes(declared, "Parameters");
        List<(string Type, YamlNode Resource)> typed = [.. resources.Children.Values.Select(resource => (Text(Child(resource, "Type")) ?? "", resource))];
        var iam = typed.Where(resource => Iam.ContainsKey(resource.Type)).ToList();
        return new Template
        {
            Version = Text(Child(root, "AWSTemplateFormatVersion")),
            Description = Text(Child(root, "Description")),
            Parameters = [.. MembersOf(declared).Select(pair => Parameter(Text(pair.Key)!, pair.Value))],
            ResourceTypes = [.. typed.Select(resource => resource.Type).Where(type => type != "").Distinct()],
            IamTypes = [.. iam.Select(resource => resource.Type).Distinct()],
            Capabilities = CapabilitiesFor(iam, transforms),
            Transforms = transforms,
        };
    }

    private static List<string> CapabilitiesFor(List<(string Type, YamlNode Resource)> iam, List<string> transforms)
    {
        List<string> capabilities = [];
        if (iam.Count > 0)
        {
            var named = iam.Any(resource => Iam[resource.Type] is { } name && Child(Child(resource.Resource, "Properties"), name) is not null);
            capabilities.Add(named ? "CAPABILITY_NAMED_IAM" : "CAPABILITY_IAM");
        }
        if (transforms.Count > 0)
            capabilities.Add("CAPABILITY_AUTO_EXPAND");
        return capabilities;
    }

    private static TemplateParameter Parameter(string key, YamlNode declaration) => new(key, Text(Child(declaration, "Type"))!)
    {
        Default = Text(Child(declaration, "Default")),
        Description = Text(Child(declaration, "Description")),
        NoEcho = string.Equals(Text(Child(declaration, "NoEcho")), "true", StringComparison.OrdinalIgnoreCase),
        AllowedValues = Texts(Child(declaration, "AllowedValues")),
    };

    private static void RequireTypes(YamlMappingNode? section, string name)
    {
        foreach (var (key, member) in MembersOf(section))
        {
            if (Text(Child(member, "Type")) is null)
                throw new TemplateException($"Template format error: [/{name}/{key}] Every {name} object must contain a Type member.");
        }
    }

    private static void RequireReferences(YamlMappingNode resources, YamlMappingNode? parameters)
    {
        var known = resources.Children.Keys.Concat(parameters?.Children.Keys ?? []).Select(Text).ToHashSet();
        var unknown = resources.AllNodes.Select(Reference)
            .Where(name => name is not null && !name.StartsWith("AWS::", StringComparison.Ordinal) && !known.Contains(name)).Distinct().ToList();
        if (unknown.Count > 0)
        {
            throw new TemplateException(
                $"Template format error: Unresolved resource dependencies [{string.Join(", ", unknown)}] in the Resources block of the template");
        }
    }

    private static string? Reference(YamlNode node) => node switch
    {
        YamlScalarNode scalar when !scalar.Tag.IsEmpty && scalar.Tag.Value == "!Ref" => scalar.Value,
        YamlMappingNode { Children.Count: 1 } => Text(Child(node, "Ref")),
        _ => null,
    };

    private static IEnumerable<KeyValuePair<YamlNode, YamlNode>> MembersOf(YamlMappingNode? section) =>
        section is null ? [] : section.Children;

    private static YamlNode? Child(YamlNode? node, string name) =>
        node is YamlMappingNode map && map.Children.TryGetValue(new YamlScalarNode(name), out var child) ? child : null;

    private static string? Text(YamlNode? node) => (node as YamlScalarNode)?.Value;

    private static List<string> Texts(YamlNode? node) => node switch
    {
        YamlSequenceNode list => [.. list.Children.Select(Text).OfType<string>()],
        YamlScalarNode { Value: { } one } => [one],
        _ => [],
    };
}
