namespace Cumulus.Engine.Bundles;

/// <summary>Writes a compressed tar whose bytes depend on content alone. Slices are compressed side by side.</summary>
internal sealed class TarBundleWriter(ArchiveFile archive, ArchiveSettings settings, ITarCompressor compressor, PieceSource pieces)
{
    private readonly StreamPool _outputs = new();
    private readonly TarSlices _slices = new(new TarHeaders(settings.Time), compressor.LargestSlice, compressor.Window);

    /// <param name="sources">In <see cref="ArchiveName.Order"/>.</param>
    /// <returns>The entries with the digests of the very bytes that were written.</returns>
    public async Task<IReadOnlyList<BundleEntry>> WriteAsync(IReadOnlyList<BundleSource> sources, CancellationToken cancellationToken)
    {
        archive.Append(compressor.Start);
        await OrderedWork.RunAsync(_slices.Of(sources), settings.Ahead, Compress, append => append(), cancellationToken);
        archive.Append(compressor.End);
        return _slices.Entries;
    }

    private Action Compress(TarSlice slice)
    {
        MemoryStream output = _outputs.Rent();
        Digest256 key = slice.Key();
        bool isNew = pieces.Take(key, output) is null;
        if (isNew) compressor.Append(slice.Window, slice.Content, output);
        return () =>
        {
            compressor.Count(slice.Content);
            ReadOnlySpan<byte> data = output.GetBuffer().AsSpan(0, (int)output.Length);
            pieces.Keep(key, 0, archive.Position, data, isNew);
            archive.Append(data);
            slice.Release();
            _outputs.Return(output);
        };
    }
}
