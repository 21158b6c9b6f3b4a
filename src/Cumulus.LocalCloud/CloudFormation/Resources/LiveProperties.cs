using System.Text.Json.Nodes;
using System.Xml.Linq;
using Cumulus.LocalCloud.CloudFormation.Templates;

namespace Cumulus.LocalCloud.CloudFormation.Resources;

/// <summary>Brings what services answer to the form that templates have.</summary>
internal static class LiveProperties
{
    /// <summary>Lists are elements that hold only <c>member</c> or <c>item</c>.</summary>
    public static JsonNode? Convert(XElement? element)
    {
        if (element is null)
            return null;
        var children = element.Elements().ToList();
        if (children.Count == 0)
            return element.Value == "" ? null : JsonValue.Create(element.Value);
        if (children.All(child => child.Name.LocalName is "member" or "item"))
            return new JsonArray([.. children.Select(Convert)]);
        var map = new JsonObject();
        foreach (var child in children)
            map[child.Name.LocalName] = Convert(child);
        return map;
    }

    /// <summary>Members that are called as the properties are.</summary>
    public static JsonObject Pick(XElement element, params IEnumerable<string> names)
    {
        var picked = new JsonObject();
        foreach (var name in names)
            picked[name] = Convert(element.Element(name));
        return picked;
    }

    /// <summary>Without the tags that a template does not declare on the resource: CloudFormation's own and those of the stack.</summary>
    public static JsonArray? Tags(ResourceWork work, IEnumerable<(string Key, string Value)> tags)
    {
        var declared = work.Items("Tags").Select(tag => TemplateValue.Text(tag, "Key")).ToHashSet();
        var own = tags.Where(tag => declared.Contains(tag.Key) ||
            (!tag.Key.StartsWith("aws:", StringComparison.Ordinal) && !work.StackTags.Contains(KeyValuePair.Create(tag.Key, tag.Value)))).ToList();
        return own.Count == 0 ? null : new JsonArray([.. own.Select(tag => new JsonObject { ["Key"] = tag.Key, ["Value"] = tag.Value })]);
    }

    /// <summary>The tags of EC2's descriptions.</summary>
    public static JsonArray? TagSet(ResourceWork work, XElement element) =>
        Tags(work, element.Elements("tagSet").Elements("item").Select(tag => (tag.Element("key")!.Value, tag.Element("value")?.Value ?? "")));

    /// <summary>
    /// Of a list of keys and values that the service fills up with its defaults, the keys that the template sets
    /// (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-drift.html: only explicit values count).
    /// </summary>
    public static JsonArray Attributes(ResourceWork work, string property, IEnumerable<XElement> members)
    {
        var declared = work.Items(property).Select(item => TemplateValue.Text(item, "Key")).ToHashSet();
        return new JsonArray([.. members.Where(member => declared.Contains(member.Element("Key")?.Value)).Select(Convert)]);
    }

    public static string? Text(XElement element, string name) => element.Element(name)?.Value is { Length: > 0 } text ? text : null;
}
