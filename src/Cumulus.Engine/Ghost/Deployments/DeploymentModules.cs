using Cumulus.Engine.Aws;
using Cumulus.Engine.Bundles;
using Cumulus.Engine.Ghost.Modules;

namespace Cumulus.Engine.Ghost.Deployments;

/// <summary>The packages of one deployment: built from the sources, or those of a former deployment.</summary>
internal sealed class DeploymentModules(DeployRequest request, ModulePackager packager, IObjectStore objects, Action<string> log) : IDisposable
{
    private readonly List<PreparedModule> _prepared = [];

    private GhostApplication Definition => request.Application.Definition;

    /// <summary>The modules that are asked for, in the application's order.</summary>
    /// <exception cref="CumulusException"><see cref="ErrorIds.ModuleNotFound"/></exception>
    public IReadOnlyList<GhostModule> Chosen()
    {
        IReadOnlyList<string> names = request.Modules.Count > 0 ? request.Modules : request.RollbackTo is { } former ? [.. former.Modules.Select(m => m.Package.Name)] : [.. Definition.Modules.Select(m => m.Name)];
        foreach (string name in names.Where(n => Definition.Modules.All(m => m.Name != n)))
        {
            string near = NearestName.Of(name, Definition.Modules.Select(m => m.Name)) is { } other ? $" Did you mean '{other}'?" : "";
            throw new CumulusException(ErrorIds.ModuleNotFound, FailureKind.NotFound, $"{Definition.Key} has no module '{name}'.{near}") { Target = name };
        }

        if (names.Count == 0) throw new CumulusException(ErrorIds.ModuleNotFound, FailureKind.NotFound, $"{Definition.Key} has no modules.") { Target = Definition.Key.Path, Advice = "Add one with Set-GhostApplication." };
        return [.. Definition.Modules.Where(m => names.Contains(m.Name))];
    }

    public async Task<IReadOnlyList<PlannedModule>> PlanAsync(ApplicationManifest manifest, CancellationToken cancellationToken)
    {
        var planned = new List<PlannedModule>();
        foreach (GhostModule module in Chosen())
        {
            ManifestModule? now = manifest.Find(module.Name);
            if (request.RollbackTo is { } former)
            {
                ManifestModule package = Former(former, module.Name);
                planned.Add(new PlannedModule(module.Name, package.Revision ?? "", package.Commit, package.Subject, now?.Version, null, [], package.Key));
                continue;
            }

            ModuleCheckout source = await packager.ResolveAsync(RequestOf(module, now), cancellationToken);
            planned.Add(new PlannedModule(module.Name, source.Revision, source.Commit, source.Subject, now?.Version, source.CommitsSince, source.Since ?? [], null));
        }

        return planned;
    }

    /// <summary>Builds and publishes, or looks whether the former packages are still what they were.</summary>
    /// <param name="deployment">Id.</param>
    public async Task<IReadOnlyList<ManifestModule>> MakeAsync(ApplicationManifest manifest, string deployment, CancellationToken cancellationToken)
    {
        var packages = new List<ManifestModule>();
        foreach (GhostModule module in Chosen())
        {
            if (request.RollbackTo is { } former)
            {
                ManifestModule package = Former(former, module.Name);
                await RequireSameAsync(package, cancellationToken);
                log($"{module.Name} {package.Version} of deployment {former.Id}");
                packages.Add(package with { Deployment = deployment });
                continue;
            }

            packages.Add(await BuildAsync(module, manifest.Find(module.Name), deployment, cancellationToken));
        }

        return packages;
    }

    /// <summary>Runs each module's <c>after_all_deploy</c> in a tree of its own, after a rollback too (G-09).</summary>
    public async Task AfterAllAsync(IReadOnlyList<ManifestModule> packages, CancellationToken cancellationToken)
    {
        foreach (ManifestModule package in packages)
        {
            GhostModule module = Definition.Modules.First(m => m.Name == package.Name);
            if (module.AfterAllDeploy is null) continue;
            PreparedModule prepared = _prepared.Find(p => p.Request.Name == package.Name) ?? await UnpackAsync(module, package, cancellationToken);
            await packager.AfterAllDeployAsync(prepared, cancellationToken);
        }
    }

    public void Dispose() => _prepared.ForEach(p => p.Dispose());

    private async Task<ManifestModule> BuildAsync(GhostModule module, ManifestModule? now, string deployment, CancellationToken cancellationToken)
    {
        PreparedModule prepared = await packager.PrepareAsync(RequestOf(module, now), cancellationToken);
        _prepared.Add(prepared);
        ModulePackage package = await packager.PublishAsync(prepared, request.Bucket, request.Signer, cancellationToken);
        ModuleCheckout source = prepared.Checkout;
        string commit = source.Commit is { Length: >= 7 } hash ? $" ({hash[..7]} \"{source.Subject}\")" : "";
        string since = source.CommitsSince is { } count ? $"{count} commits since {now!.Revision}" : now is null ? "deployed for the first time" : "";
        log($"{module.Name} {source.Revision}{commit} : {since}     package {package.Size / 1e6:0.0} MB{(package.IsSigned ? ", signed" : "")}{(package.Reused ? ", was there already" : "")}");
        return new ManifestModule
        {
            Name = module.Name,
            Path = module.Path,
            Bucket = package.Bucket,
            Key = package.Key,
            Version = package.Version,
            Digest = package.Digest,
            Revision = source.Revision,
            Commit = source.Commit,
            Subject = source.Subject,
            Scripts = [.. new[] { module.PreDeploy is null ? null : ModuleInfo.PreDeploy, module.PostDeploy is null ? null : ModuleInfo.PostDeploy }.OfType<string>()],
            Deployment = deployment,
        };
    }

    private async Task<PreparedModule> UnpackAsync(GhostModule module, ManifestModule package, CancellationToken cancellationToken)
    {
        PreparedModule prepared = await packager.UnpackAsync(RequestOf(module, null), package, cancellationToken);
        _prepared.Add(prepared);
        return prepared;
    }

    // An exact former package: its digest is compared here, and by every host again.
    private async Task RequireSameAsync(ManifestModule package, CancellationToken cancellationToken)
    {
        StoredObject? there = await objects.FindAsync(package.Bucket, package.Key, cancellationToken);
        if (there is not null && (package.Digest is null || there.Metadata.GetValueOrDefault(BundlePublisher.DigestKey) == package.Digest)) return;
        throw there is null
            ? new CumulusException(ErrorIds.BundleNotFound, FailureKind.NotFound, $"The package s3://{package.Bucket}/{package.Key} is gone. Nothing was changed.") { Target = package.Key, Advice = $"Deploy {package.Revision ?? package.Version} again from its source." }
            : new CumulusException(ErrorIds.BundleDigestMismatch, FailureKind.SecurityViolation, $"s3://{package.Bucket}/{package.Key} is not the package any more that was deployed. Nothing was changed.") { Target = package.Key, Advice = "Find out who replaced it; deploy again from the source." };
    }

    private static ManifestModule Former(GhostDeployment former, string module) =>
        former.Modules.FirstOrDefault(m => m.Package.Name == module)?.Package
        ?? throw new CumulusException(ErrorIds.ModuleNotFound, FailureKind.NotFound, $"Deployment {former.Id} deployed no module '{module}'.") { Target = module };

    private ModulePackageRequest RequestOf(GhostModule module, ManifestModule? now) => new()
    {
        Application = Definition.Key.Path,
        Name = module.Name,
        Path = module.Path,
        Protocol = module.Source.Protocol,
        Url = module.Source.Url,
        Revision = request.Revision,
        DeployedCommit = now?.Commit,
        Uid = module.Uid,
        Gid = module.Gid,
        BuildPack = module.BuildPack?.Text,
        PreDeploy = module.PreDeploy?.Text,
        PostDeploy = module.PostDeploy?.Text,
        AfterAllDeploy = module.AfterAllDeploy?.Text,
        Variables = Definition.EnvVars.Where(v => v.Value is not null).ToDictionary(v => v.Key, v => v.Value!),
        User = request.User,
    };
}
