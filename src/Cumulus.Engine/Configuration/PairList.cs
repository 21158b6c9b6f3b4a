namespace Cumulus.Engine.Configuration;

/// <summary>Lists of keys and values that keep their order.</summary>
internal static class PairList
{
    /// <summary>The pairs of both; where both have a key, the place of the first and the value of the second.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> Merge(IReadOnlyList<KeyValuePair<string, string>> first, IReadOnlyList<KeyValuePair<string, string>> second)
    {
        Dictionary<string, string> values = second.ToDictionary();
        return
        [
            .. first.Select(p => values.TryGetValue(p.Key, out string? value) ? KeyValuePair.Create(p.Key, value) : p),
            .. second.ExceptBy(first.Select(p => p.Key), p => p.Key),
        ];
    }
}
