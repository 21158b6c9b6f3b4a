using System.Security.Cryptography;
using Cumulus.Engine.Aws;
using Cumulus.Engine.Bundles;
using Microsoft.Win32.SafeHandles;

namespace Cumulus.Engine.Hosts;

/// <summary>
/// Brings the contents of single files of a bundle into one local file: what the host has under another name from there, the rest by range requests.
/// Every content is compared with its digest when it is read.
/// </summary>
/// <param name="installed">What is on the host, for contents that only moved.</param>
internal sealed class DeltaFetch(HostPaths paths, InstalledState installed)
{
    /// <summary>Looks for contents on the host and writes those that are there one behind the other.</summary>
    /// <param name="files">Files that are not empty.</param>
    /// <returns>For the SHA-256 of each content that was found where it lies.</returns>
    public async Task<Dictionary<string, ByteStretch>> TakeInstalledAsync(IEnumerable<BundleEntry> files, SafeFileHandle target, CancellationToken cancellationToken)
    {
        Dictionary<string, BundleEntry> wanted = files.DistinctBy(f => f.Sha256).ToDictionary(f => f.Sha256!);
        var found = new Dictionary<string, ByteStretch>();
        long end = 0;
        foreach (InstalledRecord record in installed.Bundles)
        {
            foreach (BundleEntry entry in record.Entries)
            {
                if (entry.Sha256 is not { } sha256 || found.ContainsKey(sha256) || !wanted.TryGetValue(sha256, out BundleEntry? file)) continue;
                string path = paths.Full(ArchiveName.Join(record.Path, entry.Name));
                if (HostDisk.Look(path) is not { Type: BundleEntryType.File } there || there.Size != file.Size) continue;
                if (!await TryCopyAsync(path, file, target, end, cancellationToken)) continue;
                found[sha256] = new ByteStretch(end, file.Size);
                end += file.Size;
            }
        }

        return found;
    }

    /// <summary>Fetches what a plan names and writes it behind what is there.</summary>
    /// <exception cref="CumulusException">As <see cref="IObjectStore"/>.</exception>
    public static Task<ReadOutcome> FetchAsync(IObjectStore store, StoredObject archive, DeltaPlan plan, SafeFileHandle target, long at, CancellationToken cancellationToken) =>
        RangeReader.ReadAsync(
            store,
            archive,
            plan.Stretches,
            async bytes =>
            {
                await RandomAccess.WriteAsync(target, bytes, at, cancellationToken);
                at += bytes.Length;
            },
            cancellationToken);

    // Somebody may have changed the file: then what was written is written over by what comes next.
    private static async Task<bool> TryCopyAsync(string path, BundleEntry file, SafeFileHandle target, long at, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        try
        {
            await using FileStream source = File.OpenRead(path);
            byte[] buffer = new byte[(int)Math.Min(file.Size, 128 << 10)];
            long left = file.Size;
            while (left > 0)
            {
                int read = await source.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, left)), cancellationToken);
                if (read == 0) return false;
                hash.AppendData(buffer, 0, read);
                await RandomAccess.WriteAsync(target, buffer.AsMemory(0, read), at + file.Size - left, cancellationToken);
                left -= read;
            }
        }
        catch (Exception e) when (e is UnauthorizedAccessException or FileNotFoundException)
        {
            return false;
        }

        return Hex.Of(hash.GetHashAndReset()) == file.Sha256;
    }
}
