using System.Collections;
using System.Globalization;
using System.Text.Json.Nodes;
using Cumulus.LocalCloud.CloudFormation.Templates;

namespace Cumulus.LocalCloud.CloudFormation.Resources;

/// <summary>Arguments of a call of the query protocol. What is absent is left out.</summary>
internal sealed class QueryArguments : IEnumerable<(string Name, string Value)>
{
    private readonly List<(string Name, string Value)> _pairs = [];

    public void Add(string name, string? value)
    {
        if (value is not null)
            _pairs.Add((name, value));
    }

    /// <summary>A value of a template as most services take it: lists as <c>Name.member.1</c>.</summary>
    public void Add(string name, JsonNode? value) => Add(name, value, (list, index) => $"{list}.member.{index}");

    /// <summary>A value of a template as EC2 takes it: lists as <c>SecurityGroupId.1</c>.</summary>
    public void AddEc2(string name, JsonNode? value) => Add(name, value, (list, index) => $"{Singular(list)}.{index}");

    public void AddList(string name, IEnumerable<string> items)
    {
        foreach (var (item, index) in items.Select((item, index) => (item, index)))
            Add(string.Create(CultureInfo.InvariantCulture, $"{name}.{index + 1}"), item);
    }

    public void AddTags(string name, IEnumerable<KeyValuePair<string, string>> tags, string key = "Key", string value = "Value")
    {
        foreach (var (tag, index) in tags.Select((tag, index) => (tag, index)))
        {
            Add(string.Create(CultureInfo.InvariantCulture, $"{name}.{index + 1}.{key}"), tag.Key);
            Add(string.Create(CultureInfo.InvariantCulture, $"{name}.{index + 1}.{value}"), tag.Value);
        }
    }

    public IEnumerator<(string Name, string Value)> GetEnumerator() => _pairs.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private void Add(string name, JsonNode? value, Func<string, string, string> item)
    {
        switch (value)
        {
            case JsonObject map:
                foreach (var (key, member) in map)
                    Add($"{name}.{key}", member, item);
                break;
            case JsonArray list:
                for (var i = 0; i < list.Count; i++)
                    Add(item(name, (i + 1).ToString(CultureInfo.InvariantCulture)), list[i], item);
                break;
            case not null:
                Add(name, TemplateValue.Text(value));
                break;
        }
    }

    // Of a network interface the list "Groups" is the one whose items have another name
    // (https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_LaunchTemplateInstanceNetworkInterfaceSpecificationRequest.html).
    private static string Singular(string name) =>
        name.EndsWith(".Groups", StringComparison.Ordinal) ? name[..^"Groups".Length] + "SecurityGroupId" :
        name.EndsWith("Addresses", StringComparison.Ordinal) ? name[..^2] : name.TrimEnd('s');
}
