using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using Cumulus.LocalCloud.CloudFormation.Templates;
using Cumulus.LocalCloud.Moto;

namespace Cumulus.LocalCloud.CloudFormation.Resources;

/// <summary>What a resource type gets to make, change or remove one resource.</summary>
/// <param name="Properties">As they are to be, evaluated.</param>
internal sealed record ResourceWork(MotoClient Moto, string Region, string StackName, string StackId, string LogicalId, JsonObject Properties)
{
    /// <summary>The account that moto plays.</summary>
    public const string Account = "123456789012";

    /// <summary>As they were when the resource was made or changed last; null at creation.</summary>
    public JsonObject? Before { get; init; }

    public IReadOnlyList<KeyValuePair<string, string>> StackTags { get; init; } = [];

    public JsonNode? this[string property] => TemplateValue.Child(Properties, property);

    public string? Text(string property) => TemplateValue.Text(Properties, property);

    public IReadOnlyList<string> Texts(string property) => TemplateValue.Texts(this[property]);

    public IReadOnlyList<JsonNode?> Items(string property) => TemplateValue.Items(this[property]);

    public bool IsChanged(string property) => !TemplateValue.Same(this[property], TemplateValue.Child(Before, property));

    /// <summary>
    /// The resource's own tags, those of the stack, and CloudFormation's
    /// (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-resource-tags.html).
    /// </summary>
    public IReadOnlyDictionary<string, string> Tags
    {
        get
        {
            var tags = StackTags.ToDictionary(tag => tag.Key, tag => tag.Value);
            foreach (var tag in Items("Tags"))
                tags[TemplateValue.Text(tag, "Key") ?? ""] = TemplateValue.Text(tag, "Value") ?? "";
            foreach (var (key, value) in OwnTags)
                tags[key] = value;
            return tags;
        }
    }

    /// <summary>Keys of tags that the resource had of its own and is to lose.</summary>
    public IReadOnlyList<string> LostTags =>
        [.. TemplateValue.Items(TemplateValue.Child(Before, "Tags")).Select(tag => TemplateValue.Text(tag, "Key") ?? "").Where(key => !Tags.ContainsKey(key))];

    public IReadOnlyDictionary<string, string> OwnTags => new Dictionary<string, string>
    {
        ["aws:cloudformation:stack-name"] = StackName,
        ["aws:cloudformation:stack-id"] = StackId,
        ["aws:cloudformation:logical-id"] = LogicalId,
    };

    /// <summary>
    /// A name as CloudFormation makes it up: stack, logical id and twelve characters by chance
    /// (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-name.html).
    /// </summary>
    public string NewName(int limit = 64)
    {
        var chance = RandomNumberGenerator.GetString("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", 12);
        var name = $"{StackName}-{LogicalId}";
        var room = limit - chance.Length - 1;
        return $"{name[..Math.Min(name.Length, room)].TrimEnd('-')}-{chance}";
    }

    /// <summary>Brings the tags of a resource of EC2 to what they are to be.</summary>
    public async Task FollowEc2TagsAsync(string id, CancellationToken cancellationToken)
    {
        if (Before is null || !IsChanged("Tags"))
            return;
        var set = new QueryArguments { { "ResourceId.1", id } };
        set.AddTags("Tag", Tags);
        await CallAsync("ec2", "CreateTags", set, cancellationToken);
        if (LostTags.Count == 0)
            return;
        var removed = new QueryArguments { { "ResourceId.1", id } };
        foreach (var (key, index) in LostTags.Select((key, index) => (key, index)))
            removed.Add(string.Create(CultureInfo.InvariantCulture, $"Tag.{index + 1}.Key"), key);
        await CallAsync("ec2", "DeleteTags", removed, cancellationToken);
    }

    public Task<XElement> CallAsync(string service, string action, QueryArguments arguments, CancellationToken cancellationToken) =>
        Moto.CallAsync(service, Region, action, arguments, cancellationToken);
}
