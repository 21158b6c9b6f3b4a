using System.Management.Automation;
using System.Security;
using Cumulus.Engine;
using Cumulus.Engine.Aws;
using Cumulus.Engine.Bundles;
using Cumulus.Engine.Ghost;
using Cumulus.Engine.Ghost.Deployments;
using Cumulus.Engine.Ghost.Rollouts;
using Cumulus.Engine.State;

namespace Cumulus.PowerShell;

/// <summary>Brings modules of an application from their sources to its hosts, group after group; a failure takes back what moved.</summary>
[Cmdlet("Deploy", "GhostApplication", SupportsShouldProcess = true)]
[OutputType(typeof(GhostDeployment), typeof(PlannedModule), typeof(RolloutGroup))]
public sealed class DeployGhostApplicationCommand : RolloutCmdlet
{
    /// <summary>Names of modules. Default: all of the application.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] Module { get; set; } = [];

    /// <summary>Branch, tag or commit; of a source in S3 the id of a version.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string Revision { get; set; } = "HEAD";

    /// <summary>PEM file with the private key that signs the packages.</summary>
    [Parameter]
    public string? SigningKey { get; set; }

    /// <summary>Passphrase of an encrypted -SigningKey.</summary>
    [Parameter]
    public SecureString? Passphrase { get; set; }

    /// <summary>Name of the environment variable that holds the passphrase, for scripts and for the console.</summary>
    [Parameter]
    public string? PassphraseVariable { get; set; }

    /// <summary>Id, ARN or alias of the KMS key that signs the packages.</summary>
    [Parameter]
    public string? SigningKmsKeyId { get; set; }

    /// <summary>Run in the background as a PowerShell job, which Receive-Job, Wait-Job and Stop-Job take. In PowerShell only.</summary>
    [Parameter]
    public SwitchParameter AsJob { get; set; }

    protected override async Task ProcessAsync(CancellationToken stop)
    {
        foreach (StoredApplication application in await FindAsync(stop))
        {
            try
            {
                await DeployAsync(application, stop);
            }
            catch (CumulusException e)
            {
                WriteFailure(e, application.Definition.Key.Path);
            }
        }
    }

    private async Task DeployAsync(StoredApplication application, CancellationToken stop)
    {
        ApplicationKey key = application.Definition.Key;
        IStateStore state = await StateAsync(key.Env, stop);
        (IObjectStore objects, string bucket) = await PackagesAsync(PackageBucket, stop);
        using AwsGateways aws = await OpenAwsAsync(application.Definition, stop);
        using var signing = new SigningChoice(Host, SigningKey is { } file ? ResolvePath(file) : null, Passphrase, PassphraseVariable, SigningKmsKeyId);
        DeployRequest request = RequestFor(application, bucket) with { Modules = Module, Revision = Revision };
        string what = Module.Length > 0 ? $"module {string.Join(", ", Module)}" : "all modules";
        if (!ShouldProcess(key.Path, $"Deploy {what} at {Revision} by {Strategy}"))
        {
            DeployPlan plan = await Deployer(state, objects, aws, WriteVerbose).PlanAsync(request, stop);
            WriteObjects(plan.Modules);
            WriteObjects(plan.Rollout?.Groups ?? []);
            return;
        }

        IManifestSigner? signer = await signing.SignerAsync(aws, stop);
        var options = new Dictionary<string, string> { ["module"] = string.Join(",", Module), ["revision"] = Revision };
        WriteObject(await RunJobAsync(
            state,
            "Deploy-GhostApplication",
            key,
            options,
            job => Deployer(state, objects, aws, job.Log.Info).DeployAsync(request with { Job = job.Id, Signer = signer }, job),
            stop));
    }
}
