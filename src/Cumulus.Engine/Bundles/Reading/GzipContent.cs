using System.Buffers.Binary;
using System.IO.Compression;
using Microsoft.Win32.SafeHandles;

namespace Cumulus.Engine.Bundles;

/// <summary>
/// What a gzip file unfolds to (RFC 1952): one member or several, each with its checksum, and nothing behind the last. The runtime's
/// own reader takes garbage behind a member, and an end that is cut off, for the end of all.
/// </summary>
internal sealed class GzipContent : ForwardStream
{
    private const int TrailerLength = 8;
    private const int FixedHeaderLength = 10;
    private const byte Deflate = 8;
    private const byte HasHeaderChecksum = 2;
    private const byte HasExtra = 4;
    private const byte HasName = 8;
    private const byte HasComment = 16;
    private const byte ReservedFlags = 0xE0;

    private readonly SafeFileHandle _file;
    private readonly long _length;
    private readonly FileSegment _input;
    private DeflateStream? _member;
    private Crc32 _crc;
    private uint _size;

    /// <summary>Leaves the file open.</summary>
    public GzipContent(SafeFileHandle file)
    {
        _file = file;
        _length = RandomAccess.GetLength(file);
        _input = new FileSegment(file);
        _input.Begin(0, _length);
    }

    /// <exception cref="InvalidDataException">Damaged, or something is behind the last member.</exception>
    /// <exception cref="EndOfStreamException">Cut off.</exception>
    public override int Read(Span<byte> buffer)
    {
        while (buffer.Length > 0)
        {
            if (_member is null)
            {
                if (_input.Position == _length) return 0;
                BeginMember();
            }

            int read = _member!.Read(buffer);
            if (read > 0)
            {
                _crc.Append(buffer[..read]);
                _size += (uint)read;
                return read;
            }

            EndMember();
        }

        return 0;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _member?.Dispose();
            _input.Dispose();
        }

        base.Dispose(disposing);
    }

    private void BeginMember()
    {
        Span<byte> header = stackalloc byte[FixedHeaderLength];
        _input.ReadExactly(header);
        if (header[0] != 0x1F || header[1] != 0x8B) throw new InvalidDataException("Something that is no gzip member is behind its end.");
        byte flags = header[3];
        if (header[2] != Deflate || (flags & ReservedFlags) != 0) throw new InvalidDataException("A gzip member is of an unknown kind.");
        var crc = new Crc32();
        crc.Append(header);
        if ((flags & HasExtra) != 0)
        {
            int length = HeaderByte(ref crc) | (HeaderByte(ref crc) << 8);
            for (int i = 0; i < length; i++) HeaderByte(ref crc);
        }

        if ((flags & HasName) != 0) SkipText(ref crc);
        if ((flags & HasComment) != 0) SkipText(ref crc);
        if ((flags & HasHeaderChecksum) != 0)
        {
            ushort expected = (ushort)crc.Value;
            if ((HeaderByte(ref crc) | (HeaderByte(ref crc) << 8)) != expected) throw new InvalidDataException("A gzip header does not have its checksum.");
        }

        _crc = new Crc32();
        _size = 0;
        _member = new DeflateStream(new Metered(_input), CompressionMode.Decompress);
    }

    private void SkipText(ref Crc32 crc)
    {
        while (HeaderByte(ref crc) != 0)
        {
        }
    }

    private byte HeaderByte(ref Crc32 crc)
    {
        int next = _input.ReadByte();
        if (next < 0) throw new EndOfStreamException("It ends in a gzip header.");
        crc.Append([(byte)next]);
        return (byte)next;
    }

    /// <summary>
    /// Finds the member's trailer. The inflater has taken more than it needed, and does not tell how much; but its end is in the last piece
    /// that it took, and the trailer's eight bytes are known by now.
    /// </summary>
    private void EndMember()
    {
        var metered = (Metered)_member!.BaseStream;
        long from = metered.LastPiece;
        _member.Dispose();
        _member = null;
        Span<byte> trailer = stackalloc byte[TrailerLength];
        BinaryPrimitives.WriteUInt32LittleEndian(trailer, _crc.Value);
        BinaryPrimitives.WriteUInt32LittleEndian(trailer[4..], _size);
        byte[] piece = new byte[Math.Min(_input.Position + TrailerLength, _length) - from];
        for (int read = 0, n; read < piece.Length; read += n)
        {
            n = RandomAccess.Read(_file, piece.AsSpan(read), from + read);
            if (n == 0) throw new EndOfStreamException("The file ends in the middle.");
        }

        for (int at = piece.AsSpan().IndexOf(trailer); at >= 0;)
        {
            long end = from + at + TrailerLength;
            if (end == _length || IsMember(end))
            {
                _input.Begin(end, _length - end);
                return;
            }

            int further = piece.AsSpan(at + 1).IndexOf(trailer);
            at = further < 0 ? -1 : at + 1 + further;
        }

        throw new InvalidDataException("It is cut off, does not have its checksum, or something is behind its end.");
    }

    private bool IsMember(long offset)
    {
        Span<byte> start = stackalloc byte[3];
        return RandomAccess.Read(_file, start, offset) == start.Length && start.SequenceEqual((ReadOnlySpan<byte>)[0x1F, 0x8B, Deflate]);
    }

    /// <summary>Remembers where the last piece that was taken began; the piece before it too while the last is empty.</summary>
    private sealed class Metered(FileSegment input) : ForwardStream
    {
        public long LastPiece { get; private set; } = input.Position;

        public override int Read(Span<byte> buffer)
        {
            long at = input.Position;
            int read = input.Read(buffer);
            if (read > 0) LastPiece = at;
            return read;
        }
    }
}
