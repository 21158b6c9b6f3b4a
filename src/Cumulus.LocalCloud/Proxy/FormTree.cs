using System.Globalization;
using System.Text.Json.Nodes;

namespace Cumulus.LocalCloud.Proxy;

/// <summary>The arguments of a request of the query protocol as a tree: <c>Tags.member.1.Key</c> is a member of an object in a list.</summary>
internal static class FormTree
{
    public static JsonObject Parse(IReadOnlyDictionary<string, string> form)
    {
        var root = new Branch();
        foreach (var (name, value) in form.Where(pair => pair.Key is not ("Action" or "Version")))
        {
            var at = root;
            foreach (var part in name.Split('.'))
                at = at.Children.TryGetValue(part, out var child) ? child : at.Children[part] = new Branch();
            at.Value = value;
        }
        return (JsonObject)(root.Children.Count == 0 ? new JsonObject() : root.ToNode()!);
    }

    private sealed class Branch
    {
        public Dictionary<string, Branch> Children { get; } = [];

        public string? Value { get; set; }

        public JsonNode? ToNode()
        {
            if (Children.Count == 0)
                return Value;
            if (Children.Count == 1 && Children.TryGetValue("member", out var list))
                return new JsonArray([.. list.Children.OrderBy(pair => int.TryParse(pair.Key, CultureInfo.InvariantCulture, out var index) ? index : int.MaxValue).Select(pair => pair.Value.ToNode())]);
            return new JsonObject(Children.Select(pair => KeyValuePair.Create(pair.Key, pair.Value.ToNode())));
        }
    }
}
