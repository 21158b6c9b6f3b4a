using Cumulus.Engine.Bundles;

namespace Cumulus.Engine.Hosts;

/// <summary>A bundle that is to be installed, as far as planning needs it.</summary>
/// <param name="SignedBy">The key whose signature was verified; null when none was asked for.</param>
/// <param name="Path">Host path under which its names lie; empty for the root.</param>
internal sealed record BundleOffer(string Name, string Version, string? Environment, string Digest, string Path, IReadOnlyList<BundleEntry> Entries, string? SignedBy = null)
{
    public static BundleOffer Of(InstalledRecord record) => new(record.Name, record.Version, record.Environment, record.Digest, record.Path, record.Entries, record.SignedBy);

    public InstalledRecord Record(DateTimeOffset now) => new()
    {
        Name = Name,
        Version = Version,
        Environment = Environment,
        Digest = Digest,
        Path = Path,
        Installed = now,
        SignedBy = SignedBy,
        Entries = Entries,
    };
}
