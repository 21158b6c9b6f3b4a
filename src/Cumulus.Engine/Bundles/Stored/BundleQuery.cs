using Cumulus.Engine.Configuration;

namespace Cumulus.Engine.Bundles;

/// <summary>Which bundles of a bucket are meant: names with wildcards.</summary>
public sealed record BundleQuery(string Environment = "*", string Version = "*", string Name = "*")
{
    /// <summary>Each of the environments with each of the versions and names; none given means all.</summary>
    public static IReadOnlyList<BundleQuery> Of(IReadOnlyList<string> environments, IReadOnlyList<string>? versions, IReadOnlyList<string>? names) =>
        [.. from e in environments from v in versions ?? ["*"] from n in names ?? ["*"] select new BundleQuery(e, v, n)];

    /// <summary>What the keys of all that is meant begin with; wildcards do not mind the case of letters, keys do.</summary>
    internal string Prefix => NamePattern.HasWildcard(Environment) ? "" : NamePattern.HasWildcard(Version) ? $"{Environment}/" : $"{Environment}/{Version}/";

    internal bool Matches(BundleKeyParts key) =>
        NamePattern.Matches(Environment, key.Environment) && NamePattern.Matches(Version, key.Version) && NamePattern.Matches(Name, key.Name);
}
