using System.Management.Automation;
using Cumulus.Engine;
using Cumulus.Engine.Aws;
using Cumulus.Engine.Ghost.Deployments;
using Cumulus.Engine.Ghost.Instances;
using Cumulus.Engine.Hosts;
using Cumulus.Engine.State;

namespace Cumulus.PowerShell;

/// <summary>On an instance: installs modules of an application beside the releases that are there, then switches their links; or leaves all as it was.</summary>
[Cmdlet(VerbsLifecycle.Install, "GhostModule", DefaultParameterSetName = "Manifest", SupportsShouldProcess = true)]
[OutputType(typeof(InstalledModule))]
public sealed class InstallGhostModuleCommand : AwsCmdlet
{
    /// <summary>Names of modules. Default: all of the application's manifest, in its order.</summary>
    [Parameter(Position = 0, ParameterSetName = "Manifest")]
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "Package")]
    [ValidateNotNullOrEmpty]
    public string[]? Name { get; set; }

    /// <summary>Application whose manifest says what to install: NAME/ENV/ROLE[/COLOUR].</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Manifest")]
    public string? Application { get; set; }

    /// <summary>Bucket of the package, or of the state with the manifest.</summary>
    [Parameter(Mandatory = true)]
    public string Bucket { get; set; } = "";

    /// <summary>Key of the package.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Package")]
    public string? Key { get; set; }

    /// <summary>Content digest that the package must have. Default: its manifest's is believed.</summary>
    [Parameter(ParameterSetName = "Package")]
    public string? Digest { get; set; }

    /// <summary>Id of the deployment that this is part of.</summary>
    [Parameter(ParameterSetName = "Package")]
    public string? Deployment { get; set; }

    /// <summary>Who deploys; scripts get it as GHOST_MODULE_USER.</summary>
    [Parameter]
    public string? User { get; set; }

    /// <summary>PEM files with public keys: a package is installed only with a signature of one of them. Default: the keys in /etc/cumulus/keys, C:\cumulus\conf\keys; where there is no such folder, none is asked for.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[]? PublicKey { get; set; }

    /// <summary>Folder that stands for the host's root. Default: the variable CUMULUS_ROOT, else the host itself.</summary>
    [Parameter]
    public string? RootPath { get; set; }

    /// <summary>Install although the instance has this content: scripts run again.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Earlier releases to keep on the host for Restore-GhostModule. Default: 3.</summary>
    [Parameter]
    [ValidateRange(0, 100)]
    public int KeepVersions { get; set; }

    /// <summary>Command for the shell, or URL, that tells whether the new release works; if it does not, the link goes back.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? HealthCheck { get; set; }

    /// <summary>Limit of the health check with all its tries, in seconds.</summary>
    [Parameter]
    [ValidateRange(1, 86400)]
    public int HealthCheckTimeoutSec { get; set; } = 60;

    /// <summary>Limit of each script, in seconds.</summary>
    [Parameter]
    [ValidateRange(1, 86400)]
    public int TimeoutSec { get; set; } = 1800;

    /// <summary>Run in the background as a PowerShell job, which Receive-Job, Wait-Job and Stop-Job take. In PowerShell only.</summary>
    [Parameter]
    public SwitchParameter AsJob { get; set; }

    protected override async Task EndAsync(CancellationToken stop)
    {
        string? root = HostParameters.Root(RootPath is { } path ? ResolvePath(path) : null);
        using var instance = new InstanceMetadata();
        using AwsGateways aws = await OpenAwsAsync(null, stop, instance);
        foreach (ModuleInstallRequest request in Application is { } application ? await OfManifestAsync(aws, application, stop) : [Request(Name![0], Bucket, Key!) with { Digest = Digest, Deployment = Deployment }])
        {
            ModuleInstallRequest full = request with
            {
                User = User,
                Force = IsSet(Force),
                RootPath = root,
                TrustedKeys = PublicKey?.Select(k => Engine.Bundles.PublicKey.FromFile(ResolvePath(k))).ToArray(),
                KeepVersions = IsBound(nameof(KeepVersions)) ? KeepVersions : null,
                HealthCheck = HostParameters.Health(HealthCheck, HealthCheckTimeoutSec),
                ScriptTimeLimit = TimeSpan.FromSeconds(TimeoutSec),
                Log = WriteVerbose,
                Warn = WriteWarning,
            };
            if (!ShouldProcess(root ?? "this host", $"Install module {full.Module} from s3://{full.Bucket}/{full.Key}")) continue;
            WriteObject(await new ModuleInstaller(aws.Objects).InstallAsync(full, stop));
        }
    }

    private async Task<IReadOnlyList<ModuleInstallRequest>> OfManifestAsync(AwsGateways aws, string application, CancellationToken stop)
    {
        var store = new ManifestStore(new BucketStateStore(aws.Objects, Bucket), aws.Objects, TimeProvider.System);
        ApplicationManifest manifest = await store.ReadAsync(application, stop);
        foreach (string name in Name?.Where(n => manifest.Find(n) is null) ?? [])
        {
            throw new CumulusException(ErrorIds.ModuleNotFound, FailureKind.NotFound, $"The manifest of {application} names no module '{name}'.") { Target = name, Advice = "Deploy it first: Deploy-GhostApplication." };
        }

        if (manifest.Modules.Count == 0) WriteWarning($"Nothing was ever deployed to {application}: there is nothing to install.");
        return [.. manifest.Modules.Where(m => Name is null || Name.Contains(m.Name)).Select(m => Request(m.Name, m.Bucket, m.Key) with { Digest = m.Digest, Deployment = m.Deployment })];
    }

    private static ModuleInstallRequest Request(string module, string bucket, string key) => new() { Module = module, Bucket = bucket, Key = key };
}
