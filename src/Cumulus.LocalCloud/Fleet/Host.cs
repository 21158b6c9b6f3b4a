using Cumulus.Engine;
using Cumulus.LocalCloud.Moto;

namespace Cumulus.LocalCloud.Fleet;

/// <summary>One instance come to life: its folder, its sandbox, and how its boot went.</summary>
internal sealed class Host(Instance instance, HostFolder folder, string address, IHostSandbox? sandbox, string? noSandbox, IHostFaults faults, DateTimeOffset madeAt) : IDisposable
{
    /// <summary>The host's own health command, relative to its root: where it is, load balancers go by its exit code.</summary>
    private const string HealthCommand = "etc/localcloud/health";

    private const string HealthScript = "health";

    private const string PerBoot = "var/lib/cloud/scripts/per-boot";

    private const string EachBoot = $$"""
        #!/bin/sh
        code=0
        for script in "${CUMULUS_ROOT:-}/{{PerBoot}}"/*; do
          if [ -x "$script" ]; then "$script" || code=$?; fi
        done
        exit $code

        """;

    private readonly SemaphoreSlim _turn = new(1);
    private readonly CancellationTokenSource _life = new();
    private volatile bool _hasSandbox;

    public string Id => instance.Id;

    public string Region => instance.Region;

    public HostFolder Folder => folder;

    /// <summary>Its loopback address.</summary>
    public string Address => address;

    public LocalCloudHostState State { get; private set; } = LocalCloudHostState.Booting;

    public IReadOnlyDictionary<string, string> Tags { get; set; } = instance.Tags;

    public DateTimeOffset MadeAt => madeAt;

    public string? AutoScalingGroup => Tags.GetValueOrDefault("aws:autoscaling:groupName");

    /// <summary>Takes commands: booted, not gone again, and within reach.</summary>
    public bool IsOnline => State == LocalCloudHostState.Running && _hasSandbox && !faults.IsCutOff(this);

    private int? BootExitCode { get; set; }

    private string? BootNote { get; set; }

    public LocalCloudHost Describe() => new()
    {
        InstanceId = Id,
        Region = Region,
        State = State,
        RootPath = folder.Root,
        Address = address,
        BootLog = folder.BootLog,
        BootExitCode = BootExitCode,
        BootNote = BootNote,
        StackName = Tags.GetValueOrDefault("aws:cloudformation:stack-name"),
        AutoScalingGroup = AutoScalingGroup,
        Tags = Tags,
    };

    /// <summary>The instance as EC2 had it when it was looked at last.</summary>
    public Instance Instance => instance;

    /// <summary>
    /// Runs what is to run at every boot and, at the first one, the user data; lets commands in afterwards
    /// (https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/user-data.html: once in the instance's life; cloud-init's scripts/per-boot: each time).
    /// </summary>
    /// <param name="image">Files that the instance begins with; null: none, or it was here before.</param>
    public async Task BootAsync(UserData userData, bool isFirst, string? image)
    {
        try
        {
            var refusal = await StartAsync(userData, isFirst, image);
            if (refusal is null)
            {
                BootExitCode = await RunBootScriptsAsync(isFirst || userData.Persists ? userData.Scripts : []);
            }
            else
            {
                BootNote = refusal;
                await File.AppendAllTextAsync(folder.BootLog, $"LocalCloud did not run the user data: {refusal}\n", _life.Token);
            }
            if (State == LocalCloudHostState.Booting)
                State = LocalCloudHostState.Running;
        }
        catch (OperationCanceledException) when (_life.IsCancellationRequested)
        {
            // Stopped or terminated while it booted: EndAsync has set the state.
        }
    }

    /// <summary>Starts a script of the SSM agent. Its output goes to two files in <see cref="HostFolder.Output"/>.</summary>
    /// <returns>Null when the host has gone meanwhile.</returns>
    public HostProcess? Run(string scriptName, string script, string workingDirectory, HostOutput output)
    {
        if (!IsOnline)
            return null;
        HostScript.Write(folder, scriptName, script);
        return sandbox!.Run(scriptName, workingDirectory, output);
    }

    /// <summary>Runs the host's health command.</summary>
    /// <returns>Its exit code; null where there is none, or the host does not run.</returns>
    public async Task<int?> CheckHealthAsync(CancellationToken cancellationToken)
    {
        if (!_hasSandbox || !File.Exists(Path.Combine(folder.Root, HealthCommand)))
            return null;
        var script = Path.Combine(folder.Scripts, HealthScript);
        if (!File.Exists(script))
            PrivateFiles.WriteScript(script, $"#!/bin/sh\nexec \"${{CUMULUS_ROOT:-}}/{HealthCommand}\"\n");
        using var process = sandbox!.Run(HealthScript, "/", new HostOutput("/dev/null", "/dev/null"));
        try
        {
            return await process.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw;
        }
    }

    /// <summary>Ends all its processes.</summary>
    public async Task EndAsync(LocalCloudHostState state)
    {
        State = state;
        await _life.CancelAsync();
        await _turn.WaitAsync();
        try
        {
            if (_hasSandbox)
                await sandbox!.DisposeAsync();
            _hasSandbox = false;
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose()
    {
        _life.Dispose();
        _turn.Dispose();
    }

    private async Task<string?> StartAsync(UserData userData, bool isFirst, string? image)
    {
        folder.Create();
        if (image is not null)
            await FileTree.CopyAsync(image, folder.Root, _life.Token);
        await File.AppendAllTextAsync(folder.BootLog, "", _life.Token);
        if (sandbox is null)
            return noSandbox;
        await _turn.WaitAsync(_life.Token);
        try
        {
            _life.Token.ThrowIfCancellationRequested();
            _hasSandbox = true;
            await sandbox.StartAsync(_life.Token);
        }
        catch (CumulusException e)
        {
            await sandbox.DisposeAsync();
            _hasSandbox = false;
            return e.Message;
        }
        finally
        {
            _turn.Release();
        }
        if (isFirst && userData.Refusal is { } refusal)
            return $"{refusal} is not something that LocalCloud executes.";
        return userData.Scripts.Any(script => script.StartsWith(UserData.PowerShellMark, StringComparison.Ordinal)) && !HostScript.HasPowerShell
            ? "<powershell> needs pwsh on the PATH of the session that starts the cloud."
            : null;
    }

    private async Task<int> RunBootScriptsAsync(IReadOnlyList<string> scripts)
    {
        var exitCode = Directory.Exists(Path.Combine(folder.Root, PerBoot)) ? await RunBootScriptAsync("per-boot", EachBoot) : 0;
        for (var i = 0; i < scripts.Count; i++)
        {
            // The name that cloud-init gives.
            var code = await RunBootScriptAsync($"part-{i + 1:000}", scripts[i]);
            exitCode = exitCode == 0 ? code : exitCode;
        }
        return exitCode;
    }

    private async Task<int> RunBootScriptAsync(string name, string script)
    {
        HostScript.Write(folder, name, script);
        using var process = sandbox!.Run(name, "/", new HostOutput(folder.BootLog, folder.BootLog));
        return await process.WaitAsync(_life.Token);
    }
}
