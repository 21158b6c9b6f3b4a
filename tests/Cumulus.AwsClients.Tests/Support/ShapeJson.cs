using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using Amazon.Runtime;

namespace Cumulus.AwsClients.Tests.Support;

/// <summary>
/// Carries botocore's inputs and outputs to the generated classes and back, by reflection. The names differ only by the first letter and
/// by the official package's departures, so a property that was lost or misspelt in the generator shows here.
/// </summary>
internal static class ShapeJson
{
    private static readonly Dictionary<string, string> Renamed = new()
    {
        ["IpPermission.IpRanges"] = "Ipv4Ranges",
        ["InstanceStatus.InstanceStatus"] = "Status",
        ["PrefixListId.PrefixListId"] = "Id",
    };

    public static object Build(Type type, JsonElement json)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type == typeof(string))
            return Simple(json).GetString()!;
        if (type == typeof(bool))
            return Simple(json).GetBoolean();
        if (type == typeof(int))
            return json.GetInt32();
        if (type == typeof(long))
            return json.GetInt64();
        if (type == typeof(float))
            return json.GetSingle();
        if (type == typeof(double))
            return json.GetDouble();
        if (type == typeof(DateTime))
            return json.GetDateTime().ToUniversalTime();
        if (type == typeof(MemoryStream))
            return new MemoryStream(json.GetBytesFromBase64());
        if (typeof(ConstantClass).IsAssignableFrom(type))
            return Activator.CreateInstance(type, json.GetString())!;
        var made = Activator.CreateInstance(type)!;
        switch (made)
        {
            case IList list:
                foreach (var item in json.EnumerateArray())
                    list.Add(Build(type.GenericTypeArguments[0], item));
                break;
            case IDictionary map:
                foreach (var entry in json.EnumerateObject())
                    map.Add(entry.Name, Build(type.GenericTypeArguments[1], entry.Value));
                break;
            default:
                foreach (var entry in json.EnumerateObject())
                {
                    var property = Property(type, entry.Name);
                    property.SetValue(made, Build(property.PropertyType, entry.Value));
                }
                break;
        }
        return made;
    }

    /// <summary>Every difference between what botocore read and what the generated class holds, as PATH: EXPECTED, ACTUAL.</summary>
    public static IEnumerable<string> Differences(JsonElement expected, object? actual, string path)
    {
        switch (actual)
        {
            case null:
                return expected.ValueKind == JsonValueKind.Array && expected.GetArrayLength() == 0 ? [] : [$"{path}: {expected}, nothing"];
            case IList list:
                if (expected.GetArrayLength() != list.Count)
                    return [$"{path}: {expected.GetArrayLength()} items, {list.Count} items"];
                return expected.EnumerateArray().SelectMany((item, i) => Differences(item, list[i], $"{path}[{i}]"));
            case IDictionary map:
                var keys = expected.EnumerateObject().Select(e => e.Name).ToHashSet();
                return expected.EnumerateObject().SelectMany(e => Differences(e.Value, map[e.Name], $"{path}[{e.Name}]"))
                    .Concat(map.Keys.Cast<string>().Where(key => !keys.Contains(key)).Select(key => $"{path}[{key}]: nothing, {map[key]}"));
            case string or ConstantClass or bool or int or long or float or double or DateTime or MemoryStream:
                var (want, have) = (Text(Simple(expected)), Text(actual));
                return want == have ? [] : [$"{path}: {want}, {have}"];
            default:
                return MemberDifferences(expected, actual, path);
        }
    }

    private static IEnumerable<string> MemberDifferences(JsonElement expected, object actual, string path)
    {
        var members = expected.EnumerateObject().ToDictionary(e => Property(actual.GetType(), e.Name), e => e.Value);
        foreach (var property in actual.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly))
        {
            var value = property.GetValue(actual);
            var here = $"{path}.{property.Name}";
            if (members.TryGetValue(property, out var member))
            {
                foreach (var difference in Differences(member, value, here))
                    yield return difference;
            }
            else if (value != null)
            {
                yield return $"{here}: nothing, {value}";
            }
        }
    }

    private static PropertyInfo Property(Type type, string member)
    {
        var name = Renamed.GetValueOrDefault($"{type.Name}.{member}") ?? char.ToUpperInvariant(member[0]) + member[1..];
        return type.GetProperty(name, BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly) ?? throw new MissingMemberException(type.Name, name);
    }

    /// <summary>Where the official package has the one value of a structure in the structure's place, that value.</summary>
    private static JsonElement Simple(JsonElement json) => json.ValueKind == JsonValueKind.Object ? json.EnumerateObject().Single().Value : json;

    private static string Text(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Number => json.GetDouble().ToString("R", CultureInfo.InvariantCulture),
        JsonValueKind.True => "True",
        JsonValueKind.False => "False",
        _ => json.GetString()!,
    };

    private static string Text(object value) => value switch
    {
        ConstantClass constant => constant.Value,
        int or long or float or double => Convert.ToDouble(value, CultureInfo.InvariantCulture).ToString("R", CultureInfo.InvariantCulture),
        DateTime time => time.ToString(time.Millisecond == 0 ? "yyyy-MM-dd'T'HH:mm:ss'Z'" : "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture),
        MemoryStream bytes => Convert.ToBase64String(bytes.ToArray()),
        _ => value.ToString()!,
    };
}
