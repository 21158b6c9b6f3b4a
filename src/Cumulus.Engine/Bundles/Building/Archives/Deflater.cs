using System.IO.Compression;
using System.Reflection;
using System.Security.Cryptography;

namespace Cumulus.Engine.Bundles;

/// <summary>
/// Deflate (RFC 1951) by the runtime's zlib, of whole files and of parts that are put together to one stream. A part
/// sees the bytes before it, so cutting costs next to no size, and parts can be compressed side by side.
/// </summary>
internal sealed class Deflater(CompressionLevel level)
{
    /// <summary>How far back deflate can refer, in bytes.</summary>
    public const int Window = 32 << 10;

    private static readonly Func<Stream, DeflateStream>? s_balanced = Balanced();

    /// <summary>What ends a stream that is made of parts: an empty last block.</summary>
    public static ReadOnlySpan<byte> StreamEnd => [3, 0];

    public CompressionLevel Level { get; } = level;

    /// <summary>
    /// Names the compressor by what it makes of a sample: zlib differs between versions of the runtime, and bytes of one must
    /// not be mixed with bytes of another when equal input is to give equal output.
    /// </summary>
    public string Fingerprint()
    {
        byte[] sample = new byte[Window];
        for (int i = 0; i < sample.Length; i++) sample[i] = (byte)((i * i / 7) ^ (i >> 5));
        using var output = new MemoryStream();
        AppendPart(default, sample, output);
        return Hex.Of(SHA256.HashData(output.GetBuffer().AsSpan(0, (int)output.Length)).AsSpan(0, 8));
    }

    /// <summary>Adds a whole stream to the output.</summary>
    public void AppendWhole(ReadOnlySpan<byte> data, MemoryStream output)
    {
        using DeflateStream deflate = Open(output);
        deflate.Write(data);
    }

    /// <summary>Adds a part: it ends on a whole byte, and any part or <see cref="StreamEnd"/> may follow.</summary>
    /// <param name="window">The last bytes before the part, at most <see cref="Window"/>; they are not in the output.</param>
    public void AppendPart(ReadOnlySpan<byte> window, ReadOnlySpan<byte> data, MemoryStream output)
    {
        int start = (int)output.Length;
        using DeflateStream deflate = Open(output);
        if (window.Length > 0)
        {
            deflate.Write(window);
            deflate.Flush();
        }

        // A flush ends the block on a byte boundary and keeps the window: what comes now continues where the window's bytes end.
        int dataStart = (int)output.Length;
        deflate.Write(data);
        deflate.Flush();
        int length = (int)output.Length - dataStart;
        byte[] buffer = output.GetBuffer();
        buffer.AsSpan(dataStart, length).CopyTo(buffer.AsSpan(start));
        deflate.Dispose();
        output.SetLength(start + length);
    }

    private DeflateStream Open(Stream output) =>
        Level == CompressionLevel.Optimal && s_balanced is { } balanced ? balanced(output) : new DeflateStream(output, Level, leaveOpen: true);

    /// <summary>
    /// Level 5 of zlib-ng, for Optimal, which the runtime takes for level 6: 0.3 % more bytes in four fifths of the time. Null on .NET 8, which has zlib and
    /// can be told no level; the options are of .NET 9 and are therefore found by name.
    /// </summary>
    private static Func<Stream, DeflateStream>? Balanced()
    {
        if (typeof(DeflateStream).Assembly.GetType("System.IO.Compression.ZLibCompressionOptions") is not { } type
            || type.GetProperty("CompressionLevel") is not { } level
            || typeof(DeflateStream).GetConstructor([typeof(Stream), type, typeof(bool)]) is not { } constructor)
        {
            return null;
        }

        object options = Activator.CreateInstance(type)!;
        level.SetValue(options, 5);
        var open = ConstructorInvoker.Create(constructor);
        return output => (DeflateStream)open.Invoke(output, options, true);
    }
}
