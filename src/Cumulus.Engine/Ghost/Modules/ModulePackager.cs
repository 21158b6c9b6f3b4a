using Cumulus.Engine.Aws;
using Cumulus.Engine.Bundles;
using Cumulus.Engine.Configuration;
using Cumulus.Engine.Processes;

namespace Cumulus.Engine.Ghost.Modules;

/// <summary>
/// Makes a module's package: source into a clean tree, <c>build_pack</c> there, a reproducible bundle of it, published under a key that holds no other content ever.
/// </summary>
/// <param name="cache">Full path of the folder for mirrors of git repositories.</param>
public sealed class ModulePackager(IObjectStore store, string cache, ProcessRunner? runner = null, TimeProvider? clock = null)
{
    private readonly ProcessRunner _runner = runner ?? new ProcessRunner(clock);

    /// <summary>Limit of one call of git.</summary>
    public TimeSpan GitTimeLimit { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Limit of each script.</summary>
    public TimeSpan ScriptTimeLimit { get; init; } = TimeSpan.FromMinutes(30);

    public Action<string>? Log { get; init; }

    /// <summary>Full path of the folder that work trees are made in.</summary>
    public string WorkFolder { get; init; } = Path.GetTempPath();

    /// <summary>The revision and what came since the last deployment; nothing is checked out or built.</summary>
    /// <exception cref="CumulusException">As <see cref="PrepareAsync"/>.</exception>
    public Task<ModuleCheckout> ResolveAsync(ModulePackageRequest request, CancellationToken cancellationToken) => request.Protocol switch
    {
        "git" => Git.ResolveAsync(request.Url, request.Revision, request.DeployedCommit, cancellationToken),
        "s3" => new S3Source(store, Log).ResolveAsync(request.Url, request.Revision, cancellationToken),
        _ => throw UnknownProtocol(request),
    };

    /// <summary>Checks out, builds and packs; nothing leaves this machine.</summary>
    /// <exception cref="CumulusException"><see cref="ErrorIds.ModuleScriptFailed"/>, and what <see cref="GitSource"/>, <see cref="S3Source"/> and <see cref="BundleBuilder"/> name.</exception>
    public async Task<PreparedModule> PrepareAsync(ModulePackageRequest request, CancellationToken cancellationToken)
    {
        NameRules.Require("name of the module", request.Name);
        string folder = Path.Combine(WorkFolder, $"cumulus-module-{Guid.NewGuid():N}");
        Hosts.HostDisk.MakePrivateFolder(folder);
        try
        {
            string tree = Path.Combine(folder, "tree");
            ModuleCheckout checkout = request.Protocol switch
            {
                "git" => await Git.CheckOutAsync(request.Url, request.Revision, request.DeployedCommit, tree, cancellationToken),
                "s3" => await new S3Source(store, Log).FetchAsync(request.Url, request.Revision, tree, cancellationToken),
                _ => throw UnknownProtocol(request),
            };
            var module = new PreparedModule(folder, request, checkout, Info(request, checkout));
            Directory.CreateDirectory(module.Scripts);
            if (request.BuildPack is { Length: > 0 } script) await RunAsync(module, "build_pack", script, cancellationToken);
            module.Bundle = await PackAsync(module, cancellationToken);
            return module;
        }
        catch
        {
            WorkTrees.Remove(folder);
            throw;
        }
    }

    /// <summary>Publishes the package; one of this content that is there already is taken.</summary>
    /// <param name="signer">Null: unsigned.</param>
    /// <exception cref="CumulusException">As <see cref="BundlePublisher"/>.</exception>
    public async Task<ModulePackage> PublishAsync(PreparedModule module, string bucket, IManifestSigner? signer, CancellationToken cancellationToken)
    {
        Bundle bundle = module.Bundle!;
        var request = new PublishRequest
        {
            Bundle = bundle,
            Environment = ModulePackageNames.Environment(module.Request.Application),
            Version = ModulePackageNames.Version(module.Checkout.Commit, bundle.Digest),
            Bucket = bucket,
            Signer = signer,
            Log = Log,
        };
        PublishedBundle published = await new BundlePublisher(store).PublishAsync(request, cancellationToken);
        return new ModulePackage(module.Request.Name, published.Version, bucket, published.Key, published.Digest, published.Size, published.Files, signer is not null, published.State is PublishState.Unchanged or PublishState.SignatureAdded);
    }

    /// <summary>Runs <c>after_all_deploy</c> in the work tree; nothing where there is none.</summary>
    /// <exception cref="CumulusException"><see cref="ErrorIds.ModuleScriptFailed"/></exception>
    public Task AfterAllDeployAsync(PreparedModule module, CancellationToken cancellationToken) =>
        module.Request.AfterAllDeploy is { Length: > 0 } script ? RunAsync(module, "after_all_deploy", script, cancellationToken) : Task.CompletedTask;

    /// <summary>The tree of a package that was published before, for <c>after_all_deploy</c>.</summary>
    /// <exception cref="CumulusException">As <see cref="BundleSaver"/> and <see cref="BundleUnpacker"/>.</exception>
    internal async Task<PreparedModule> UnpackAsync(ModulePackageRequest request, Deployments.ManifestModule package, CancellationToken cancellationToken)
    {
        string folder = Path.Combine(WorkFolder, $"cumulus-module-{Guid.NewGuid():N}");
        Hosts.HostDisk.MakePrivateFolder(folder);
        try
        {
            Bundle bundle = await new BundleSaver(store).SaveAsync(new SaveRequest { Bucket = package.Bucket, Key = package.Key, Folder = Path.Combine(folder, "package"), Log = Log }, cancellationToken);
            string tree = Path.Combine(folder, "tree");
            await BundleUnpacker.ExpandAsync(new ExpandRequest { Archive = bundle.Path, Destination = tree, Log = Log }, cancellationToken);
            var checkout = new ModuleCheckout { Folder = tree, Revision = package.Revision ?? "", Commit = package.Commit, Subject = package.Subject };
            var module = new PreparedModule(folder, request, checkout, await ModuleInfo.ReadAsync(tree, cancellationToken)) { Bundle = bundle };
            Directory.CreateDirectory(module.Scripts);
            return module;
        }
        catch
        {
            WorkTrees.Remove(folder);
            throw;
        }
    }

    private GitSource Git => new(cache, GitTimeLimit, Log, _runner, clock);

    // The scripts lie outside of the tree: none of them gets into the package by accident.
    private async Task RunAsync(PreparedModule module, string name, string text, CancellationToken cancellationToken)
    {
        var script = new ModuleScript
        {
            Name = name,
            Module = module.Request.Name,
            Path = await ModuleScript.WriteAsync(module.Scripts, name, text, cancellationToken),
            Folder = module.Tree,
            Variables = module.Info.ScriptVariables(module.Request.User),
            TimeLimit = ScriptTimeLimit,
            Log = Log,
        };
        await script.RunAsync(_runner, cancellationToken);
    }

    private async Task<Bundle> PackAsync(PreparedModule module, CancellationToken cancellationToken)
    {
        ModulePackageRequest request = module.Request;
        string about = Path.Combine(module.Tree, ModuleInfo.Folder);
        if (Directory.Exists(about) || File.Exists(about))
        {
            throw new CumulusException(ErrorIds.ModuleSourceInvalid, FailureKind.InvalidInput, $"Module '{request.Name}' has a {ModuleInfo.Folder} of its own, which is Cumulus' name.") { Target = request.Name };
        }

        Directory.CreateDirectory(about);
        await File.WriteAllBytesAsync(Path.Combine(about, ModuleInfo.FileName), module.Info.ToBytes(), cancellationToken);
        if (request.PreDeploy is { Length: > 0 } before) await ModuleScript.WriteAsync(about, ModuleInfo.PreDeploy, before, cancellationToken);
        if (request.PostDeploy is { Length: > 0 } after) await ModuleScript.WriteAsync(about, ModuleInfo.PostDeploy, after, cancellationToken);
        BundleRequest bundle = BundleRequest.FromPath(request.Name, module.Tree, Path.Combine(module.Folder, "package")) with { Exclude = [".git"], Log = Log, Warn = Log };
        return await new BundleBuilder(clock: clock).BuildAsync(bundle, cancellationToken);
    }

    private static ModuleInfo Info(ModulePackageRequest request, ModuleCheckout checkout) => new()
    {
        Application = request.Application,
        Name = request.Name,
        Path = request.Path,
        Uid = request.Uid,
        Gid = request.Gid,
        Repository = request.Protocol == "git" ? GitAddress.Parse(request.Url).Url : request.Url,
        Revision = checkout.Revision,
        Commit = checkout.Commit,
        Subject = checkout.Subject,
        Variables = request.Variables,
    };

    private static CumulusException UnknownProtocol(ModulePackageRequest request) =>
        new(ErrorIds.ModuleSourceInvalid, FailureKind.InvalidInput, $"Module '{request.Name}' has a source of protocol '{request.Protocol}'; there are git and s3.") { Target = request.Protocol };
}
