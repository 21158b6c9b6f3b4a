using System.Text;

namespace Cumulus.Engine.Bundles;

/// <summary>What earlier builds left for this one: the record of the same bundle, and compressed pieces of all.</summary>
internal sealed class BuildCache : IDisposable
{
    private readonly string _recordPath;
    private readonly BuildRecord? _record;
    private readonly string _identity;

    private BuildCache(string recordPath, string identity, PieceCache pieces)
    {
        _recordPath = recordPath;
        _identity = identity;
        _record = BuildRecord.Read(recordPath);
        Pieces = pieces;
    }

    public PieceCache Pieces { get; }

    /// <param name="key">The bundle, whatever its version and wherever its archive goes.</param>
    /// <param name="identity">All that the archive depends on besides its sources.</param>
    /// <returns>Null, and a line in the log, when the folder cannot be used: a build does not fail for its cache.</returns>
    public static BuildCache? Open(BuildCacheFolder folder, string compressor, string key, string identity, TimeProvider clock, Action<string>? log)
    {
        try
        {
            string records = Path.Combine(folder.Path, "builds");
            PieceCache pieces = PieceCache.Open(Path.Combine(folder.Path, "pieces"), compressor, folder.Limit, clock);
            Directory.CreateDirectory(records);
            return new BuildCache(Path.Combine(records, Digest256.Of(Encoding.UTF8.GetBytes(key)).ToString()[..32]), identity, pieces);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            log?.Invoke($"The build cache {folder.Path} cannot be used: {e.Message}");
            return null;
        }
    }

    /// <summary>For each source the digest of its content, where the file is proven to be the one that was read before.</summary>
    /// <param name="outcome">What is there already, when nothing at all has changed.</param>
    public Digest256?[] Compare(IReadOnlyList<BundleSource> sources, out BuildOutcome? outcome)
    {
        outcome = null;
        if (_record is null) return new Digest256?[sources.Count];
        Digest256?[] known = _record.Compare(sources, out bool same);
        if (same && _record.Identity == _identity && _record.Outcome.IsThere) outcome = _record.Outcome;
        return known;
    }

    /// <summary>Keeps what this build did.</summary>
    public void Commit(BuildOutcome outcome, IReadOnlyList<BundleSource> sources, IReadOnlyList<BundleEntry> entries, DateTimeOffset lookedAt, Action<string>? log)
    {
        try
        {
            Pieces.Commit();
            BuildRecord.Of(_identity, outcome, sources, entries, lookedAt).Write(_recordPath);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            log?.Invoke($"The build cache could not be written: {e.Message}");
        }
    }

    public void Dispose() => Pieces.Dispose();
}
