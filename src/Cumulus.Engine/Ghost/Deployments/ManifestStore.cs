using System.Text;
using Cumulus.Engine.Aws;
using Cumulus.Engine.State;

namespace Cumulus.Engine.Ghost.Deployments;

/// <summary>The manifests of applications, in the state that a team shares.</summary>
/// <param name="objects">Where the packages are; null: what a manifest names is not looked for.</param>
/// <exception cref="CumulusException"><see cref="ErrorIds.StateInvalid"/>, <see cref="ErrorIds.NameInvalid"/>, and what the home of the state names; so with all methods here.</exception>
public sealed class ManifestStore(IStateStore state, IObjectStore? objects, TimeProvider clock)
{
    private const int Tries = 10;

    /// <summary>Empty when nothing was ever deployed.</summary>
    public async Task<ApplicationManifest> ReadAsync(string application, CancellationToken cancellationToken) =>
        await ReadDocumentAsync(application, cancellationToken) is (_, { } manifest) ? manifest : new ApplicationManifest { Application = application };

    /// <summary>Ghost's own, where there is none of Cumulus; null where there is neither.</summary>
    /// <param name="bucket">Ghost's bucket.</param>
    public async Task<ApplicationManifest?> ReadOldAsync(string application, string bucket, CancellationToken cancellationToken) =>
        objects is not null && await objects.GetAsync(bucket, $"ghost/{application}/MANIFEST", cancellationToken) is { } old ? ApplicationManifest.ReadOld(Encoding.UTF8.GetString(old.Bytes), application, bucket) : null;

    /// <summary>
    /// Puts packages into the manifest, if the modules still have those that the caller began with. Changes of other modules meanwhile stay (G-16). A package that is not in the
    /// bucket is never named (G-08).
    /// </summary>
    /// <param name="from">The manifest that the caller began with.</param>
    /// <param name="order">Names of the application's modules; empty: not known.</param>
    /// <exception cref="CumulusException"><see cref="ErrorIds.ApplicationManifestChanged"/>; <see cref="ErrorIds.BundleNotFound"/></exception>
    public async Task<ApplicationManifest> ChangeAsync(ApplicationManifest from, IReadOnlyList<ManifestModule> changed, IReadOnlyList<string> order, string by, CancellationToken cancellationToken)
    {
        foreach (ManifestModule module in changed) await RequirePackageAsync(module, cancellationToken);
        for (int i = 0; i < Tries; i++)
        {
            (string? version, ApplicationManifest? there) = await ReadDocumentAsync(from.Application, cancellationToken);
            ApplicationManifest now = there ?? new ApplicationManifest { Application = from.Application };
            foreach (ManifestModule module in changed)
            {
                if (now.Find(module.Name)?.Key == from.Find(module.Name)?.Key || now.Find(module.Name)?.Key == module.Key) continue;
                throw new CumulusException(
                    ErrorIds.ApplicationManifestChanged,
                    FailureKind.Conflict,
                    $"Somebody else deployed module '{module.Name}' of {from.Application} meanwhile ({now.Find(module.Name)?.Version ?? "it was taken away"}, by {now.ChangedBy ?? "?"}). The manifest is as they left it.")
                { Target = module.Name, Advice = "See Get-GhostDeployment, and deploy again what is right." };
            }

            ApplicationManifest next = now.With(changed, order) with { ChangedAt = clock.GetUtcNow(), ChangedBy = by };
            string name = NameOf(from.Application);
            string? written = version is null
                ? await state.PutIfAbsentAsync(name, next.ToBytes(), cancellationToken)
                : await state.PutIfMatchAsync(name, next.ToBytes(), version, cancellationToken);
            if (written is not null) return next;
        }

        throw new CumulusException(ErrorIds.ApplicationManifestChanged, FailureKind.Conflict, $"The manifest of {from.Application} is written by others again and again.") { Target = from.Application, Advice = "Deploy again." };
    }

    private async Task RequirePackageAsync(ManifestModule module, CancellationToken cancellationToken)
    {
        if (objects is null || await objects.FindAsync(module.Bucket, module.Key, cancellationToken) is not null) return;
        throw new CumulusException(ErrorIds.BundleNotFound, FailureKind.NotFound, $"The package s3://{module.Bucket}/{module.Key} of module '{module.Name}' is gone, so the manifest was not changed.")
        {
            Target = module.Key,
            Advice = "Deploy the module again from its source.",
        };
    }

    private async Task<(string? Version, ApplicationManifest? Manifest)> ReadDocumentAsync(string application, CancellationToken cancellationToken)
    {
        string name = NameOf(application);
        return await state.GetAsync(name, cancellationToken) is { } document ? (document.Version, ApplicationManifest.Read(document, name)) : (null, null);
    }

    private static string NameOf(string application) => $"ghost/applications/{application}/manifest";
}
