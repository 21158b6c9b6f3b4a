using Cumulus.Engine;

namespace Cumulus.LocalCloud.Fleet;

/// <summary>Finds out once, at the start, what kind of sandbox can be had, and makes them.</summary>
internal sealed class SandboxFactory
{
    private static readonly string[] Inherited = ["LANG", "LC_ALL", "TZ", "DOTNET_ROOT", "DOTNET_ROLL_FORWARD"];

    private readonly SandboxSettings _settings;

    private SandboxFactory(SandboxSettings settings, HostIsolation isolation, string? note)
    {
        _settings = settings;
        Isolation = isolation;
        Note = note;
    }

    public HostIsolation Isolation { get; }

    /// <summary>Why there is no isolation.</summary>
    public string? Note { get; }

    public static async Task<SandboxFactory> CreateAsync(LocalCloudOptions options, CloudFolder folder, IReadOnlyDictionary<string, string> environment, CancellationToken cancellationToken)
    {
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        var settings = new SandboxSettings
        {
            Unshare = ProgramPath.Find("unshare") ?? "",
            Nsenter = ProgramPath.Find("nsenter") ?? "",
            CloudFolder = folder.Path,
            Bin = folder.Bin,
            Hidden = [Path.Combine(home, ".aws")],
            Readable = [.. options.CumulusFolders.Concat(options.CumulusCommand.SelectMany(FoldersOf)).Distinct()],
            Environment = environment,
        };
        var obstacle = await ProbeAsync(settings, folder, cancellationToken);
        if (obstacle is null)
            return new SandboxFactory(settings, HostIsolation.Isolated, null);
        var unisolated = options.AllowUnisolated && !OperatingSystem.IsWindows();
        return new SandboxFactory(settings, unisolated ? HostIsolation.Unisolated : HostIsolation.Refused, obstacle);
    }

    /// <summary>The variables that every host of this cloud gets.</summary>
    public static Dictionary<string, string> BaseEnvironment(CloudFolder folder, LocalCloudInfo cloud)
    {
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        var environment = new Dictionary<string, string>
        {
            ["AWS_ENDPOINT_URL"] = cloud.Endpoint,
            ["AWS_REGION"] = cloud.Region,
            ["AWS_DEFAULT_REGION"] = cloud.Region,
            ["AWS_ACCESS_KEY_ID"] = cloud.AccessKeyId,
            ["AWS_SECRET_ACCESS_KEY"] = cloud.SecretAccessKey,
            ["HOME"] = home,
            ["DOTNET_CLI_HOME"] = home,
            ["DOTNET_NOLOGO"] = "1",
            ["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1",
            ["PATH"] = $"{folder.Bin}:{SandboxSettings.SystemPath}:{Environment.GetEnvironmentVariable("PATH")}",
        };
        foreach (var name in Inherited)
        {
            if (Environment.GetEnvironmentVariable(name) is { } value)
                environment[name] = value;
        }
        return environment;
    }

    /// <param name="metadata">Address of the host's metadata service; null: it has none.</param>
    public IHostSandbox Create(string instanceId, string region, string address, string? metadata, HostFolder folder)
    {
        var environment = new Dictionary<string, string>(_settings.Environment)
        {
            ["AWS_REGION"] = region,
            ["AWS_DEFAULT_REGION"] = region,
            ["CUMULUS_INSTANCE_ID"] = instanceId,
            ["CUMULUS_HOST_ADDRESS"] = address,
        };
        // By these SDKs find the service, or do not spend seconds to find none.
        if (metadata is null)
            environment["AWS_EC2_METADATA_DISABLED"] = "true";
        else
            environment["AWS_EC2_METADATA_SERVICE_ENDPOINT"] = metadata;
        if (Isolation == HostIsolation.Isolated)
            return new NamespaceSandbox(folder, _settings with { Environment = environment });
        environment["CUMULUS_ROOT"] = folder.Root;
        return new PlainSandbox(folder, environment);
    }

    /// <summary>Tries it for real, in the very folder where the hosts will be: null when it works, else what is in the way.</summary>
    private static async Task<string?> ProbeAsync(SandboxSettings settings, CloudFolder cloud, CancellationToken cancellationToken)
    {
        if (!OperatingSystem.IsLinux())
            return "Hosts are isolated on Linux only.";
        if (settings.Unshare == "" || settings.Nsenter == "")
            return "unshare and nsenter (util-linux) are not on PATH.";
        var folder = new HostFolder(Path.Combine(cloud.Hosts, "probe"));
        folder.Create();
        PrivateFiles.WriteScript(Path.Combine(folder.Scripts, "probe"), "#!/bin/sh\n:>/etc/probe\n");
        try
        {
            await using var sandbox = new NamespaceSandbox(folder, settings);
            await sandbox.StartAsync(cancellationToken);
            using var process = sandbox.Run("probe", "/", new HostOutput(folder.BootLog, folder.BootLog));
            await process.WaitAsync(cancellationToken);
            return File.Exists(Path.Combine(folder.Root, "etc", "probe"))
                ? null
                : $"A process in the namespaces could not write: {(await File.ReadAllTextAsync(folder.BootLog, cancellationToken)).Trim()}";
        }
        catch (CumulusException e)
        {
            return e.Message;
        }
        finally
        {
            CloudFolder.RemoveTree(folder.Path);
        }
    }

    /// <summary>The folders that an argument of the cumulus command names, by itself and by what it links to.</summary>
    private static IEnumerable<string> FoldersOf(string argument)
    {
        if (!Path.IsPathFullyQualified(argument) || !File.Exists(argument))
            return [];
        var target = File.ResolveLinkTarget(argument, returnFinalTarget: true)?.FullName ?? argument;
        return [Path.GetDirectoryName(argument)!, Path.GetDirectoryName(target)!];
    }
}
