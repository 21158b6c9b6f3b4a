namespace Cumulus.Engine.Bundles;

/// <summary>
/// Compressed pieces of earlier builds, found by the digest of what was compressed: whichever bundle, folder or branch it
/// came from. Packs are immutable, and two builds at once write one each. Safe to delete; bounded in size.
/// </summary>
internal sealed class PieceCache : IDisposable
{
    /// <summary>A build does not take longer than this: what is older was left by one that was killed.</summary>
    private static readonly TimeSpan Abandoned = TimeSpan.FromDays(1);

    // One pack with everything could only be forgotten as a whole.
    private const int LargestShare = 4;

    private readonly string _folder;
    private readonly long _limit;
    private readonly TimeProvider _clock;
    private readonly List<PiecePack> _packs = [];
    private readonly List<PackedPiece> _added = [];
    private readonly string _growingPath;
    private FileStream? _growing;

    private PieceCache(string folder, long limit, TimeProvider clock)
    {
        _folder = folder;
        _limit = limit;
        _clock = clock;
        _growingPath = Path.Combine(folder, $".{Guid.NewGuid():N}.tmp");
    }

    /// <param name="folder">Made when absent, for its owner alone: what is bundled may be confidential.</param>
    /// <param name="compressor">Pieces of other compressors are not seen.</param>
    /// <param name="limit">Bytes; the packs that were of no use for longest go first.</param>
    public static PieceCache Open(string folder, string compressor, long limit, TimeProvider clock)
    {
        string mine = Path.Combine(folder, compressor);
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(mine);
        else Directory.CreateDirectory(mine, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var cache = new PieceCache(mine, limit, clock);
        foreach (string path in Directory.EnumerateFiles(mine, "*" + PiecePack.Ending))
        {
            try
            {
                if (PiecePack.Open(path) is { } pack) cache._packs.Add(pack);
                else File.Delete(path);
            }
            catch (IOException)
            {
                // Another build took it into its own pack, or made room.
            }
        }

        return cache;
    }

    /// <summary>From any thread.</summary>
    public PackedPiece? Find(Digest256 key, out PiecePack? pack)
    {
        foreach (PiecePack candidate in _packs)
        {
            if (candidate.Find(key) is not { } piece) continue;
            pack = candidate;
            return piece;
        }

        pack = null;
        return null;
    }

    /// <summary>From one thread.</summary>
    /// <param name="compressed">Empty: the content does not shrink.</param>
    public void Add(Digest256 key, uint crc, ReadOnlySpan<byte> compressed)
    {
        _growing ??= new FileStream(_growingPath, FileMode.CreateNew, FileAccess.Write, FileShare.None, 256 << 10);
        _added.Add(new PackedPiece(key, _growing.Position, compressed.Length, crc, Crc32.Of(compressed)));
        _growing.Write(compressed);
    }

    /// <summary>Keeps what was added, and makes room.</summary>
    public void Commit()
    {
        if (_growing is not null)
        {
            List<PiecePack> small = [.. _packs.Where(p => p.Size <= Math.Min(_growing.Position, _limit / LargestShare))];
            if (small.Sum(p => p.Size) + _growing.Position > _limit / LargestShare) small = [];
            foreach (PiecePack pack in small) TakeOver(pack);
            PiecePack.Finish(_growing, _added);
            _growing.Dispose();
            _growing = null;
            File.Move(_growingPath, Path.Combine(_folder, Path.GetFileName(_growingPath)[1..^4] + PiecePack.Ending));
            foreach (PiecePack pack in small) Delete(pack);
        }

        foreach (PiecePack pack in _packs.Where(p => p.IsUsed)) Touch(pack.Path);
        MakeRoom();
    }

    public void Dispose()
    {
        _growing?.Dispose();
        File.Delete(_growingPath);
        foreach (PiecePack pack in _packs) pack.Dispose();
    }

    // Small packs go up into the new one: so their number grows with the logarithm of what is cached only.
    private void TakeOver(PiecePack pack)
    {
        foreach (PackedPiece piece in pack.Pieces)
        {
            byte[] bytes = new byte[piece.Length];
            if (pack.TryRead(piece, bytes)) Add(piece.Key, piece.Crc, bytes);
        }
    }

    private void Delete(PiecePack pack)
    {
        _packs.Remove(pack);
        pack.Dispose();
        File.Delete(pack.Path);
    }

    private void MakeRoom()
    {
        List<FileInfo> packs = [.. new DirectoryInfo(Path.GetDirectoryName(_folder)!).EnumerateFiles("*" + PiecePack.Ending, SearchOption.AllDirectories).OrderByDescending(f => f.LastWriteTimeUtc)];
        long total = 0;
        foreach (FileInfo pack in packs)
        {
            total += pack.Length;
            if (total > _limit) pack.Delete();
        }

        DateTime longAgo = (_clock.GetUtcNow() - Abandoned).UtcDateTime;
        foreach (FileInfo left in new DirectoryInfo(_folder).EnumerateFiles(".*.tmp").Where(f => f.LastWriteTimeUtc < longAgo)) left.Delete();
    }

    private void Touch(string path)
    {
        try
        {
            File.SetLastWriteTimeUtc(path, _clock.GetUtcNow().UtcDateTime);
        }
        catch (IOException)
        {
            // Gone meanwhile: another build took it over.
        }
    }
}
