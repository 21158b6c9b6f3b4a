using System.Globalization;
using Amazon.Runtime;
using Amazon.Runtime.Internal;

namespace Cumulus.AwsClients;

/// <summary>Writes values under names as AWS Query and EC2 Query want them. What is null is not written.</summary>
internal readonly struct QueryWriter(ParameterCollection parameters, bool isEc2)
{
    public void Add(string name, string? value)
    {
        if (value != null)
            parameters.Add(name, value);
    }

    public void Add(string name, ConstantClass? value) => Add(name, value?.Value);

    public void Add(string name, bool? value) => Add(name, value is { } flag ? flag ? "true" : "false" : null);

    public void Add(string name, int? value) => Add(name, value?.ToString(CultureInfo.InvariantCulture));

    public void Add(string name, long? value) => Add(name, value?.ToString(CultureInfo.InvariantCulture));

    public void Add(string name, float? value) => Add(name, value?.ToString(CultureInfo.InvariantCulture));

    public void Add(string name, double? value) => Add(name, value?.ToString(CultureInfo.InvariantCulture));

    public void Add(string name, DateTime? value) => Add(name, value is { } time ? Timestamps.ToIso8601(time) : null);

    public void Add(string name, MemoryStream? value) => Add(name, value == null ? null : Convert.ToBase64String(value.ToArray()));

    public void Add(string name, IQueryShape? value) => value?.Write(this, name + ".");

    /// <param name="item">Word between the list's name and the number; null when the list is flattened.</param>
    public void List<T>(string name, string? item, List<T>? list, Action<QueryWriter, string, T> write)
    {
        if (list == null)
            return;
        // An empty list clears a value in AWS Query; EC2 has no way to say it.
        if (list.Count == 0 && !isEc2)
            parameters.Add(name, "");
        var prefix = item == null ? name : name + "." + item;
        for (var i = 0; i < list.Count; i++)
            write(this, $"{prefix}.{i + 1}", list[i]);
    }

    /// <param name="entry">Word between the map's name and the number; null when the map is flattened.</param>
    public void Map<T>(string name, string? entry, string keyName, string valueName, Dictionary<string, T>? map, Action<QueryWriter, string, T> write)
    {
        if (map == null)
            return;
        var prefix = entry == null ? name : name + "." + entry;
        var i = 0;
        foreach (var (key, value) in map)
        {
            var item = $"{prefix}.{++i}.";
            Add(item + keyName, key);
            write(this, item + valueName, value);
        }
    }
}
