namespace Cumulus.Engine.Bundles;

/// <summary>Compresses a tar in slices that are put together to one stream.</summary>
internal interface ITarCompressor
{
    int LargestSlice { get; }

    /// <summary>How many bytes before a slice its compression makes use of.</summary>
    int Window { get; }

    /// <summary>What stands before the first slice.</summary>
    ReadOnlySpan<byte> Start { get; }

    /// <summary>What stands after the last slice, once all have been counted.</summary>
    ReadOnlySpan<byte> End { get; }

    /// <summary>Compresses a slice to the output; from any thread.</summary>
    void Append(ReadOnlySpan<byte> window, ReadOnlySpan<byte> content, MemoryStream output);

    /// <summary>Takes the next slice, in order, into what <see cref="End"/> tells.</summary>
    void Count(ReadOnlySpan<byte> content);
}
