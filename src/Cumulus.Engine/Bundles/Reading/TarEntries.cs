using System.Globalization;

namespace Cumulus.Engine.Bundles;

/// <summary>
/// Walks through a tar as a stream: one header after the other, with long names and numbers of pax and GNU headers put in. The
/// end must be there, and nothing but padding behind it.
/// </summary>
/// <param name="tar">Unfolded; it is disposed with this.</param>
internal sealed class TarEntries(Stream tar, ArchiveRefusal refuse, EntryGuard guard) : IDisposable
{
    private const int LongestMetadata = 1 << 20;

    // GNU tar pads to 10 KiB; tapes have larger blocks, and nobody has these.
    private const int LongestPadding = 1 << 20;

    private readonly byte[] _block = new byte[TarHeader.BlockLength];
    private readonly Content _content = new();
    private long _unfolded;

    /// <summary>The bytes of the current entry.</summary>
    public Stream Data => _content;

    /// <summary>The next entry; null after the last.</summary>
    /// <exception cref="InvalidDataException">Damaged.</exception>
    /// <exception cref="EndOfStreamException">Cut off.</exception>
    /// <exception cref="CumulusException"><see cref="ErrorIds.BundleUnsafe"/>: it unfolds too far.</exception>
    public TarHeader? Next()
    {
        SkipRest();
        string? longName = null;
        string? longLink = null;
        Dictionary<string, string>? pax = null;
        while (true)
        {
            ReadBlock();
            if (!_block.AsSpan().ContainsAnyExcept((byte)0))
            {
                if (longName is not null || longLink is not null || pax is not null) throw new InvalidDataException("It ends behind a header that tells of another.");
                ReadPadding();
                return null;
            }

            TarHeader header = TarHeader.Parse(_block);
            switch (header.Type)
            {
                case 'L' when longName is null:
                    longName = TarHeader.Text(Metadata(header));
                    break;
                case 'K' when longLink is null:
                    longLink = TarHeader.Text(Metadata(header));
                    break;
                case 'x' when pax is null:
                    pax = TarHeader.PaxRecords(Metadata(header));
                    break;
                case 'g':
                    RejectTelling(TarHeader.PaxRecords(Metadata(header)));
                    break;
                case 'L' or 'K' or 'x':
                    throw new InvalidDataException("Two headers tell of one entry.");
                default:
                    return Begin(Complete(header, longName, longLink, pax));
            }
        }
    }

    public void Dispose()
    {
        _content.Dispose();
        tar.Dispose();
    }

    private static TarHeader Complete(TarHeader header, string? longName, string? longLink, Dictionary<string, string>? pax)
    {
        TarHeader whole = header with { Name = longName ?? header.Name, LinkName = longLink ?? header.LinkName };
        if (pax is null) return whole;
        if (pax.Keys.FirstOrDefault(k => k.StartsWith("GNU.sparse.", StringComparison.Ordinal)) is not null) whole = whole with { Type = 'S' };
        long size = whole.Size;
        if (pax.TryGetValue("size", out string? text) && !long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out size)) throw new InvalidDataException("A pax header has a size that is no number.");
        return whole with { Name = pax.GetValueOrDefault("path") ?? whole.Name, LinkName = pax.GetValueOrDefault("linkpath") ?? whole.LinkName, Size = size };
    }

    // One header for all entries: comments and times are fine, names and sizes are not.
    private void RejectTelling(Dictionary<string, string> pax)
    {
        foreach (string keyword in (string[])["path", "linkpath", "size"])
        {
            if (pax.ContainsKey(keyword)) throw refuse.Unsafe($"has a global header that gives all entries one {keyword}");
        }
    }

    private TarHeader Begin(TarHeader header)
    {
        // Links and folders have no bytes, whatever their header says; GNU tar gives a hard link its file's size.
        bool hasBytes = header.Type is not ('1' or '2' or '3' or '4' or '5' or '6');
        if (header.Type == '5' && header.Size > 0) throw refuse.Unsafe(header.Name, "is a folder with content");
        if (header.Type == '2' && header.Size > 0) throw refuse.Unsafe(header.Name, "is a link with content");
        _content.Begin(this, hasBytes ? header.Size : 0);
        return header;
    }

    private byte[] Metadata(TarHeader header)
    {
        if (header.Size > LongestMetadata) throw refuse.Unsafe($"has a header of {header.Size} bytes, more than {LongestMetadata}");
        byte[] bytes = new byte[header.Size];
        ReadExactly(bytes);
        ReadExactly(_block.AsSpan(0, Padding(header.Size)));
        return bytes;
    }

    private void SkipRest()
    {
        while (_content.Read(_block) > 0)
        {
        }

        ReadExactly(_block.AsSpan(0, _content.TakePadding()));
    }

    private void ReadPadding()
    {
        long from = _unfolded;
        ReadBlock();
        while (true)
        {
            if (_block.AsSpan().ContainsAnyExcept((byte)0)) throw new InvalidDataException("Something is behind the end of the tar.");
            if (_unfolded - from > LongestPadding) throw refuse.Unsafe("has too much padding behind its end");
            int read = ReadSome(_block);
            if (read == 0) return;
            _block.AsSpan(read).Clear();
        }
    }

    private void ReadBlock() => ReadExactly(_block);

    private void ReadExactly(Span<byte> buffer)
    {
        while (buffer.Length > 0)
        {
            int read = ReadSome(buffer);
            if (read == 0) throw new EndOfStreamException("The tar is cut off.");
            buffer = buffer[read..];
        }
    }

    private int ReadSome(Span<byte> buffer)
    {
        int read = tar.Read(buffer);
        guard.CheckTotal(_unfolded += read);
        return read;
    }

    private static int Padding(long size) => (int)(-size & (TarHeader.BlockLength - 1));

    /// <summary>The bytes of one entry.</summary>
    private sealed class Content : ForwardStream
    {
        private TarEntries? _entries;
        private long _left;
        private int _padding;

        public void Begin(TarEntries entries, long size)
        {
            _entries = entries;
            _left = size;
            _padding = Padding(size);
        }

        public int TakePadding()
        {
            int padding = _padding;
            _padding = 0;
            return padding;
        }

        public override int Read(Span<byte> buffer)
        {
            if (_left == 0 || buffer.IsEmpty) return 0;
            int read = _entries!.ReadSome(buffer[..(int)Math.Min(buffer.Length, _left)]);
            if (read == 0) throw new EndOfStreamException("The tar is cut off.");
            _left -= read;
            return read;
        }
    }
}
