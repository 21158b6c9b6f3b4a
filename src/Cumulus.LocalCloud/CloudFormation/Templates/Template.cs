using System.Text.Json.Nodes;

namespace Cumulus.LocalCloud.CloudFormation.Templates;

/// <summary>A template that was read and found lawful (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-anatomy.html).</summary>
internal sealed record Template
{
    public const string LanguageExtensions = "AWS::LanguageExtensions";

    public const string Include = "AWS::Include";

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

    /// <summary>As it was sent.</summary>
    public required string Text { get; init; }

    public required JsonObject Root { get; init; }

    /// <summary>What transforms have made of the text; the text itself where there are none.</summary>
    public string ProcessedText => Transforms.Count == 0 ? Text : Root.ToJsonString();

    public required IReadOnlyList<TemplateParameter> Parameters { get; init; }

    /// <summary>In the order of the text.</summary>
    public required IReadOnlyList<ResourceDeclaration> Resources { get; init; }

    public required IReadOnlyList<OutputDeclaration> Outputs { get; init; }

    /// <summary>All of them, each once; <see cref="DeclaredTransforms"/> are those of the whole template.</summary>
    public required IReadOnlyList<string> Transforms { get; init; }

    public required IReadOnlyList<string> DeclaredTransforms { get; init; }

    public string? Version => TemplateValue.Text(Root, "AWSTemplateFormatVersion");

    public string? Description => TemplateValue.Text(Root, "Description");

    public JsonNode? Metadata => TemplateValue.Child(Root, "Metadata");

    public JsonNode? Mappings => TemplateValue.Child(Root, "Mappings");

    public JsonObject Conditions => TemplateValue.Child(Root, "Conditions") as JsonObject ?? [];

    public IEnumerable<string> ResourceTypes => Resources.Select(resource => resource.Type).Distinct();

    /// <summary>The types for which a capability is needed.</summary>
    public IEnumerable<string> IamTypes => ResourceTypes.Where(Iam.ContainsKey);

    public IReadOnlyList<string> Capabilities
    {
        get
        {
            List<string> capabilities = [];
            if (IamTypes.Any())
            {
                var named = Resources.Any(resource => Iam.GetValueOrDefault(resource.Type) is { } name && resource.Properties.ContainsKey(name));
                capabilities.Add(named ? "CAPABILITY_NAMED_IAM" : "CAPABILITY_IAM");
            }
            if (Transforms.Count > 0)
                capabilities.Add("CAPABILITY_AUTO_EXPAND");
            return capabilities;
        }
    }

    /// <summary>Of one with transforms only what is plain to see: they may make resources of what is none yet.</summary>
    /// <exception cref="TemplateException">It is not a template.</exception>
    public static Template Parse(string text)
    {
        var root = TemplateReader.Read(text);
        var declared = TransformsOf(root["Transform"]).ToList();
        return Build(text, root, declared, [.. declared.Concat(CalledIn(root)).Distinct()], isWhole: false);
    }

    /// <summary>The template that transforms have made of a raw one.</summary>
    /// <exception cref="TemplateException">It is not a template.</exception>
    public static Template Processed(Template raw, JsonObject root) => Build(raw.Text, root, raw.DeclaredTransforms, raw.Transforms, isWhole: true);

    private static Template Build(string text, JsonObject root, IReadOnlyList<string> declared, IReadOnlyList<string> transforms, bool isWhole)
    {
        isWhole |= transforms.Count == 0;
        var resources = TemplateValue.Child(root, "Resources") as JsonObject ?? [];
        if (resources.Count == 0 && (isWhole || !declared.Contains(Include)))
            throw new TemplateException("Template format error: At least one Resources member must be defined.");
        if (isWhole)
            RequireTypes(resources, "Resources");
        var parameters = TemplateValue.Child(root, "Parameters") as JsonObject ?? [];
        RequireTypes(parameters, "Parameters");
        var template = new Template
        {
            Text = text,
            Root = root,
            Parameters = [.. parameters.Select(pair => new TemplateParameter(pair.Key, TemplateValue.Text(pair.Value, "Type")!, pair.Value!))],
            Resources =
            [
                .. resources.Where(pair => TemplateValue.Text(pair.Value, "Type") is not null)
                    .Select(pair => new ResourceDeclaration(pair.Key, TemplateValue.Text(pair.Value, "Type")!, (JsonObject)pair.Value!)),
            ],
            Outputs = [.. (TemplateValue.Child(root, "Outputs") as JsonObject ?? []).Select(pair => new OutputDeclaration(pair.Key, pair.Value))],
            Transforms = transforms,
            DeclaredTransforms = declared,
        };
        if (isWhole)
            TemplateRules.Check(template);
        return template;
    }

    private static IEnumerable<string> TransformsOf(JsonNode? node) => TemplateValue.Items(node).Select(item => TemplateValue.Text(item) ?? TemplateValue.Text(item, "Name")).OfType<string>();

    private static IEnumerable<string> CalledIn(JsonNode? node) => node switch
    {
        JsonObject map => map.SelectMany(pair => pair.Key == "Fn::Transform" ? TransformsOf(pair.Value) : CalledIn(pair.Value)),
        JsonArray list => list.SelectMany(CalledIn),
        _ => [],
    };

    private static void RequireTypes(JsonObject section, string name)
    {
        foreach (var (key, member) in section)
        {
            if (TemplateValue.Text(member, "Type") is null)
                throw new TemplateException($"Template format error: [/{name}/{key}] Every {name} object must contain a Type member.");
        }
    }
}
