namespace Cumulus.Engine.Bundles;

/// <summary>What the last build knew of an entry that is proven to be the same now.</summary>
/// <param name="Digest">Of a file's content.</param>
/// <param name="Place">Where it lies in the last archive; default in a tar.</param>
internal readonly record struct RecordedEntry(Digest256 Digest, ZipPlace Place);

/// <summary>An entry's bytes in a zip: local header, then data.</summary>
/// <param name="DataAt">Where the data starts and the header ends.</param>
internal readonly record struct ZipPlace(long HeaderAt, long DataAt, long Length, uint Crc, bool IsDeflated)
{
    public long End => DataAt + Length;
}
