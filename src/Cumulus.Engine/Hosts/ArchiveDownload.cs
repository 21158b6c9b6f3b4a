using System.Security.Cryptography;
using System.Text;
using Cumulus.Engine.Aws;
using Cumulus.Engine.Bundles;

namespace Cumulus.Engine.Hosts;

/// <summary>Fetches a whole archive, by requests side by side. What an earlier run had fetched of the same object is not fetched again.</summary>
/// <param name="partials">Folder for what is not whole yet; null: nothing outlives this run.</param>
internal sealed class ArchiveDownload(IObjectStore store, string? partials, Action<string>? log)
{
    // A run that comes back later than this is another story, and the disk is the host's.
    private static readonly TimeSpan KeptFor = TimeSpan.FromDays(1);

    /// <param name="path">Where it shows up when it is whole.</param>
    /// <returns>SHA-256 of all of it, and the bytes that came over the network.</returns>
    /// <exception cref="CumulusException"><see cref="ErrorIds.BundleDigestMismatch"/>: the object was replaced meanwhile; and what <see cref="IObjectStore"/> names.</exception>
    public async Task<(string Sha256, long Fetched)> FetchAsync(StoredObject archive, string path, CancellationToken cancellationToken)
    {
        string part = path + ".part";
        if (partials is not null)
        {
            HostDisk.MakePrivateFolder(partials);
            foreach (string old in Directory.GetFiles(partials).Where(f => DateTime.UtcNow - File.GetLastWriteTimeUtc(f) > KeptFor)) File.Delete(old);
            part = Path.Combine(partials, Hex.Of(SHA256.HashData(Encoding.UTF8.GetBytes(archive.ETag))));
        }

        if (await TryFetchAsync(archive, part, cancellationToken) is not { } fetched)
        {
            File.Delete(part);
            log?.Invoke("The endpoint knows no ranges; the archive is fetched by one request.");
            if (!await store.DownloadAsync(archive.Bucket, archive.Key, part, null, cancellationToken)) throw Replaced(archive);
            fetched = (await Hex.Sha256OfFileAsync(part, cancellationToken), archive.Size);
        }

        File.Move(part, path);
        if (partials is not null && HostDisk.IsEmptyFolder(partials)) Directory.Delete(partials);
        return fetched;
    }

    /// <summary>An archive that is not the one it was when its fetching began.</summary>
    public static CumulusException Replaced(StoredObject archive)
    {
        string place = $"s3://{archive.Bucket}/{archive.Key}";
        return new(ErrorIds.BundleDigestMismatch, FailureKind.Conflict, $"{place} was replaced or removed while it was fetched.") { Target = place, Advice = "Install again." };
    }

    // Null when the endpoint knows no ranges.
    private async Task<(string Sha256, long Fetched)?> TryFetchAsync(StoredObject archive, string part, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await using var file = new FileStream(part, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1);
        if (file.Length > archive.Size) file.SetLength(0);
        long had = file.Length;
        if (had > 0)
        {
            log?.Invoke($"{Amount.Of(had, archive.Size)} of it are here from an earlier run.");
            byte[] buffer = new byte[1 << 18];
            int read;
            while ((read = await file.ReadAsync(buffer, cancellationToken)) > 0) hash.AppendData(buffer, 0, read);
        }

        ReadOutcome outcome = await RangeReader.ReadAsync(
            store,
            archive,
            [new ByteStretch(had, archive.Size - had)],
            async bytes =>
            {
                hash.AppendData(bytes.Span);
                await file.WriteAsync(bytes, cancellationToken);
            },
            cancellationToken);
        return outcome switch
        {
            ReadOutcome.Read => (Hex.Of(hash.GetHashAndReset()), archive.Size - had),
            ReadOutcome.Whole => null,
            _ => throw Replaced(archive),
        };
    }
}
