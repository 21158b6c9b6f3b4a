using ICSharpCode.SharpZipLib;
using ICSharpCode.SharpZipLib.BZip2;
using Microsoft.Win32.SafeHandles;

namespace Cumulus.Engine.Bundles;

/// <summary>What a bzip2 file unfolds to: one stream or several, as parallel programs write them, and nothing behind the last.</summary>
internal sealed class Bzip2Content : ForwardStream
{
    private readonly long _length;
    private readonly FileSegment _input;
    private BZip2InputStream? _stream;
    private byte[] _copy = [];

    /// <summary>Leaves the file open.</summary>
    public Bzip2Content(SafeFileHandle file)
    {
        _length = RandomAccess.GetLength(file);
        _input = new FileSegment(file);
        _input.Begin(0, _length);
    }

    /// <exception cref="InvalidDataException">Damaged, cut off, or something is behind the last stream.</exception>
    public override int Read(Span<byte> buffer)
    {
        if (_copy.Length < buffer.Length) _copy = new byte[buffer.Length];
        try
        {
            while (buffer.Length > 0)
            {
                if (_stream is null)
                {
                    if (_input.Position == _length) return 0;
                    _stream = new BZip2InputStream(_input) { IsStreamOwner = false };
                }

                // It takes its input byte by byte, so that after its end the next stream begins where the input stands.
                int read = _stream.Read(_copy, 0, buffer.Length);
                if (read > 0)
                {
                    _copy.AsSpan(0, read).CopyTo(buffer);
                    return read;
                }

                _stream.Dispose();
                _stream = null;
            }

            return 0;
        }
        catch (Exception e) when (e is SharpZipBaseException or IndexOutOfRangeException or ArgumentException or OverflowException or EndOfStreamException)
        {
            throw new InvalidDataException("It is cut off, damaged, or something is behind its end.", e);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _stream?.Dispose();
            _input.Dispose();
        }

        base.Dispose(disposing);
    }
}
