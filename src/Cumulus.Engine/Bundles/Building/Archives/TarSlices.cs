using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace Cumulus.Engine.Bundles;

/// <summary>A stretch of a tar, with what stood before it, in a rented buffer.</summary>
internal sealed class TarSlice(int capacity, ReadOnlySpan<byte> window)
{
    private readonly byte[] _buffer = Fill(ArrayPool<byte>.Shared.Rent(window.Length + capacity), window);
    private readonly int _window = window.Length;
    private int _length;

    public ReadOnlySpan<byte> Window => _buffer.AsSpan(0, _window);

    public ReadOnlySpan<byte> Content => _buffer.AsSpan(_window, _length);

    public int Length => _length;

    public int Room => capacity - _length;

    /// <summary>Where the next bytes go; <see cref="Advance"/> makes them count.</summary>
    public Span<byte> Free(int length) => _buffer.AsSpan(_window + _length, length);

    public void Advance(int length) => _length += length;

    public void Append(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Free(bytes.Length));
        _length += bytes.Length;
    }

    /// <summary>The last bytes of window and content.</summary>
    public ReadOnlySpan<byte> Tail(int length)
    {
        int have = _window + _length;
        return _buffer.AsSpan(Math.Max(0, have - length), Math.Min(have, length));
    }

    /// <summary>Of window and content: equal ones compress to equal bytes.</summary>
    public Digest256 Key()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData("cumulus slice"u8);
        hash.AppendData(BitConverter.GetBytes(_window));
        hash.AppendData(_buffer, 0, _window + _length);
        return Digest256.From(hash.GetHashAndReset());
    }

    public void Release() => ArrayPool<byte>.Shared.Return(_buffer);

    private static byte[] Fill(byte[] buffer, ReadOnlySpan<byte> window)
    {
        window.CopyTo(buffer);
        return buffer;
    }
}

/// <summary>
/// The tar of a bundle, cut into slices that can be compressed side by side. Cuts depend on names and sizes nearby, not on the
/// distance from the start: a change moves the cuts around it only, and later slices are found in the cache.
/// </summary>
/// <param name="largest">Bytes of a slice.</param>
/// <param name="window">How many bytes before a slice go with it.</param>
internal sealed class TarSlices(TarHeaders records, int largest, int window)
{
    private const int CutOneIn = 16;

    // A slice may exceed its size by an entry's headers and padding.
    private const int Slack = 64 << 10;

    private readonly List<BundleEntry> _entries = [];

    /// <summary>What was put into the slices so far.</summary>
    public IReadOnlyList<BundleEntry> Entries => _entries;

    /// <summary>Reads the files as it goes.</summary>
    /// <exception cref="CumulusException">As <see cref="SourceFile"/>.</exception>
    public IEnumerable<TarSlice> Of(IReadOnlyList<BundleSource> sources)
    {
        var slice = new TarSlice(largest + Slack, default);
        foreach (BundleSource source in sources)
        {
            if (IsCut(slice, source.Name))
            {
                TarSlice full = slice;
                slice = Next(full);
                yield return full;
            }

            slice.Append(records.Header(source));
            if (source.Type != BundleEntryType.File)
            {
                AddEntry(source, null);
                continue;
            }

            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            using (var handle = SourceFile.Open(source))
            {
                for (long at = 0; at < source.Size;)
                {
                    if (slice.Length >= largest)
                    {
                        TarSlice full = slice;
                        slice = Next(full);
                        yield return full;
                    }

                    int length = (int)Math.Min(source.Size - at, largest - slice.Length);
                    Span<byte> place = slice.Free(length);
                    SourceFile.Read(handle, source, at, place);
                    hash.AppendData(place);
                    slice.Advance(length);
                    at += length;
                }
            }

            AddEntry(source, Digest256.From(hash.GetHashAndReset()).ToString());
            int padding = TarHeaders.Padding(source.Size);
            slice.Free(padding).Clear();
            slice.Advance(padding);
        }

        slice.Append(TarHeaders.End);
        yield return slice;
    }

    private TarSlice Next(TarSlice slice) => new(largest + Slack, slice.Tail(window));

    private bool IsCut(TarSlice slice, string name) =>
        slice.Length >= largest || (slice.Length >= largest / 2 && Digest256.Of(Encoding.UTF8.GetBytes(name)).A % CutOneIn == 0);

    private void AddEntry(BundleSource source, string? sha256) => _entries.Add(new BundleEntry
    {
        Name = source.Name,
        Type = source.Type,
        Mode = source.Mode,
        Size = sha256 is null ? 0 : source.Size,
        Sha256 = sha256,
        LinkTarget = source.LinkTarget,
    });
}
