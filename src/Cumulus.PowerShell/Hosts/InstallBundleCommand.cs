using System.Management.Automation;
using Cumulus.Engine;
using Cumulus.Engine.Aws;
using Cumulus.Engine.Configuration;
using Cumulus.Engine.Hosts;
using Cumulus.Engine.Hosts.Service;

namespace Cumulus.PowerShell;

/// <summary>On a host: fetches and verifies its bundles, then installs all of them, or leaves everything as it was.</summary>
[Cmdlet(VerbsLifecycle.Install, "Bundle", DefaultParameterSetName = "Bucket", SupportsShouldProcess = true)]
[OutputType(typeof(InstalledBundle), typeof(FileChange), typeof(PlannedScript))]
public sealed class InstallBundleCommand : HandlerCmdlet
{
    private InstallSelection _selection = new();
    private readonly List<InstallSource> _archives = [];
    private CumulusException? _mixture;

    /// <summary>Names of the bundles. Default: all that metadata.conf lists; those that it no longer lists are then removed.</summary>
    [Parameter(Position = 0, ParameterSetName = "Bucket", ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(BundleCompleter))]
    public string[]? Name { get; set; }

    /// <summary>Environment. Default: as metadata.conf says.</summary>
    [Parameter(ParameterSetName = "Bucket", ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(EnvironmentCompleter))]
    public string? Environment { get; set; }

    /// <summary>Version. Default: as metadata.conf says.</summary>
    [Parameter(ParameterSetName = "Bucket", ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(VersionCompleter))]
    public string? Version { get; set; }

    /// <summary>Bucket. Default: as metadata.conf says.</summary>
    [Parameter(ParameterSetName = "Bucket", ValueFromPipelineByPropertyName = true)]
    public string? Bucket { get; set; }

    /// <summary>File to use as metadata.conf. Default: /etc/cumulus/metadata.conf, C:\cumulus\conf\metadata.conf.</summary>
    [Parameter(ParameterSetName = "Bucket")]
    [Alias("Config")]
    public string? ConfigurationPath { get; set; }

    /// <summary>After a successful install, write the version into metadata.conf, so that the next run installs the same.</summary>
    [Parameter(ParameterSetName = "Bucket")]
    public SwitchParameter SaveVersion { get; set; }

    /// <summary>Archive on this machine to install instead; its manifest beside it is believed when it fits.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Path")]
    public string[]? Path { get; set; }

    /// <summary>PEM files with public keys: a bundle is installed only with a signature of one of them. Default: the keys in /etc/cumulus/keys, C:\cumulus\conf\keys; where there is no such folder, none is asked for.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[]? PublicKey { get; set; }

    /// <summary>Folder that stands for the host's root. Default: the variable CUMULUS_ROOT, else the host itself.</summary>
    [Parameter]
    public string? RootPath { get; set; }

    /// <summary>Leave files that the old version has and the new one has not.</summary>
    [Parameter]
    public SwitchParameter KeepOldFiles { get; set; }

    /// <summary>Install although nothing changes, or what was taken back: all scripts run and every file is replaced.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Earlier versions to keep on the host for Restore-InstalledBundle. Default: as many as before, 3 at first.</summary>
    [Parameter]
    [ValidateRange(0, 100)]
    public int KeepVersions { get; set; }

    /// <summary>Command for the shell, or URL, that tells whether the new version works; if it does not, everything is put back.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? HealthCheck { get; set; }

    /// <summary>Limit of the health check with all its tries, in seconds.</summary>
    [Parameter]
    [ValidateRange(1, 86400)]
    public int HealthCheckTimeoutSec { get; set; } = 60;

    /// <summary>Seconds within which the install has to be confirmed, by Confirm-InstalledBundle, a health check or a boot; else it is taken back.</summary>
    [Parameter]
    [ValidateRange(1, 604800)]
    public int ConfirmTimeoutSec { get; set; }

    /// <summary>A stop script of the installed version that fails is a warning.</summary>
    [Parameter]
    public SwitchParameter IgnoreStopFailure { get; set; }

    /// <summary>Limit of each init script, in seconds.</summary>
    [Parameter]
    [ValidateRange(1, 86400)]
    public int TimeoutSec { get; set; } = 300;

    /// <summary>Run in the background as a PowerShell job, which Receive-Job, Wait-Job and Stop-Job take. In PowerShell only.</summary>
    [Parameter]
    public SwitchParameter AsJob { get; set; }

    /// <summary>Say nothing to the build service that runs this: no groups, annotations, summary or outputs.</summary>
    [Parameter]
    public SwitchParameter NoCi { get; set; }

    protected override Task ProcessAsync(CancellationToken stop)
    {
        _archives.AddRange((Path ?? []).Select(p => InstallSource.InFile(ResolvePath(p))));
        var given = new InstallSelection { Environment = Environment, Version = Version, Bucket = Bucket, Names = Name ?? [] };
        if (_selection.Names.Count > 0 && (given.Environment, given.Version, given.Bucket) != (_selection.Environment, _selection.Version, _selection.Bucket))
        {
            // All or none: nothing is installed when one does not fit.
            _mixture ??= new CumulusException(ErrorIds.BundleEnvironmentMismatch, FailureKind.InvalidInput, "Bundles of different environments, versions or buckets cannot be one install.")
            {
                Target = Name,
            };
        }

        _selection = given with { Names = [.. _selection.Names, .. given.Names] };
        return Task.CompletedTask;
    }

    protected override async Task EndAsync(CancellationToken stop)
    {
        if (_mixture is not null) throw _mixture;
        string? root = HostParameters.Root(RootPath is { } path ? ResolvePath(path) : null);
        string metadataFile = ConfigurationPath is { } file ? ResolvePath(file) : HostPaths.For(root, OperatingSystem.IsWindows()).MetadataFile;
        HostPaths paths = HostPaths.For(root, OperatingSystem.IsWindows());
        OpenLog(paths);
        if (_archives.Count > 0)
        {
            var local = new BundleInstaller(store: null);
            await InstallAsync(local, new InstallRequest { Bundles = _archives }, paths, local.InstallAsync, stop);
            return;
        }

        using var instance = new InstanceMetadata();
        if (IsSet(Watch) || IsSet(Follow))
        {
            await FollowAsync(paths, metadataFile, instance, stop);
            return;
        }

        HostMetadata? metadata = _selection.IsComplete && ConfigurationPath is null && !IsSet(SaveVersion) ? null : Read(metadataFile);
        InstallRequest request = _selection.Request(metadata);
        using AwsGateways aws = await OpenAwsAsync(ConnectionOf(metadata), stop, instance);
        bool done = await InstallAsync(
            new BundleInstaller(aws.Objects), request, paths, (r, token) => RunAsync(aws, instance, _selection.Bucket ?? metadata!.BundleBucket, metadata?.Keys, r, token), stop);
        if (done && IsSet(SaveVersion)) await HostMetadataWriter.SaveVersionAsync(metadataFile, request.Version!, stop);
    }

    private async Task FollowAsync(HostPaths paths, string metadataFile, InstanceMetadata instance, CancellationToken stop)
    {
        if (_selection.Version is not null)
        {
            throw new CumulusException(ErrorIds.VersionConflict, FailureKind.InvalidInput, "-Version says which version to install; -Follow and -Watch install what was deployed.") { Target = _selection.Version };
        }

        using var connection = new HandlerConnection((wanted, token) => OpenAwsAsync(wanted, token, instance));
        var finder = new TargetFinder(_selection, metadataFile, new DiskConfigurationFiles(), PathStyle.Current, (m, token) => connection.OpenAsync(ConnectionOf(m), token), Warn);
        async Task<HandlerTarget?> FindAsync(CancellationToken token)
        {
            if (!Host.IsSwitchOn("WhatIf")) await RevertUnconfirmedAsync(paths, token);
            return await finder.FindAsync(token);
        }

        async Task<bool> InstallOneAsync(HandlerTarget target, CancellationToken token)
        {
            AwsGateways aws = connection.Current;
            bool done = await InstallAsync(
                new BundleInstaller(aws.Objects), target.Request, paths, (r, t) => RunAsync(aws, instance, target.Bucket, finder.Metadata?.Keys, r, t), token);
            if (done && finder.Metadata is not null) await HostMetadataWriter.SaveVersionAsync(metadataFile, target.Request.Version!, token);
            return done;
        }

        await FollowAsync(FindAsync, InstallOneAsync, stop);
    }

    private async Task RevertUnconfirmedAsync(HostPaths paths, CancellationToken stop)
    {
        try
        {
            var request = new RestoreRequest { RootPath = paths.Root, ScriptTimeLimit = TimeSpan.FromSeconds(TimeoutSec), Log = Tell, Warn = Warn };
            await new BundleInstaller(store: null).RevertUnconfirmedAsync(request, stop);
        }
        catch (CumulusException e)
        {
            // The version that is to be followed may be what helps.
            Warn(e.Message);
        }
    }

    private static AwsConnection ConnectionOf(HostMetadata? metadata) => new() { Region = metadata?.Region, Keys = metadata?.Keys };

    private async Task<bool> InstallAsync(
        BundleInstaller planner,
        InstallRequest selected,
        HostPaths paths,
        Func<InstallRequest, CancellationToken, Task<IReadOnlyList<InstalledBundle>>> install,
        CancellationToken stop)
    {
        InstallRequest request = selected with
        {
            RootPath = paths.Root,
            KeepOldFiles = IsSet(KeepOldFiles),
            TrustedKeys = PublicKey?.Select(k => Engine.Bundles.PublicKey.FromFile(ResolvePath(k))).ToArray(),
            ScriptTimeLimit = TimeSpan.FromSeconds(TimeoutSec),
            Force = IsSet(Force),
            IgnoreStopFailure = IsSet(IgnoreStopFailure),
            KeepVersions = IsBound(nameof(KeepVersions)) ? KeepVersions : null,
            HealthCheck = HostParameters.Health(HealthCheck, HealthCheckTimeoutSec),
            ConfirmTimeLimit = HostParameters.Confirmation(ConfirmTimeoutSec),
            Log = Tell,
            Warn = Warn,
        };
        string what = string.Join(", ", request.Bundles.Select(b => b.Name ?? b.ArchivePath));
        if (!ShouldProcess(paths.Root ?? "this host", request.Version is { } version ? $"Install {what} {version}" : $"Install {what}"))
        {
            InstallPlan plan = await planner.PlanAsync(request, stop);
            WriteObjects(plan.StopScripts);
            WriteObjects(plan.Changes);
            WriteObjects(plan.StartScripts);
            return false;
        }

        WriteObjects(await install(request, stop));
        return true;
    }

    private HostMetadata Read(string file)
    {
        HostMetadata metadata = HostMetadataReader.Load(file, new DiskConfigurationFiles(), PathStyle.Current);
        foreach (ConfigurationProblem warning in metadata.Warnings) WriteWarning(warning.ToString());
        WriteVerbose($"configuration {file}: {metadata.Environment} {metadata.Version}, bundles {string.Join(", ", metadata.BundleTypes)}");
        return metadata;
    }
}
