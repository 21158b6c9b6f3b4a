using System.Globalization;
using System.Text.Json.Nodes;
using Cumulus.LocalCloud.CloudFormation.Templates;

namespace Cumulus.LocalCloud.CloudFormation.Drift;

/// <summary>
/// Compares what a template sets with what is there. Only what is set explicitly counts, and what a service adds by itself is no drift
/// (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-drift.html).
/// </summary>
internal sealed class DriftComparison
{
    private readonly List<PropertyDifference> _differences = [];

    private DriftComparison(JsonObject expected, JsonObject live)
    {
        foreach (var (name, value) in expected)
        {
            // One that cannot be read is taken for what it should be.
            if (!live.TryGetPropertyValue(name, out var actual) || IsSecret(value))
                Actual[name] = value?.DeepClone();
            else
                CompareMember(Actual, name, "", value, actual);
        }
    }

    public IReadOnlyList<PropertyDifference> Differences => _differences;

    /// <summary>What is there, of what the template sets; values that mean the same are written as the template writes them.</summary>
    public JsonObject Actual { get; } = [];

    public static DriftComparison Of(JsonObject expected, JsonObject live) => new(expected, live);

    /// <summary>What a dynamic reference stands for is not told.</summary>
    private static bool IsSecret(JsonNode? value) => value?.ToJsonString().Contains("{{resolve:", StringComparison.Ordinal) == true;

    private void CompareMember(JsonObject result, string name, string path, JsonNode? expected, JsonNode? actual)
    {
        path = $"{path}/{name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)}";
        if (actual is null && !IsEmpty(expected))
            Add(path, expected, null, "REMOVE");
        else if (actual is not null)
            result[name] = Compare(path, expected, actual);
    }

    private static bool IsEmpty(JsonNode? node) => node is null or JsonArray { Count: 0 } or JsonObject { Count: 0 };

    private JsonNode? Compare(string path, JsonNode? expected, JsonNode actual)
    {
        switch (expected, actual)
        {
            case (JsonObject wanted, JsonObject there):
                var members = new JsonObject();
                foreach (var (name, value) in wanted)
                    CompareMember(members, name, path, value, there[name]);
                return members;
            case (JsonArray wanted, JsonArray there):
                return CompareLists(path, wanted, there);
            default:
                if (Covers(expected, actual))
                    return expected?.DeepClone();
                Add(path, expected, actual, "NOT_EQUAL");
                return actual.DeepClone();
        }
    }

    /// <summary>The order is the service's; items that are not found are compared one by one where the number is right.</summary>
    private JsonArray CompareLists(string path, JsonArray wanted, JsonArray there)
    {
        var left = there.Select((item, index) => (item, index)).ToList();
        var result = new JsonNode?[wanted.Count];
        var lost = new List<int>();
        for (var i = 0; i < wanted.Count; i++)
        {
            var found = left.FindIndex(candidate => Covers(wanted[i], candidate.item));
            if (found < 0)
            {
                lost.Add(i);
                continue;
            }
            result[i] = wanted[i]?.DeepClone();
            left.RemoveAt(found);
        }
        var pairs = lost.Count == left.Count;
        foreach (var (i, order) in lost.Select((i, order) => (i, order)))
        {
            if (pairs)
                result[i] = Compare($"{path}/{i.ToString(CultureInfo.InvariantCulture)}", wanted[i], left[order].item!);
            else
                Add($"{path}/{i.ToString(CultureInfo.InvariantCulture)}", wanted[i], null, "REMOVE");
        }
        if (pairs)
            return new JsonArray(result);
        foreach (var (item, index) in left)
            Add($"{path}/{index.ToString(CultureInfo.InvariantCulture)}", null, item, "ADD");
        return new JsonArray([.. result.Where(item => item is not null), .. left.Select(candidate => candidate.item?.DeepClone())]);
    }

    /// <summary>Whether everything that is expected is there.</summary>
    private static bool Covers(JsonNode? expected, JsonNode? actual) => (expected, actual) switch
    {
        (null, _) => true,
        (JsonObject wanted, JsonObject there) => wanted.All(member => Covers(member.Value, there[member.Key])),
        (JsonArray wanted, JsonArray there) => wanted.Count == there.Count && wanted.All(item => there.Any(candidate => Covers(item, candidate))),
        (JsonValue wanted, JsonValue there) => IsSameText(TemplateValue.Text(wanted)!, TemplateValue.Text(there)!),
        _ => IsEmpty(expected) && IsEmpty(actual),
    };

    /// <summary>Services write truth values and numbers in ways of their own.</summary>
    private static bool IsSameText(string one, string other) =>
        one == other ||
        (bool.TryParse(one, out var truth) && bool.TryParse(other, out var otherTruth) && truth == otherTruth) ||
        (decimal.TryParse(one, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) &&
            decimal.TryParse(other, NumberStyles.Float, CultureInfo.InvariantCulture, out var otherNumber) && number == otherNumber);

    private void Add(string path, JsonNode? expected, JsonNode? actual, string kind) => _differences.Add(new PropertyDifference(path, Words(expected), Words(actual), kind));

    private static string Words(JsonNode? value) => value is null ? "null" : TemplateValue.Text(value) ?? value.ToJsonString();
}
