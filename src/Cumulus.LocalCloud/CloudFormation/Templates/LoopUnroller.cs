using System.Text.Json.Nodes;

namespace Cumulus.LocalCloud.CloudFormation.Templates;

/// <summary>https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-foreach.html.</summary>
internal sealed class LoopUnroller(Evaluator evaluator)
{
    private const string Prefix = "Fn::ForEach::";

    // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html: what a stack can hold at most.
    private const int ItemLimit = 500;

    private readonly HashSet<string> _names = [];

    /// <exception cref="TemplateException">A loop is not written as it must be, or its name is there twice.</exception>
    public JsonNode? Unroll(JsonNode? node) => Unroll(node, inLoop: false);

    private JsonNode? Unroll(JsonNode? node, bool inLoop)
    {
        switch (node)
        {
            case JsonObject map:
                var members = new JsonObject();
                foreach (var (name, value) in map)
                {
                    if (name.StartsWith(Prefix, StringComparison.Ordinal))
                        UnrollLoop(name, value, members, inLoop);
                    else
                        members[name] = Unroll(value, inLoop);
                }
                return members;
            case JsonArray list:
                return new JsonArray([.. list.Select(item => Unroll(item, inLoop))]);
            default:
                return node?.DeepClone();
        }
    }

    private void UnrollLoop(string name, JsonNode? loop, JsonObject members, bool inLoop)
    {
        // One inside of another is met once for each round of that.
        if (!inLoop && !_names.Add(name))
            throw Failed($"the loop name {name[Prefix.Length..]} is used more than once");
        if (loop is not JsonArray { Count: 3 } parts || TemplateValue.Text(parts[0]) is not { Length: > 0 } identifier || parts[2] is not JsonObject output)
            throw Failed("Fn::ForEach layout is incorrect");
        if (evaluator.Evaluate(parts[1]) is not JsonArray { Count: <= ItemLimit } collection || collection.Any(item => TemplateValue.Text(item) is null))
            throw Failed("Fn::ForEach could not resolve the collection to a list of texts");
        foreach (var item in collection.Select(item => TemplateValue.Text(item)!))
        {
            foreach (var (key, value) in (JsonObject)Unroll(Substitute(output, identifier, item), inLoop: true)!)
            {
                if (members.ContainsKey(key))
                    throw Failed($"Fn::ForEach makes {key} more than once");
                members[key] = value?.DeepClone();
            }
        }
    }

    private static JsonNode? Substitute(JsonNode? node, string identifier, string item)
    {
        switch (node)
        {
            case JsonObject { Count: 1 } reference when TemplateValue.Text(reference["Ref"]) == identifier:
                return item;
            case JsonObject map:
                var members = new JsonObject();
                foreach (var (name, value) in map)
                    members[Substitute(name, identifier, item)] = Substitute(value, identifier, item);
                return members;
            case JsonArray list:
                return new JsonArray([.. list.Select(member => Substitute(member, identifier, item))]);
            case JsonValue value when value.TryGetValue<string>(out var text):
                return Substitute(text, identifier, item);
            default:
                return node?.DeepClone();
        }
    }

    /// <summary><c>&amp;{Name}</c> stands for the letters and digits only, as logical ids need them.</summary>
    private static string Substitute(string text, string identifier, string item) => text
        .Replace("${" + identifier + "}", item, StringComparison.Ordinal)
        .Replace("&{" + identifier + "}", new string([.. item.Where(char.IsAsciiLetterOrDigit)]), StringComparison.Ordinal);

    private static TemplateException Failed(string reason) => new($"Transform AWS::LanguageExtensions failed with: {reason}");
}
