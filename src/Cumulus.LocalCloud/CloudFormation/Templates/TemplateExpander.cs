using System.Text.Json.Nodes;

namespace Cumulus.LocalCloud.CloudFormation.Templates;

/// <summary>
/// Does the transforms that a template asks for: snippets are included
/// (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/transform-aws-include.html), loops are unrolled
/// (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/transform-aws-languageextensions.html).
/// </summary>
/// <param name="values">Of parameters and pseudo parameters.</param>
/// <param name="fetch">The text at an address: <c>s3://bucket/key</c> or https.</param>
internal sealed class TemplateExpander(Template raw, IReadOnlyDictionary<string, JsonNode> values, Func<string, Task<string>> fetch)
{
    private const string TransformKey = "Fn::Transform";

    private readonly Evaluator _evaluator = new(raw, values, new NoResources(), _ => throw new TemplateException("Fn::ImportValue is not allowed in the arguments of a transform"));

    /// <exception cref="TemplateException">A transform is unknown or fails.</exception>
    public async Task<Template> ExpandAsync()
    {
        if (raw.Transforms.Count == 0)
            return raw;
        var root = (JsonObject)(await IncludeAsync(raw.Root))!;
        foreach (var transform in TemplateValue.Items(root["Transform"]))
        {
            if (transform is JsonObject)
                await MergeAsync(root, transform);
        }
        root.Remove("Transform");
        if (raw.Transforms.Contains(Template.LanguageExtensions))
        {
            root = (JsonObject)new LoopUnroller(_evaluator).Unroll(root)!;
            EvaluatePolicies(root);
            EvaluateTargets(root);
        }
        return Template.Processed(raw, root);
    }

    private async Task<JsonNode?> IncludeAsync(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject map:
                var members = new JsonObject();
                foreach (var (name, value) in map.Where(pair => pair.Key != TransformKey))
                    members[name] = await IncludeAsync(value);
                if (map[TransformKey] is { } call)
                    await MergeAsync(members, call);
                return members;
            case JsonArray list:
                var items = new JsonArray();
                foreach (var item in list)
                    items.Add(await IncludeAsync(item));
                return items;
            default:
                return node?.DeepClone();
        }
    }

    /// <summary>Brings a snippet's members among those of the map that asks for it.</summary>
    private async Task MergeAsync(JsonObject into, JsonNode call)
    {
        if (_evaluator.Evaluate(TemplateValue.Child(TemplateValue.Child(call, "Parameters"), "Location")) is not JsonValue location)
            throw new TemplateException("Transform AWS::Include failed with: The location parameter is not a valid S3 uri.");
        var snippet = await IncludeAsync(TemplateReader.Read(await fetch(TemplateValue.Text(location)!)));
        foreach (var (name, value) in ((JsonObject)snippet!).ToList())
        {
            var member = value?.DeepClone();
            if (into[name] is JsonObject existing && member is JsonObject more)
            {
                foreach (var (inner, innerValue) in more.ToList())
                    existing[inner] = innerValue?.DeepClone();
            }
            else
            {
                into[name] = member;
            }
        }
    }

    /// <summary>Functions in policies are what the language extensions allow.</summary>
    private void EvaluatePolicies(JsonObject root)
    {
        foreach (var resource in (root["Resources"] as JsonObject ?? []).Select(pair => pair.Value).OfType<JsonObject>())
        {
            foreach (var policy in new[] { "DeletionPolicy", "UpdateReplacePolicy" })
            {
                if (resource[policy] is JsonObject function)
                    resource[policy] = _evaluator.Evaluate(function)?.DeepClone();
            }
        }
    }

    /// <summary>So are functions that tell which resource is meant.</summary>
    private void EvaluateTargets(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject map:
                if (map["Ref"] is JsonObject target)
                    map["Ref"] = _evaluator.Text(target);
                if (map["Fn::GetAtt"] is JsonArray { Count: 2 } path)
                {
                    for (var i = 0; i < path.Count; i++)
                        path[i] = path[i] is JsonObject function ? _evaluator.Text(function) : path[i]?.DeepClone();
                }
                foreach (var (_, value) in map)
                    EvaluateTargets(value);
                break;
            case JsonArray list:
                foreach (var item in list)
                    EvaluateTargets(item);
                break;
        }
    }

    private sealed class NoResources : IResourceValues
    {
        public JsonNode Reference(string logicalId) => throw Unknown(logicalId);

        public JsonNode Attribute(string logicalId, string attribute) => throw Unknown(logicalId);

        private static TemplateException Unknown(string name) => new($"Template format error: Unresolved resource dependencies [{name}] in the arguments of a transform");
    }
}
