using Cumulus.Engine.Aws;
using Cumulus.Engine.Bundles;

namespace Cumulus.Engine.Hosts;

/// <summary>Which stretches of a zip in a bucket are fetched for the files that a host needs: neighbours together, equal contents once.</summary>
/// <param name="Stretches">In the archive, by offset; none touches another.</param>
/// <param name="Places">For the SHA-256 of each content where its bytes are once the stretches lie one behind the other.</param>
internal sealed record DeltaPlan(IReadOnlyList<ByteStretch> Stretches, IReadOnlyDictionary<string, ByteStretch> Places)
{
    /// <summary>
    /// What one more request costs, in bytes that could come meanwhile: some 30 ms, shared by the requests side by side, at some 20 MB/s. A gap that is
    /// smaller is fetched along.
    /// </summary>
    public const int RequestCost = 32 << 10;

    /// <summary>Above this share of the archive's size all of it is fetched: then its own SHA-256 is compared, and a broken download can go on.</summary>
    private const double Worthwhile = 0.5;

    public long Bytes => Stretches.Sum(s => s.Length);

    /// <summary>Whether this is less trouble than the whole archive.</summary>
    public bool IsWorthwhile(long archiveSize) => Bytes + (Stretches.Count * (double)RequestCost) <= archiveSize * Worthwhile;

    /// <summary>Null when the manifest does not tell where the bytes of each file are.</summary>
    /// <param name="files">Files that are not empty.</param>
    /// <param name="archiveSize">Bytes of the whole archive.</param>
    /// <exception cref="CumulusException"><see cref="ErrorIds.BundleUnsafe"/>: the manifest names places that cannot be.</exception>
    public static DeltaPlan? Of(IEnumerable<BundleEntry> files, long archiveSize, ArchiveRefusal refuse)
    {
        List<BundleEntry> contents = [.. files.DistinctBy(f => f.Sha256).OrderBy(f => f.DataOffset)];
        if (contents.Exists(f => f.DataOffset is null || f.DataLength is null)) return null;

        var stretches = new List<ByteStretch>();
        var places = new Dictionary<string, ByteStretch>(contents.Count);
        long before = 0;
        foreach (BundleEntry file in contents)
        {
            var data = new ByteStretch(file.DataOffset!.Value, file.DataLength!.Value);
            if (data.Offset < 0 || data.Length <= 0 || data.Offset > archiveSize || data.Length > archiveSize - data.Offset) throw refuse.Unsafe(file.Name, $"is not within its {archiveSize} bytes by what the manifest says");
            if (stretches.Count > 0 && data.Offset < stretches[^1].End) throw refuse.Unsafe(file.Name, "overlaps another one by what the manifest says");
            if (stretches.Count > 0 && data.Offset - stretches[^1].End < RequestCost)
            {
                stretches[^1] = stretches[^1] with { Length = data.End - stretches[^1].Offset };
            }
            else
            {
                if (stretches.Count > 0) before += stretches[^1].Length;
                stretches.Add(data);
            }

            places.Add(file.Sha256!, data with { Offset = before + data.Offset - stretches[^1].Offset });
        }

        return new DeltaPlan(stretches, places);
    }
}
