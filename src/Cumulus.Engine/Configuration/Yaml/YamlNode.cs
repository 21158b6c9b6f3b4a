namespace Cumulus.Engine.Configuration.Yaml;

/// <summary>A part of a YAML document with its place.</summary>
internal abstract record YamlNode(Place Place);

/// <param name="Text">As written: <c>1.10</c> stays <c>1.10</c>.</param>
/// <param name="IsPlain">Written without quotes, so that it may stand for null.</param>
internal sealed record YamlScalar(Place Place, string Text, bool IsPlain) : YamlNode(Place)
{
    public bool IsNull => IsPlain && (Text is "" or "~" or "null" or "Null" or "NULL");
}

internal sealed record YamlSequence(Place Place, IReadOnlyList<YamlNode> Items) : YamlNode(Place);

/// <param name="Entries">In the order of the file, merge keys resolved, no key twice.</param>
internal sealed record YamlMapping(Place Place, IReadOnlyList<YamlEntry> Entries) : YamlNode(Place);

internal sealed record YamlEntry(string Key, Place Place, YamlNode Value);
