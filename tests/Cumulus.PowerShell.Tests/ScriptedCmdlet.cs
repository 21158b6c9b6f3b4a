using System.Management.Automation;

namespace Cumulus.PowerShell.Tests;

/// <summary>A cmdlet whose blocks a test writes; the protected members are opened for it.</summary>
[Cmdlet(VerbsDiagnostic.Test, "Script")]
public sealed class ScriptedCmdlet : CumulusCmdlet
{
    public Func<ScriptedCmdlet, CancellationToken, Task> Begin { get; init; } = (_, _) => Task.CompletedTask;

    public Func<ScriptedCmdlet, CancellationToken, Task> Process { get; init; } = (_, _) => Task.CompletedTask;

    public Func<ScriptedCmdlet, CancellationToken, Task> End { get; init; } = (_, _) => Task.CompletedTask;

    [Parameter]
    public SwitchParameter Force { get; set; }

    public new ICmdletHost Host => base.Host;

    public bool ForceIsSet => IsSet(Force);

    public bool ForceOfThisIsSet => IsSet(this.Force);

    public void Output(object? value) => WriteObject(value);

    public void OutputAll<T>(IEnumerable<T> values) => WriteObjects(values);

    public void Fail(Exception exception, object? target = null) => WriteFailure(exception, target);

    protected override Task BeginAsync(CancellationToken stop) => Begin(this, stop);

    protected override Task ProcessAsync(CancellationToken stop) => Process(this, stop);

    protected override Task EndAsync(CancellationToken stop) => End(this, stop);
}
