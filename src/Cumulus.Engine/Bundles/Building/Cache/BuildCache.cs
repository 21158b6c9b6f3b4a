using System.Text;

namespace Cumulus.Engine.Bundles;

/// <summary>What earlier builds left for this one: the record of the same bundle, and compressed pieces of all.</summary>
internal sealed class BuildCache : IDisposable
{
    /// <summary>Bundles of which the last build is remembered.</summary>
    private const int MostRecords = 100;

    private readonly string _recordPath;
    private readonly BuildRecord? _record;
    private readonly BuildIdentity _identity;

    private BuildCache(string recordPath, BuildIdentity identity, PieceCache pieces)
    {
        _recordPath = recordPath;
        _identity = identity;
        _record = BuildRecord.Read(recordPath);
        Pieces = pieces;
    }

    public PieceCache Pieces { get; }

    /// <returns>Null, and a line in the log, when the folder cannot be used: a build does not fail for its cache.</returns>
    public static BuildCache? Open(BuildCacheFolder folder, BuildIdentity identity, TimeProvider clock, Action<string>? log)
    {
        try
        {
            string records = Path.Combine(folder.Path, "builds");
            PieceCache pieces = PieceCache.Open(Path.Combine(folder.Path, "pieces"), identity.Compressor, folder.Limit, clock);
            Directory.CreateDirectory(records);
            return new BuildCache(Path.Combine(records, Digest256.Of(Encoding.UTF8.GetBytes(identity.Bundle)).ToString()[..32]), identity, pieces);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            log?.Invoke($"The build cache {folder.Path} cannot be used: {e.Message}");
            return null;
        }
    }

    /// <summary>The archive that <see cref="Compare"/> tells of; null when it is not there as it was, or its entries were written in another way.</summary>
    public PreviousArchive? OpenPrevious() => _record?.Identity.Recipe == _identity.Recipe ? PreviousArchive.Open(_record.Outcome) : null;

    /// <summary>For each source what the last build knew of it, where it is proven to be the same.</summary>
    /// <param name="outcome">What is there already, when nothing at all has changed.</param>
    public RecordedEntry?[] Compare(IReadOnlyList<BundleSource> sources, out BuildOutcome? outcome)
    {
        outcome = null;
        if (_record is null) return new RecordedEntry?[sources.Count];
        RecordedEntry?[] known = _record.Compare(sources, out bool same);
        if (same && _record.Identity == _identity && _record.Outcome.IsThere) outcome = _record.Outcome;
        return known;
    }

    /// <summary>Keeps what this build did.</summary>
    public void Commit(BuildOutcome outcome, IReadOnlyList<BundleSource> sources, WrittenArchive written, DateTimeOffset lookedAt, Action<string>? log)
    {
        try
        {
            Pieces.Commit();
            ForgetOldRecords();
            BuildRecord.Write(_recordPath, _identity, outcome, sources, written, lookedAt);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            log?.Invoke($"The build cache could not be written: {e.Message}");
        }
    }

    public void Dispose() => Pieces.Dispose();

    private void ForgetOldRecords()
    {
        FileInfo[] records = [.. new DirectoryInfo(Path.GetDirectoryName(_recordPath)!).EnumerateFiles().OrderByDescending(f => f.LastWriteTimeUtc)];
        foreach (FileInfo record in records.Skip(MostRecords)) record.Delete();
    }
}
