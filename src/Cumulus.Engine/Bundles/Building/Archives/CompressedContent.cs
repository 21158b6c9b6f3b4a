using System.IO.Compression;

namespace Cumulus.Engine.Bundles;

/// <summary>Tells content that is compressed already: it is stored, without the effort of trying in earnest.</summary>
internal static class CompressedContent
{
    private const int SampleLength = 4 << 10;
    private const double ShrinksNot = 0.97;

    // gzip, zip, PNG, JPEG, xz, zstd, bzip2, 7z, woff2.
    private static readonly byte[][] Starts =
    [
        [0x1F, 0x8B], [0x50, 0x4B, 3, 4], [0x89, 0x50, 0x4E, 0x47], [0xFF, 0xD8, 0xFF], [0xFD, 0x37, 0x7A, 0x58, 0x5A],
        [0x28, 0xB5, 0x2F, 0xFD], [0x42, 0x5A, 0x68], [0x37, 0x7A, 0xBC, 0xAF], [0x77, 0x4F, 0x46, 0x32],
    ];

    /// <summary>It begins as compressed formats do, and its middle does not shrink: a zip may hold plain files.</summary>
    public static bool Is(ReadOnlySpan<byte> content)
    {
        bool known = false;
        foreach (byte[] start in Starts) known |= content.StartsWith(start);
        if (!known || content.Length < SampleLength) return false;
        ReadOnlySpan<byte> sample = content.Slice((content.Length - SampleLength) / 2, SampleLength);
        using var output = new MemoryStream(2 * SampleLength);
        new Deflater(CompressionLevel.Fastest).AppendWhole(sample, output);
        return output.Length >= SampleLength * ShrinksNot;
    }
}
