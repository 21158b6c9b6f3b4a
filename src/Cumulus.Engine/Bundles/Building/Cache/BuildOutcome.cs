namespace Cumulus.Engine.Bundles;

/// <summary>What a build made, so that the next one can tell that it is still there.</summary>
/// <param name="Archive">Stamp of the archive; default where the system gives none.</param>
internal sealed record BuildOutcome(string ArchivePath, FileStamp Archive, FileStamp Manifest, int Files, long Size, string Digest, string Sha256)
{
    /// <summary>Archive and manifest are there and were not written since.</summary>
    public bool IsThere =>
        Archive != default && Manifest != default
        && FolderReaders.Best.Look(ArchivePath)?.Stamp == Archive
        && FolderReaders.Best.Look(ArchivePath + BundleManifest.Suffix)?.Stamp == Manifest;

    public static BuildOutcome Of(Bundle bundle) => new(
        bundle.Path,
        FolderReaders.Best.Look(bundle.Path)?.Stamp ?? default,
        FolderReaders.Best.Look(bundle.ManifestPath)?.Stamp ?? default,
        bundle.Files,
        bundle.Size,
        bundle.Digest,
        bundle.Sha256);

    public static BuildOutcome Read(BinaryReader reader) => new(
        reader.ReadString(), ReadStamp(reader), ReadStamp(reader), reader.ReadInt32(), reader.ReadInt64(), reader.ReadString(), reader.ReadString());

    public void Write(BinaryWriter writer)
    {
        writer.Write(ArchivePath);
        WriteStamp(writer, Archive);
        WriteStamp(writer, Manifest);
        writer.Write(Files);
        writer.Write(Size);
        writer.Write(Digest);
        writer.Write(Sha256);
    }

    private static FileStamp ReadStamp(BinaryReader reader) =>
        new(reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt64(), reader.ReadUInt64(), reader.ReadUInt64());

    private static void WriteStamp(BinaryWriter writer, FileStamp stamp)
    {
        writer.Write(stamp.Size);
        writer.Write(stamp.Modified);
        writer.Write(stamp.Changed);
        writer.Write(stamp.Inode);
        writer.Write(stamp.Device);
    }
}
