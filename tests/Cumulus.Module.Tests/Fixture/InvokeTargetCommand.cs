using System.Management.Automation;
using Cumulus.Engine;
using Cumulus.PowerShell;

namespace Cumulus.Fixture;

/// <summary>Works on each target; some fail: 'missing' as expected, 'bug' as nobody expected, 'timeout' as if a wait ran out.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "Target")]
public sealed class InvokeTargetCommand : CumulusCmdlet
{
    [Parameter(ValueFromPipeline = true, Position = 0)]
    public string Name { get; set; } = "";

    /// <summary>Where 'missing' fails too.</summary>
    [Parameter]
    public Block? FailIn { get; set; }

    [Parameter]
    public SwitchParameter AsJob { get; set; }

    protected override Task BeginAsync(CancellationToken stop) => EdgeAsync(Block.Begin);

    protected override async Task ProcessAsync(CancellationToken stop)
    {
        await Task.Yield();
        WriteObject(Name switch
        {
            "missing" => throw Missing(Name),
            "bug" => throw new InvalidCastException("Unable to cast."),
            "timeout" => throw new TaskCanceledException("The request was canceled."),
            _ => $"done {Name}",
        });
    }

    protected override Task EndAsync(CancellationToken stop) => EdgeAsync(Block.End);

    private static CumulusException Missing(string target) =>
        new(ErrorIds.EnvironmentNotFound, FailureKind.NotFound, $"There is no environment '{target}'.")
        {
            Target = target,
            Advice = "Give one of: stage, prod.",
        };

    private async Task EdgeAsync(Block block)
    {
        await Task.Yield();
        if (FailIn == block)
            throw Missing($"{block}");
    }
}
