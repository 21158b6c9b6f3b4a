namespace Cumulus.Engine.Bundles;

/// <summary>How much an archive may unfold to before it counts as a bomb.</summary>
public sealed record ArchiveLimits
{
    public static ArchiveLimits Default { get; } = new();

    /// <summary>Bytes of all files together.</summary>
    public long TotalBytes { get; init; } = 64L << 30;

    public int Entries { get; init; } = 1_000_000;

    /// <summary>Bytes of all files for each byte of the archive. It counts from <see cref="RatioFloor"/> on, since a small file of blanks shrinks a thousandfold.</summary>
    public double Ratio { get; init; } = 200;

    public long RatioFloor { get; init; } = 100L << 20;
}
