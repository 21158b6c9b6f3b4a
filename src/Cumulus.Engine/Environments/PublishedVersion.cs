using Cumulus.Engine.Aws;
using Cumulus.Engine.Bundles;
using Cumulus.Engine.Configuration;

namespace Cumulus.Engine.Environments;

/// <summary>The archives of a version, as they lie in the bucket.</summary>
internal sealed class PublishedVersion(IObjectStore bundles)
{
    /// <summary>Hosts that come up would look for them: a version that is not published as a whole is not deployed.</summary>
    /// <exception cref="CumulusException"><see cref="ErrorIds.BundleNotFound"/>, and what <see cref="IObjectStore"/> names.</exception>
    public async Task<IReadOnlyList<StoredObject>> RequireAsync(CumulusConfiguration configuration, EnvironmentDefinition environment, string? version, CancellationToken cancellationToken)
    {
        if (version is null || string.IsNullOrWhiteSpace(environment.Bucket))
        {
            return [];
        }

        var archives = new List<StoredObject>();
        var missing = new List<string>();
        foreach (string bundle in environment.Bundles)
        {
            // The list of the environment may name one that no section describes: it is of the default format.
            BundleFormat configured = (environment.BundleSettings.FirstOrDefault(b => b.Name == bundle) ?? configuration.Bundles.FirstOrDefault(b => b.Name == bundle))?.Format ?? BundleFormat.Zip;
            StoredObject? found = null;
            foreach (BundleFormat format in Enum.GetValues<BundleFormat>().OrderBy(f => f == configured ? 0 : 1))
            {
                found ??= await bundles.FindAsync(environment.Bucket, BundleNames.Key(bundle, environment.Name, version, format), cancellationToken);
            }

            if (found is null)
            {
                missing.Add($"s3://{environment.Bucket}/{BundleNames.Key(bundle, environment.Name, version, configured)}");
            }
            else
            {
                archives.Add(found);
            }
        }

        if (missing.Count > 0)
        {
            throw new CumulusException(
                ErrorIds.BundleNotFound,
                FailureKind.NotFound,
                $"Version {version} of environment '{environment.Name}' is not published: there is no {string.Join(", no ", missing)}. Nothing was changed.")
            {
                Target = version,
                Advice = $"Publish it first: New-Bundle {environment.Name} -Version {version} | Publish-Bundle.",
            };
        }

        return archives;
    }

    public static string NameOf(StoredObject archive) => BundleNames.Parse(archive.Key)?.Name ?? archive.Key;

    /// <summary>Content digest; null when the archive tells none.</summary>
    public static string? DigestOf(StoredObject archive) => archive.Metadata.GetValueOrDefault(BundlePublisher.DigestKey);
}
