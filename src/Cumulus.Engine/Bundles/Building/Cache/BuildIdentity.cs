namespace Cumulus.Engine.Bundles;

/// <summary>What tells builds apart.</summary>
/// <param name="Bundle">The bundle, whatever its version and wherever its archive goes.</param>
/// <param name="Compressor">See <see cref="BundleArchive.Compressor"/>.</param>
/// <param name="Recipe">All that the bytes of entries depend on besides their sources.</param>
/// <param name="Whole">All that archive and manifest depend on besides their sources.</param>
internal sealed record BuildIdentity(string Bundle, string Compressor, string Recipe, string Whole)
{
    public static BuildIdentity Of(BundleRequest request, string archive, ArchiveSettings settings, BundleOrigin? origin)
    {
        string bundle = string.Join('\n', [request.Name, request.Environment, request.Format.Ending(), .. request.Paths.Select(p => $"{p.FullPath}\t{p.ArchivePath}")]);
        string compressor = BundleArchive.Compressor(request.Format, settings.Level);
        string recipe = string.Join('\n', compressor, settings.Time.ToString("O"), BundleBuilder.Tool);
        return new BuildIdentity(bundle, compressor, recipe, string.Join('\n', recipe, archive, request.Version, origin));
    }

    public static BuildIdentity Read(BinaryReader reader) => new(reader.ReadString(), reader.ReadString(), reader.ReadString(), reader.ReadString());

    public void Write(BinaryWriter writer)
    {
        writer.Write(Bundle);
        writer.Write(Compressor);
        writer.Write(Recipe);
        writer.Write(Whole);
    }
}
