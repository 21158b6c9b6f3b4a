using System.Management.Automation;
using Cumulus.PowerShell;

namespace Cumulus.Console.Tests.Fixtures;

[Cmdlet(VerbsCommon.New, "Fruit")]
public sealed class NewFruitCmdlet : CumulusCmdlet
{
    [Parameter(Mandatory = true, Position = 0, HelpMessage = "what grows")]
    [ValidateNotNullOrEmpty]
    public string[] Name { get; set; } = [];

    [Parameter(Position = 1)]
    [Alias("Grams")]
    [ValidateRange(1, 5000)]
    public int Weight { get; set; } = 100;

    [Parameter]
    public Ripeness Ripeness { get; set; } = Ripeness.Ripe;

    [Parameter]
    [ValidateSet("red", "green", "yellow")]
    public string? Colour { get; set; }

    [Parameter]
    public DateTimeOffset? Picked { get; set; }

    [Parameter]
    public SwitchParameter AsArray { get; set; }

    protected override Task BeginAsync(CancellationToken stop)
    {
        WriteVerbose("New-Fruit begins");
        return Task.CompletedTask;
    }

    protected override Task ProcessAsync(CancellationToken stop)
    {
        var fruits = Name.Select(n => new Fruit { Name = n, Weight = Weight, Ripeness = Ripeness, Picked = Picked }).ToArray();
        if (IsSet(AsArray))
        {
            Host.WriteObject(fruits, enumerateCollection: true);
            return Task.CompletedTask;
        }

        foreach (var fruit in fruits)
        {
            WriteVerbose("New-Fruit gives " + fruit.Name);
            WriteObject(fruit);
        }

        return Task.CompletedTask;
    }

    protected override Task EndAsync(CancellationToken stop)
    {
        WriteVerbose("New-Fruit ends");
        return Task.CompletedTask;
    }
}

[Cmdlet(VerbsCommon.Add, "Label")]
public sealed class AddLabelCmdlet : CumulusCmdlet
{
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true)]
    public string Name { get; set; } = "";

    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("Weight")]
    public int? Grams { get; set; }

    [Parameter(Position = 0)]
    public string? Text { get; set; }

    protected override Task BeginAsync(CancellationToken stop)
    {
        WriteVerbose($"Add-Label begins, Name bound: {IsBound(nameof(Name))}");
        return Task.CompletedTask;
    }

    protected override Task ProcessAsync(CancellationToken stop)
    {
        WriteVerbose("Add-Label takes " + Name);
        WriteObject(new Labelled(Name, Text, Grams));
        return Task.CompletedTask;
    }

    protected override Task EndAsync(CancellationToken stop)
    {
        WriteVerbose($"Add-Label ends, Name is '{Name}'");
        return Task.CompletedTask;
    }
}

[Cmdlet(VerbsDiagnostic.Measure, "Fruit", DefaultParameterSetName = "Record")]
public sealed class MeasureFruitCmdlet : CumulusCmdlet
{
    private int _total;

    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = "Record")]
    public Fruit InputObject { get; set; } = null!;

    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = "Grams")]
    public int Grams { get; set; }

    protected override Task ProcessAsync(CancellationToken stop)
    {
        _total += IsBound(nameof(InputObject)) ? InputObject.Weight : Grams;
        return Task.CompletedTask;
    }

    protected override Task EndAsync(CancellationToken stop)
    {
        WriteObject(_total);
        return Task.CompletedTask;
    }
}

[Cmdlet(VerbsCommon.Remove, "Fruit", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
public sealed class RemoveFruitCmdlet : CumulusCmdlet
{
    [Parameter(Mandatory = true, Position = 0)]
    public string[] Name { get; set; } = [];

    [Parameter]
    public SwitchParameter Ask { get; set; }

    protected override Task ProcessAsync(CancellationToken stop)
    {
        foreach (string name in Name.Where(n => ShouldProcess(n, "Remove") && (!IsSet(Ask) || ShouldContinue("Really?", n))))
        {
            WriteObject("removed " + name);
        }

        return Task.CompletedTask;
    }
}
