using System.Buffers;
using System.Security.Cryptography;

namespace Cumulus.Engine.Bundles;

/// <summary>
/// The content of one file of an archive as a stream that checks itself: more or fewer bytes than declared, another checksum,
/// another digest are errors of the read that finds them. One is used for many entries, one after the other.
/// </summary>
internal sealed class EntryContent(ArchiveRefusal refuse, CancellationToken cancellationToken) : ForwardStream
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private ArchiveEntry? _entry;
    private Stream _source = Null;
    private Crc32 _crc;
    private long _read;
    private string? _sha256;

    public override long Position
    {
        get => _read;
        set => throw new NotSupportedException();
    }

    public void Begin(ArchiveEntry entry, Stream source)
    {
        // An entry that failed half-way may have left something.
        if (_sha256 is null && _read > 0) _hash.GetHashAndReset();
        _entry = entry;
        _source = source;
        _crc = new Crc32();
        _read = 0;
        _sha256 = null;
    }

    /// <summary>Tells the digest of what was begun, where it is known only now.</summary>
    public void Expect(ArchiveEntry entry) => _entry = entry;

    /// <exception cref="CumulusException"><see cref="ErrorIds.BundleInvalid"/>; <see cref="ErrorIds.BundleDigestMismatch"/> at the end, when the entry has a
    /// digest and this is not it.</exception>
    public override int Read(Span<byte> buffer)
    {
        if (_sha256 is not null || buffer.IsEmpty) return 0;
        cancellationToken.ThrowIfCancellationRequested();
        ArchiveEntry entry = _entry!;
        int read;
        try
        {
            read = _source.Read(buffer);
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            throw refuse.Invalid($"is damaged at '{ArchiveRefusal.Shown(entry.Name)}'. {e.Message.TrimEnd('.')}", e);
        }

        if (read == 0)
        {
            End(entry);
            return 0;
        }

        _read += read;
        if (_read > entry.Size) throw refuse.Invalid($"holds more bytes of '{entry.Name}' than the {entry.Size} that it declares");
        _hash.AppendData(buffer[..read]);
        if (entry.Data?.Crc32 is not null) _crc.Append(buffer[..read]);
        return read;
    }

    /// <summary>Reads what nobody has read yet, so that all is checked.</summary>
    /// <returns>SHA-256 of the content, 64 hexadecimal digits.</returns>
    /// <exception cref="CumulusException">As <see cref="Read(Span{byte})"/>.</exception>
    public string Finish()
    {
        if (_sha256 is not null) return _sha256;
        byte[] buffer = ArrayPool<byte>.Shared.Rent(1 << 16);
        try
        {
            while (Read(buffer) > 0)
            {
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return _sha256!;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) _hash.Dispose();
        base.Dispose(disposing);
    }

    private void End(ArchiveEntry entry)
    {
        if (_read < entry.Size) throw refuse.Invalid($"holds {_read} bytes of '{entry.Name}' where it declares {entry.Size}");
        if (entry.Data?.Crc32 is { } crc && _crc.Value != crc) throw refuse.Invalid($"is damaged: '{entry.Name}' does not have its checksum");
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        _hash.GetHashAndReset(digest);
        _sha256 = Hex.Of(digest);
        if (entry.Sha256 is { } expected && expected != _sha256)
        {
            throw refuse.Mismatch($"holds '{entry.Name}' with SHA-256 {_sha256} where {expected} is expected");
        }
    }
}
