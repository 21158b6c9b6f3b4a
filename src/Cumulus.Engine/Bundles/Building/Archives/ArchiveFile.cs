using System.Buffers;
using System.Runtime.ExceptionServices;
using System.Security.Cryptography;
using System.Threading.Channels;
using Microsoft.Win32.SafeHandles;

namespace Cumulus.Engine.Bundles;

/// <summary>An archive that is being written: appended to by one thread, hashed behind its back, and readable where it is on disk.</summary>
internal sealed class ArchiveFile : IAsyncDisposable
{
    private const int BufferLength = 256 << 10;
    private const int MostUnhashed = 16;

    private readonly SafeFileHandle _handle;
    private readonly byte[] _buffer = new byte[BufferLength];
    private readonly Channel<Settled> _settled = Channel.CreateBounded<Settled>(new BoundedChannelOptions(MostUnhashed) { SingleReader = true, SingleWriter = true });
    private readonly Task<string> _hash;
    private long _onDisk;
    private int _filled;
    private long _keepOpen = long.MaxValue;

    /// <param name="path">Of a file that is not there yet.</param>
    public ArchiveFile(string path)
    {
        _handle = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Read, FileOptions.Asynchronous);
        _hash = Task.Run(HashAsync);
    }

    /// <summary>Bytes so far.</summary>
    public long Position => _onDisk + _filled;

    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > BufferLength - _filled) Flush();
        if (bytes.Length > BufferLength)
        {
            RandomAccess.Write(_handle, bytes, _onDisk);
            _onDisk += bytes.Length;
            return;
        }

        bytes.CopyTo(_buffer.AsSpan(_filled));
        _filled += bytes.Length;
    }

    /// <summary>Appends bytes that are final, in an array of the shared pool, which is returned there when they have been hashed.</summary>
    public void AppendRented(byte[] rented, int length)
    {
        Flush();
        RandomAccess.Write(_handle, rented.AsSpan(0, length), _onDisk);
        Volatile.Write(ref _onDisk, _onDisk + length);
        Tell(new Settled(_onDisk, rented, length));
    }

    /// <summary>From here on bytes may be patched later; they are not hashed until <see cref="Patch"/> has been called.</summary>
    public void KeepOpen() => _keepOpen = Position;

    /// <summary>Writes over bytes that <see cref="KeepOpen"/> has kept from being final.</summary>
    public void Patch(long position, ReadOnlySpan<byte> bytes)
    {
        Flush();
        RandomAccess.Write(_handle, bytes, position);
        _keepOpen = long.MaxValue;
    }

    /// <summary>Reads what was appended earlier; false when it is not on disk yet.</summary>
    public bool TryRead(long position, Span<byte> bytes)
    {
        if (position + bytes.Length > Volatile.Read(ref _onDisk)) return false;
        while (bytes.Length > 0)
        {
            int read = RandomAccess.Read(_handle, bytes, position);
            if (read == 0) return false;
            bytes = bytes[read..];
            position += read;
        }

        return true;
    }

    /// <returns>SHA-256 of the whole file, 64 hexadecimal digits.</returns>
    /// <exception cref="EndOfStreamException">Somebody made the file shorter. Appending throws this too, as soon as it is known.</exception>
    public async Task<string> FinishAsync()
    {
        Flush();
        _settled.Writer.TryComplete();
        return await _hash;
    }

    public async ValueTask DisposeAsync()
    {
        _settled.Writer.TryComplete();
        await ((Task)_hash).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _handle.Dispose();
    }

    private void Flush()
    {
        RandomAccess.Write(_handle, _buffer.AsSpan(0, _filled), _onDisk);
        Volatile.Write(ref _onDisk, _onDisk + _filled);
        _filled = 0;
        Tell(new Settled(Math.Min(_onDisk, _keepOpen), null, 0));
    }

    // Waits where hashing is far behind: what waits to be hashed is memory.
    private void Tell(Settled settled)
    {
        try
        {
            if (!_settled.Writer.TryWrite(settled)) _settled.Writer.WriteAsync(settled).AsTask().GetAwaiter().GetResult();
        }
        catch (ChannelClosedException e) when (e.InnerException is { } cause)
        {
            // Hashing failed; that it takes no more is not the news.
            ExceptionDispatchInfo.Throw(cause);
        }
    }

    private async Task<string> HashAsync()
    {
        try
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            byte[] buffer = new byte[BufferLength];
            long hashed = 0;
            await foreach (Settled settled in _settled.Reader.ReadAllAsync())
            {
                hashed = HashFile(hash, buffer, hashed, settled.Until - settled.Length);
                if (settled.Rented is not { } rented) continue;
                hash.AppendData(rented, 0, settled.Length);
                ArrayPool<byte>.Shared.Return(rented);
                hashed += settled.Length;
            }

            return Hex.Of(hash.GetHashAndReset());
        }
        catch (Exception e)
        {
            // So that nobody waits for room in the channel.
            _settled.Writer.TryComplete(e);
            throw;
        }
    }

    // Read back from the page cache: cheaper than to hold the bytes, and the headers that were patched are the patched ones.
    private long HashFile(IncrementalHash hash, byte[] buffer, long from, long until)
    {
        while (from < until)
        {
            int read = RandomAccess.Read(_handle, buffer.AsSpan(0, (int)Math.Min(BufferLength, until - from)), from);
            if (read == 0) throw new EndOfStreamException("The archive became shorter while it was written.");
            hash.AppendData(buffer, 0, read);
            from += read;
        }

        return from;
    }

    /// <param name="Until">Bytes of the file that are final.</param>
    /// <param name="Rented">The last of them, if they are still in memory.</param>
    private readonly record struct Settled(long Until, byte[]? Rented, int Length);
}
