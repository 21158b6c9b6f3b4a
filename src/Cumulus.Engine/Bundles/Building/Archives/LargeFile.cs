using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace Cumulus.Engine.Bundles;

/// <summary>A file that goes into a zip in parts: they are read and compressed side by side, and counted in order.</summary>
internal sealed class LargeFile : IDisposable
{
    private const int SampleLength = 64 << 10;
    private const double ShrinksNot = 0.97;

    private readonly SafeFileHandle _handle;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private Crc32 _crc = new();

    /// <exception cref="CumulusException">As <see cref="SourceFile.Open"/>.</exception>
    public LargeFile(BundleSource source, CompressionLevel level)
    {
        Source = source;
        _handle = SourceFile.Open(source);
        IsStored = level == CompressionLevel.NoCompression || !SamplesShrink();
    }

    public BundleSource Source { get; }

    /// <summary>What does not shrink at its start, its middle and its end is stored.</summary>
    public bool IsStored { get; }

    public long HeaderAt { get; set; }

    public long DataAt { get; set; }

    /// <summary>Of what has been counted.</summary>
    public uint Crc => _crc.Value;

    /// <summary>Reads a part and the window before it; from any thread.</summary>
    public Part Read(long at, int length)
    {
        int window = IsStored ? 0 : (int)Math.Min(at, Deflater.Window);
        var part = new Part(window, length);
        SourceFile.Read(_handle, Source, at - window, part.Bytes);
        return part;
    }

    /// <summary>Takes the next part into digest and checksum.</summary>
    public void Count(Part part)
    {
        _hash.AppendData(part.Content);
        _crc.Append(part.Content);
    }

    /// <returns>The digest of all that was counted.</returns>
    public Digest256 Finish()
    {
        var digest = Digest256.From(_hash.GetHashAndReset());
        Dispose();
        return digest;
    }

    public void Dispose()
    {
        _handle.Dispose();
        _hash.Dispose();
    }

    private bool SamplesShrink()
    {
        byte[] sample = new byte[SampleLength];
        using var output = new MemoryStream(SampleLength);
        var deflater = new Deflater(CompressionLevel.Fastest);
        foreach (long at in (long[])[0, Source.Size / 2, Source.Size - SampleLength])
        {
            SourceFile.Read(_handle, Source, at, sample);
            output.SetLength(0);
            deflater.AppendWhole(sample, output);
            if (output.Length < SampleLength * ShrinksNot) return true;
        }

        return false;
    }

    /// <summary>A part in a rented buffer: a tag, the window, the content.</summary>
    internal sealed class Part
    {
        private const int TagLength = 16;
        private readonly byte[] _buffer;
        private readonly int _window;
        private readonly int _length;

        public Part(int window, int length)
        {
            _window = window;
            _length = length;
            _buffer = ArrayPool<byte>.Shared.Rent(TagLength + window + length);
            // The same bytes behind another window, or as a whole file, compress to other bytes.
            "cumulus part"u8.CopyTo(_buffer);
            BinaryPrimitives.WriteInt32LittleEndian(_buffer.AsSpan(TagLength - 4), window);
        }

        /// <summary>Window and content.</summary>
        public Span<byte> Bytes => _buffer.AsSpan(TagLength, _window + _length);

        public ReadOnlySpan<byte> Window => _buffer.AsSpan(TagLength, _window);

        public ReadOnlySpan<byte> Content => _buffer.AsSpan(TagLength + _window, _length);

        public Digest256 Key => Digest256.Of(_buffer.AsSpan(0, TagLength + _window + _length));

        public void Release() => ArrayPool<byte>.Shared.Return(_buffer);
    }
}
