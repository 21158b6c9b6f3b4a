using System.Management.Automation;
using Cumulus.Engine;
using Cumulus.Engine.Aws;
using Cumulus.Engine.Ghost;
using Cumulus.Engine.Ghost.Rollouts;
using Cumulus.Engine.Ghost.Scripts;
using Cumulus.Engine.State;

namespace Cumulus.PowerShell;

/// <summary>Runs a script on the hosts of an application, group after group, by SSM.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "GhostScript", DefaultParameterSetName = "Text", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(GhostScriptResult))]
public sealed class InvokeGhostScriptCommand : RolloutCmdlet
{
    /// <summary>The script; a first line #! is respected, Windows runs it by PowerShell.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Text")]
    public string Script { get; set; } = "";

    /// <summary>File with the script.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Path")]
    public string? Path { get; set; }

    /// <summary>Module in whose folder it runs, as the module's user. Default: the temporary folder, as root.</summary>
    [Parameter]
    public string? Module { get; set; }

    /// <summary>Only this host.</summary>
    [Parameter]
    public string? InstanceId { get; set; }

    /// <summary>Run in the background as a PowerShell job, which Receive-Job, Wait-Job and Stop-Job take. In PowerShell only.</summary>
    [Parameter]
    public SwitchParameter AsJob { get; set; }

    protected override async Task ProcessAsync(CancellationToken stop)
    {
        StoredApplication application = await SingleAsync(stop);
        ApplicationKey key = application.Definition.Key;
        string text = Path is { } file ? await File.ReadAllTextAsync(ResolvePath(file), stop) : Script;
        IStateStore state = await StateAsync(key.Env, stop);
        (IObjectStore objects, string bucket) = await PackagesAsync(PackageBucket, stop);
        using AwsGateways aws = await OpenAwsAsync(application.Definition, stop);
        if (!ShouldProcess(InstanceId ?? key.Path, $"Run a script of {text.Split('\n').Length} lines by {Strategy}")) return;
        var request = new GhostScriptRequest
        {
            Application = application.Definition,
            Script = text,
            Module = Module,
            InstanceId = InstanceId,
            Strategy = RolloutStrategy.Parse(Strategy),
            TimeLimit = TimeSpan.FromSeconds(HostTimeoutSec),
            OutputBucket = bucket,
            User = Caller,
        };
        var runner = new GhostScriptRunner(aws.Fleet, aws.Commands, objects, TimeProvider.System);
        var options = new Dictionary<string, string> { ["module"] = Module ?? "", ["instance"] = InstanceId ?? "", ["digest"] = new GhostScript(text).Digest };
        await RunJobAsync(
            state,
            "Invoke-GhostScript",
            key,
            options,
            async job =>
            {
                IReadOnlyList<GhostScriptResult> results = await runner.RunAsync(request, job);
                WriteObjects(results);
                return GhostScriptRunner.Failure(key, results) is { } failure ? throw failure : results;
            },
            stop);
    }
}
