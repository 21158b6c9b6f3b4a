using System.Globalization;

namespace Cumulus.LocalCloud.CloudFormation.Api;

/// <summary>Arguments of a request of the query protocol.</summary>
/// <param name="prefix">Of the names of this part, with the dot; empty for the whole request.</param>
internal sealed class QueryForm(IReadOnlyDictionary<string, string> pairs, string prefix = "")
{
    public string? Text(string name) => pairs.GetValueOrDefault(prefix + name);

    /// <exception cref="Proxy.AwsError">ValidationError: it is missing.</exception>
    public string Required(string name) => Text(name) is { Length: > 0 } value
        ? value
        : throw Stacks.StackEngine.Refused($"1 validation error detected: Value null at '{char.ToLowerInvariant(name[0])}{name[1..]}' failed to satisfy constraint: Member must not be null");

    public bool Flag(string name) => string.Equals(Text(name), "true", StringComparison.OrdinalIgnoreCase);

    /// <summary>Null when it was not sent.</summary>
    public bool? OptionalFlag(string name) => Has(name) ? Flag(name) : null;

    public int? Number(string name) => int.TryParse(Text(name), CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>Whether anything of this name was sent, be it an empty list.</summary>
    public bool Has(string name) => pairs.Keys.Any(key => key == prefix + name || key.StartsWith(prefix + name + ".", StringComparison.Ordinal));

    public IReadOnlyList<string> Texts(string name) => [.. Members(name).Select(member => member.Text("")).OfType<string>()];

    public QueryForm Part(string name) => new(pairs, $"{prefix}{name}.");

    /// <summary>The entries of a map, each with <c>key</c> and <c>value</c>.</summary>
    public IReadOnlyList<QueryForm> Entries(string name) => Numbered($"{prefix}{name}.entry.");

    /// <summary>The members of a list; a member that is a text has it under the empty name.</summary>
    public IReadOnlyList<QueryForm> Members(string name) => Numbered($"{prefix}{name}.member.");

    private List<QueryForm> Numbered(string start) =>
    [
        .. pairs.Keys.Where(key => key.StartsWith(start, StringComparison.Ordinal)).Select(key => key[start.Length..].Split('.')[0]).Distinct()
            .OrderBy(index => int.TryParse(index, out var number) ? number : int.MaxValue)
            .Select(index => pairs.ContainsKey(start + index)
                ? new QueryForm(new Dictionary<string, string> { [""] = pairs[start + index] })
                : new QueryForm(pairs, $"{start}{index}.")),
    ];
}
