using Cumulus.Engine.Aws;
using Cumulus.Engine.Bundles;

namespace Cumulus.Engine.Ghost.Modules;

/// <summary>
/// Brings a module from S3 into a clean folder: an object, of which an archive is unpacked, in its newest or an older version; or all that lies
/// below a prefix that ends in <c>/</c>, which has no versions as a whole (G-15).
/// </summary>
public sealed class S3Source(IObjectStore store, Action<string>? log = null)
{
    private const string Scheme = "s3://";

    /// <param name="revision">A version id; <c>HEAD</c>, <c>latest</c>: the newest.</param>
    /// <param name="folder">Full path; must not be there yet.</param>
    /// <exception cref="CumulusException"><see cref="ErrorIds.ModuleSourceInvalid"/>, <see cref="ErrorIds.RevisionNotFound"/>, and what <see cref="IObjectStore"/> and <see cref="BundleUnpacker"/> name.</exception>
    public async Task<ModuleCheckout> FetchAsync(string url, string revision, string folder, CancellationToken cancellationToken)
    {
        (string bucket, string key) = Parse(url);
        bool newest = IsNewest(revision);
        if (key.Length == 0 || key.EndsWith('/'))
        {
            if (!newest) throw new CumulusException(ErrorIds.RevisionNotFound, FailureKind.InvalidInput, $"{url} is a folder, and a folder of S3 has no version '{revision}'.") { Target = revision, Advice = "Name an archive in the module's source, or leave -Revision out." };
            await FetchFolderAsync(bucket, key, folder, cancellationToken);
            return new ModuleCheckout { Folder = folder, Revision = "HEAD" };
        }

        string? version = newest ? (await ResolveAsync(url, revision, cancellationToken)).Commit : revision;
        await FetchObjectAsync(bucket, key, version, url, folder, cancellationToken);
        return new ModuleCheckout { Folder = folder, Revision = newest ? "HEAD" : revision, Commit = version };
    }

    /// <summary>What <see cref="FetchAsync"/> would fetch.</summary>
    /// <exception cref="CumulusException">As <see cref="FetchAsync"/>.</exception>
    public async Task<ModuleCheckout> ResolveAsync(string url, string revision, CancellationToken cancellationToken)
    {
        (string bucket, string key) = Parse(url);
        if (!IsNewest(revision)) return new ModuleCheckout { Folder = "", Revision = revision, Commit = revision };
        if (key.Length == 0 || key.EndsWith('/')) return new ModuleCheckout { Folder = "", Revision = "HEAD" };
        StoredObject found = await store.FindAsync(bucket, key, cancellationToken) ?? throw NotFound(url, null);
        return new ModuleCheckout { Folder = "", Revision = "HEAD", Commit = found.VersionId is null or "null" ? null : found.VersionId };
    }

    private async Task FetchObjectAsync(string bucket, string key, string? version, string url, string folder, CancellationToken cancellationToken)
    {
        string name = key[(key.LastIndexOf('/') + 1)..];
        RequireName(name, url);
        string beside = Directory.CreateTempSubdirectory("cumulus-source-").FullName;
        try
        {
            string path = Path.Combine(beside, name);
            bool there = version is null
                ? await store.DownloadAsync(bucket, key, path, null, cancellationToken)
                : await store.DownloadVersionAsync(bucket, key, version, path, cancellationToken);
            if (!there) throw NotFound(url, version);
            if (BundleFormats.Of(name) is not null)
            {
                await BundleUnpacker.ExpandAsync(new ExpandRequest { Archive = path, Destination = folder, Log = log }, cancellationToken);
                return;
            }

            Directory.CreateDirectory(folder);
            File.Move(path, Path.Combine(folder, name));
        }
        finally
        {
            Directory.Delete(beside, recursive: true);
        }
    }

    private async Task FetchFolderAsync(string bucket, string prefix, string folder, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        int files = 0;
        await foreach (ListedObject item in store.ListAsync(bucket, prefix, cancellationToken))
        {
            // Folders that a console made.
            if (item.Key.EndsWith('/')) continue;
            string name = item.Key[prefix.Length..];
            RequireName(name, $"s3://{bucket}/{item.Key}");
            string path = Path.Combine(folder, name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            if (!await store.DownloadAsync(bucket, item.Key, path, null, cancellationToken)) throw NotFound($"s3://{bucket}/{item.Key}", null);
            files++;
        }

        if (files == 0) throw NotFound($"s3://{bucket}/{prefix}", null);
        log?.Invoke($"s3://{bucket}/{prefix}: {files} files.");
    }

    private static bool IsNewest(string revision) => revision is "HEAD" or "latest";

    private static (string Bucket, string Key) Parse(string url)
    {
        string[] parts = url.StartsWith(Scheme, StringComparison.Ordinal) ? url[Scheme.Length..].Split('/', 2) : [""];
        if (parts[0].Length >= 3 && !url.Any(char.IsControl)) return (parts[0], parts.ElementAtOrDefault(1) ?? "");
        throw new CumulusException(ErrorIds.ModuleSourceInvalid, FailureKind.InvalidInput, "The module's source is no address in S3.") { Target = url, Advice = "Write s3://BUCKET/KEY, or s3://BUCKET/FOLDER/ with a slash at its end." };
    }

    private static void RequireName(string name, string where)
    {
        if (ArchiveName.Problem(name, OperatingSystem.IsWindows()) is not { } problem) return;
        throw new CumulusException(ErrorIds.ModuleSourceInvalid, FailureKind.SecurityViolation, $"{where} {problem}.") { Target = where };
    }

    private static CumulusException NotFound(string url, string? version) =>
        new(ErrorIds.RevisionNotFound, FailureKind.NotFound, version is null ? $"There is nothing at {url}." : $"{url} has no version '{version}'.") { Target = version ?? url };
}
