using System.Buffers.Binary;
using System.IO.Compression;

namespace Cumulus.Engine.Bundles;

/// <summary>One gzip member (RFC 1952) without name and time.</summary>
internal sealed class GzipCompressor(CompressionLevel level) : ITarCompressor
{
    private readonly Deflater _deflater = new(level);
    private Crc32 _crc = new();
    private uint _length;

    public int LargestSlice => 1 << 20;

    public int Window => Deflater.Window;

    // Magic, deflate, no flags, no time, nothing said of effort, unknown system.
    public ReadOnlySpan<byte> Start => [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF];

    public ReadOnlySpan<byte> End
    {
        get
        {
            byte[] end = new byte[Deflater.StreamEnd.Length + 8];
            Deflater.StreamEnd.CopyTo(end);
            BinaryPrimitives.WriteUInt32LittleEndian(end.AsSpan(Deflater.StreamEnd.Length), _crc.Value);
            BinaryPrimitives.WriteUInt32LittleEndian(end.AsSpan(Deflater.StreamEnd.Length + 4), _length);
            return end;
        }
    }

    public void Append(ReadOnlySpan<byte> window, ReadOnlySpan<byte> content, MemoryStream output) => _deflater.AppendPart(window, content, output);

    public void Count(ReadOnlySpan<byte> content)
    {
        _crc.Append(content);
        _length += (uint)content.Length;
    }
}
