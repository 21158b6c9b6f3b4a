using ICSharpCode.SharpZipLib.BZip2;

namespace Cumulus.Engine.Bundles;

/// <summary>A bzip2 file of several streams, one a slice, as parallel bzip2 programs make it; every reader of bzip2 reads them as one.</summary>
internal sealed class Bzip2Compressor : ITarCompressor
{
    private const int BlockSize = 9;

    // With its headers and padding a slice stays within one block of 900,000 bytes.
    public int LargestSlice => 830_000;

    public int Window => 0;

    public ReadOnlySpan<byte> Start => default;

    public ReadOnlySpan<byte> End => default;

    public void Append(ReadOnlySpan<byte> window, ReadOnlySpan<byte> content, MemoryStream output)
    {
        using var bzip2 = new BZip2OutputStream(output, BlockSize) { IsStreamOwner = false };
        bzip2.Write(content);
    }

    public void Count(ReadOnlySpan<byte> content)
    {
    }
}
