using System.Management.Automation;
using Cumulus.Engine;
using Cumulus.Engine.Aws;
using Cumulus.Engine.Ghost;
using Cumulus.Engine.Jobs;
using Cumulus.Engine.State;

namespace Cumulus.PowerShell;

/// <summary>Bakes the image of an application as a job: launches a build instance, puts the features in through SSM, makes the image, copies and shares it. The same again is a result, not a bake.</summary>
[Cmdlet(VerbsCommon.New, "GhostImage", SupportsShouldProcess = true)]
[OutputType(typeof(BakedImage), typeof(ImageStep))]
public sealed class NewGhostImageCommand : ApplicationCmdlet
{
    /// <summary>Bake although there is an image of this very source, features, scripts and version of Cumulus.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Instance type of the build instance. Default: as the application says.</summary>
    [Parameter]
    public string? InstanceType { get; set; }

    /// <summary>End at once when another job of the application waits or works. Default: wait for the turn.</summary>
    [Parameter]
    public SwitchParameter NoQueue { get; set; }

    /// <summary>Limit of the bake, in seconds. Then it is stopped and cleared away.</summary>
    [Parameter]
    [ValidateRange(60, 86400)]
    public int TimeoutSec { get; set; } = 10800;

    /// <summary>Run in the background as a PowerShell job, which Receive-Job, Wait-Job and Stop-Job take. In PowerShell only.</summary>
    [Parameter]
    public SwitchParameter AsJob { get; set; }

    protected override async Task ProcessAsync(CancellationToken stop)
    {
        StoredApplication application = await SingleAsync(stop);
        if (!ShouldProcess(application.Definition.Key.Path, $"Bake an image in {application.AwsRegion}"))
        {
            WriteObjects(FeaturePlan.Of(application.Definition));
            return;
        }

        IStateStore state = await StateAsync(application.Env, stop);
        using AwsGateways aws = await OpenAwsAsync(application.Definition, stop);
        var baker = new ImageBaker(state, new JobStore(state, TimeProvider.System), (await aws.IdentityAsync(stop)).Account, aws.Fleet, aws.Commands, aws.Machines, aws.ImagesIn, TimeProvider.System);
        var request = new JobRequest
        {
            Command = "New-GhostImage",
            Subject = application.Definition.Key.Path,
            Options = new Dictionary<string, string> { ["force"] = IsSet(Force) ? "true" : "false", ["instanceType"] = InstanceType ?? application.Definition.BuildInfos.InstanceType ?? application.InstanceType },
            IfBusy = IsSet(NoQueue) ? JobIfBusy.Fail : JobIfBusy.Wait,
            TimeLimit = TimeSpan.FromSeconds(TimeoutSec),
            Secrets = [.. application.Definition.EnvVars.Where(v => SecretRedaction.IsSecretName(v.Key)).Select(v => v.Value)],
            OnLine = line => WriteVerbose(line.ToString()),
        };
        var runner = new JobRunner(state, TimeProvider.System, warn: WriteWarning);
        BakeOutcome outcome = await runner.RunAsync(request, job => BakeAsync(baker, state, application.Definition.Key, job, stop), stop);
        if (!outcome.WasBaked) WriteVerbose($"Image {outcome.Image.ImageId} was baked before; give -Force to bake again.");
        WriteObject(outcome.Image);
    }

    // Read again: the definition may have changed while the job waited for its turn.
    private async Task<BakeOutcome> BakeAsync(ImageBaker baker, IStateStore state, ApplicationKey key, RunningJob job, CancellationToken stop)
    {
        StoredApplication application = await new ApplicationStore(state, TimeProvider.System).GetAsync(key, stop);
        BakeOutcome outcome = await baker.BakeAsync(application, new BakeOptions { Force = IsSet(Force), InstanceType = InstanceType, By = Caller }, job);
        var values = new Dictionary<string, string> { [AppliedDefinition.Ami] = outcome.Image.ImageId, ["name"] = outcome.Image.ImageName, ["recipe"] = outcome.Image.Recipe };
        await new EffectStore(state, TimeProvider.System).WriteAsync(application, EffectArea.Image, module: null, Caller, job.Id, values, job.Stop);
        job.SetResult(AppliedDefinition.Ami, outcome.Image.ImageId);
        job.Message = outcome.WasBaked ? $"Image {outcome.Image.ImageId} is baked." : $"Image {outcome.Image.ImageId} was there already.";
        return outcome;
    }
}
