using System.IO.Compression;

namespace Cumulus.Engine.Bundles;

/// <summary>How an archive is written.</summary>
/// <param name="Time">Of every entry, in UTC.</param>
internal sealed record ArchiveSettings(DateTimeOffset Time, CompressionLevel Level)
{
    private const int MostProcessors = 16;

    /// <summary>How many pieces of about a megabyte are in work at once.</summary>
    public int Ahead { get; } = (2 * Math.Min(Environment.ProcessorCount, MostProcessors)) + 2;
}
