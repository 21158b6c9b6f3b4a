namespace Cumulus.Engine.Ghost;

/// <summary>The lists of a definition whose entries go by a name, so that a path such as <c>features.php.version</c> finds one.</summary>
internal static class NamedLists
{
    private static readonly Dictionary<string, string> Keys = new(StringComparer.Ordinal)
    {
        ["features"] = "name",
        ["modules"] = "name",
        ["env_vars"] = "var_key",
        ["instance_tags"] = "tag_name",
        ["optional_volumes"] = "device_name",
        ["log_notifications"] = "email",
    };

    /// <summary>The field that names an entry; null for a list of another sort.</summary>
    public static string? KeyOf(string list) => Keys.GetValueOrDefault(list);

    public static bool IsKey(string field) => Keys.ContainsValue(field);
}
