using System.Management.Automation;
using Cumulus.Engine.Aws;
using Cumulus.Engine.Ghost;
using Cumulus.Engine.Ghost.Deployments;
using Cumulus.Engine.Ghost.Modules;
using Cumulus.Engine.Ghost.Rollouts;
using Cumulus.Engine.Jobs;
using Cumulus.Engine.State;

namespace Cumulus.PowerShell;

/// <summary>Base of the cmdlets that change the running hosts of an application, a group at a time.</summary>
public abstract class RolloutCmdlet : ApplicationCmdlet
{
    /// <summary>Portions of hosts: serial, parallel, 1by1, 1/3, 25%, a number of hosts, or canary:N,WAIT[,REST] such as canary:1,10m,50%.</summary>
    [Parameter]
    public string Strategy { get; set; } = "25%";

    /// <summary>Healthy hosts that have to be in service at any moment: a number, or a share such as 60%. Default: 1, where there are more hosts than one.</summary>
    [Parameter]
    public string? MinHealthy { get; set; }

    /// <summary>Command for the hosts' shell, or URL, that each host is asked with after the install.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? HealthCheck { get; set; }

    /// <summary>Earlier releases that stay on each host. Default: 3.</summary>
    [Parameter]
    [ValidateRange(0, 100)]
    public int KeepVersions { get; set; }

    /// <summary>Bucket for packages. Default: that of the state.</summary>
    [Parameter]
    public string? PackageBucket { get; set; }

    /// <summary>Limit of the install on each host, in seconds.</summary>
    [Parameter]
    [ValidateRange(30, 172800)]
    public int HostTimeoutSec { get; set; } = 1800;

    /// <summary>Limit of each group's way back to health in its load balancers, in seconds.</summary>
    [Parameter]
    [ValidateRange(1, 86400)]
    public int HealthTimeoutSec { get; set; } = 600;

    /// <summary>Limit of one call of git, in seconds.</summary>
    [Parameter]
    [ValidateRange(1, 86400)]
    public int GitTimeoutSec { get; set; } = 600;

    /// <summary>What to do when another job works on the application: Wait or Fail.</summary>
    [Parameter]
    [ValidateSet("Wait", "Fail")]
    public string IfBusy { get; set; } = "Wait";

    /// <summary>Limit of the whole command, in seconds; what moved by then goes back.</summary>
    [Parameter]
    [ValidateRange(1, 604800)]
    public int TimeoutSec { get; set; } = 14400;

    /// <summary>What all of these commands ask for; modules and sources are added by each.</summary>
    private protected DeployRequest RequestFor(StoredApplication application, string bucket)
    {
        SafeDeployment? safe = application.Definition.SafeDeployment;
        return new DeployRequest
        {
            Application = application,
            Strategy = RolloutStrategy.Parse(Strategy),
            Floor = MinHealthy is { } floor ? CapacityFloor.Parse(floor) : null,
            Bucket = bucket,
            User = Caller,
            HealthCheck = HealthCheck,
            KeepVersions = IsBound(nameof(KeepVersions)) ? KeepVersions : null,
            HostTimeLimit = TimeSpan.FromSeconds(HostTimeoutSec),
            Settings = new RolloutSettings
            {
                WaitBefore = TimeSpan.FromSeconds(safe?.WaitBeforeDeploy ?? 0),
                WaitAfter = TimeSpan.FromSeconds(safe?.WaitAfterDeploy ?? 0),
                HealthLimit = TimeSpan.FromSeconds(HealthTimeoutSec),
            },
        };
    }

    private protected GhostDeployer Deployer(IStateStore state, IObjectStore objects, AwsGateways aws, Action<string> log) =>
        new(state, objects, aws.Fleet, aws.Commands, new ModulePackager(objects, MirrorFolder) { GitTimeLimit = TimeSpan.FromSeconds(GitTimeoutSec), Log = log }, TimeProvider.System);

    /// <summary>Runs work as a job of the application; its lines are verbose, its warnings warnings.</summary>
    private protected Task<T> RunJobAsync<T>(IStateStore state, string command, ApplicationKey application, Dictionary<string, string> options, Func<RunningJob, Task<T>> work, CancellationToken stop)
    {
        options["strategy"] = Strategy;
        var request = new JobRequest
        {
            Command = command,
            Subject = application.Path,
            Options = options,
            IfBusy = Enum.Parse<JobIfBusy>(IfBusy),
            TimeLimit = TimeSpan.FromSeconds(TimeoutSec),
            OnLine = line => Show(line),
        };
        return new JobRunner(state, TimeProvider.System, warn: WriteWarning).RunAsync(request, work, stop);
    }

    private static string MirrorFolder => System.IO.Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.Create), "cumulus", "mirrors");

    private void Show(JobLine line)
    {
        if (line.Level == JobLogLevel.Warning) WriteWarning(line.Text);
        else WriteVerbose(line.Text);
    }
}
