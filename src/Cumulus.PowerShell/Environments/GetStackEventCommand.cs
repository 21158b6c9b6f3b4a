using System.Management.Automation;
using Cumulus.Engine.Aws;
using Cumulus.Engine.Environments;

namespace Cumulus.PowerShell;

/// <summary>The history of stacks, oldest first.</summary>
[Cmdlet(VerbsCommon.Get, "StackEvent")]
[OutputType(typeof(EnvironmentStackEvent))]
public sealed class GetStackEventCommand : StackCmdlet
{
    /// <summary>The newest so many of each stack. Default: 100.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int Last { get; set; } = 100;

    /// <summary>Only of the operation whose id, or client token, has this in it.</summary>
    [Parameter]
    public string? Operation { get; set; }

    /// <summary>Only what failed.</summary>
    [Parameter]
    public SwitchParameter Failed { get; set; }

    /// <summary>Follow until nothing runs on the stacks any more.</summary>
    [Parameter]
    public SwitchParameter Wait { get; set; }

    /// <summary>Limit of the waiting, in seconds.</summary>
    [Parameter]
    [ValidateRange(1, 604800)]
    public int TimeoutSec { get; set; } = 7200;

    /// <summary>Run in the background as a PowerShell job, which Receive-Job, Wait-Job and Stop-Job take. In PowerShell only.</summary>
    [Parameter]
    public SwitchParameter AsJob { get; set; }

    protected override async Task ProcessAsync(CancellationToken stop)
    {
        using AwsGateways aws = await OpenAsync(stop);
        StackInspector inspector = Inspector(aws);
        bool onlyFailed = IsSet(Failed);
        if (!IsSet(Wait))
        {
            WriteObjects((await inspector.EventsAsync(Configuration, Environment, Stack ?? [], Last, Operation, stop)).Where(Shown));
            return;
        }

        var limit = new WaitLimit(TimeProvider.System, TimeSpan.FromSeconds(TimeoutSec));
        IReadOnlyList<EnvironmentStack> stacks = await new EnvironmentReader(aws.Stacks, aws.Region).StacksAsync(Configuration, Environment, Stack ?? [], stop);
        foreach (EnvironmentStack stack in stacks.Where(s => s.StackId is not null))
        {
            await inspector.FollowAsync(stack, e =>
            {
                if (Shown(e)) WriteObject(e);
            }, limit, stop);
        }

        bool Shown(EnvironmentStackEvent e) => !onlyFailed || e.IsFailure;
    }
}
