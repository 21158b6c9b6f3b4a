using System.Buffers;
using Microsoft.Win32.SafeHandles;

namespace Cumulus.Engine.Bundles;

/// <summary>
/// A stretch of a file as a stream, and the next one after <see cref="Begin"/>: what was read ahead is kept, so that small
/// neighbours cost one read of the disk together.
/// </summary>
internal sealed class FileSegment(SafeFileHandle file) : ForwardStream
{
    private readonly byte[] _buffer = ArrayPool<byte>.Shared.Rent(1 << 17);
    private long _bufferStart;
    private int _buffered;
    private long _position;
    private long _end;
    private bool _disposed;

    /// <summary>In the file, of the next byte that is read.</summary>
    public override long Position
    {
        get => _position;
        set => throw new NotSupportedException();
    }

    public void Begin(long offset, long length)
    {
        _position = offset;
        _end = checked(offset + length);
    }

    /// <exception cref="EndOfStreamException">The file is shorter than the stretch.</exception>
    public override int Read(Span<byte> destination)
    {
        int wanted = (int)Math.Min(destination.Length, _end - _position);
        if (wanted == 0) return 0;
        ReadOnlySpan<byte> there = Buffered();
        int read = Math.Min(wanted, there.Length);
        there[..read].CopyTo(destination);
        _position += read;
        return read;
    }

    public override int ReadByte()
    {
        if (_position == _end) return -1;
        byte next = Buffered()[0];
        _position++;
        return next;
    }

    protected override void Dispose(bool disposing)
    {
        if (!_disposed) ArrayPool<byte>.Shared.Return(_buffer);
        _disposed = true;
        base.Dispose(disposing);
    }

    /// <summary>At least one byte from the position on.</summary>
    private ReadOnlySpan<byte> Buffered()
    {
        if (_position < _bufferStart || _position >= _bufferStart + _buffered)
        {
            _buffered = RandomAccess.Read(file, _buffer, _position);
            _bufferStart = _position;
            if (_buffered == 0) throw new EndOfStreamException("The file ends in the middle.");
        }

        int at = (int)(_position - _bufferStart);
        return _buffer.AsSpan(at, _buffered - at);
    }
}
