using System.Collections;
using System.Management.Automation;
using Cumulus.Engine;
using Cumulus.PowerShell;

namespace Cumulus.Console.Tests.Fixtures;

[Cmdlet(VerbsCommon.Show, "Value", DefaultParameterSetName = "Any")]
public sealed class ShowValueCmdlet : CumulusCmdlet
{
    [Parameter(Position = 0)]
    public string? Text { get; set; }

    [Parameter]
    public string[]? List { get; set; }

    [Parameter]
    public int[]? Numbers { get; set; }

    [Parameter]
    public long? Big { get; set; }

    [Parameter]
    public bool Truth { get; set; }

    [Parameter]
    public SwitchParameter Flag { get; set; }

    [Parameter]
    public TimeSpan? Span { get; set; }

    [Parameter]
    public DateTimeOffset? Moment { get; set; }

    [Parameter]
    public Uri? Address { get; set; }

    [Parameter]
    public Version? Version { get; set; }

    [Parameter]
    public Guid? Identity { get; set; }

    [Parameter]
    public Hashtable? Table { get; set; }

    [Parameter]
    public IReadOnlyList<Ripeness>? Stages { get; set; }

    [Parameter]
    public PSCredential? Credential { get; set; }

    [Parameter]
    [ValidatePattern("^[a-z]+$")]
    public string? Word { get; set; }

    [Parameter]
    [ValidateCount(1, 2)]
    public string[]? Pair { get; set; }

    [Parameter]
    [ValidateLength(2, 3)]
    public string? Brief { get; set; }

    [Parameter(ValueFromRemainingArguments = true)]
    public string[]? Rest { get; set; }

    protected override Task ProcessAsync(CancellationToken stop)
    {
        foreach (var property in GetType().GetProperties().Where(p => p.DeclaringType == GetType() && IsBound(p.Name)))
        {
            WriteObject($"{property.Name}={(property.Name == nameof(Flag) ? IsSet(Flag).ToString() : Describe(property.GetValue(this)))}");
        }

        return Task.CompletedTask;
    }

    private static string Describe(object? value) => value switch
    {
        null => "null",
        Hashtable table => "{" + string.Join("; ", table.Keys.Cast<string>().Order(StringComparer.Ordinal).Select(k => $"{k}:{Describe(table[k])}")) + "}",
        string text => $"<{text}>",
        DateTimeOffset moment => moment.ToUniversalTime().ToString("O"),
        IEnumerable items => "[" + string.Join(" ", items.Cast<object?>().Select(Describe)) + "]",
        _ => $"{value.GetType().Name} {value}",
    };
}

[Cmdlet(VerbsCommon.Get, "Thing", DefaultParameterSetName = "ByName")]
public sealed class GetThingCmdlet : CumulusCmdlet
{
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "ByName")]
    public string Name { get; set; } = "";

    [Parameter(Mandatory = true, ParameterSetName = "ById")]
    public int Id { get; set; }

    [Parameter(Mandatory = true, ParameterSetName = "ById")]
    public string Region { get; set; } = "";

    [Parameter]
    public string? Note { get; set; }

    [Parameter]
    public string? Version { get; set; }

    protected override Task ProcessAsync(CancellationToken stop)
    {
        WriteObject(IsBound(nameof(Id)) ? $"id {Id}" : $"name {Name}");
        return Task.CompletedTask;
    }
}

/// <summary>Two sets, no default.</summary>
[Cmdlet(VerbsCommon.Find, "Thing")]
public sealed class FindThingCmdlet : CumulusCmdlet
{
    [Parameter(ParameterSetName = "Near")]
    public string? Near { get; set; }

    [Parameter(ParameterSetName = "Far")]
    public string? Far { get; set; }

    [Parameter]
    public int Limit { get; set; }
}

[Cmdlet(VerbsDiagnostic.Test, "Failure")]
public sealed class TestFailureCmdlet : CumulusCmdlet
{
    [Parameter(Mandatory = true, Position = 0)]
    public string[] Way { get; set; } = [];

    protected override Task BeginAsync(CancellationToken stop) =>
        Way.Contains("begin") ? throw new CumulusException("BeginFailed", FailureKind.NotFound, "The beginning failed.") : Task.CompletedTask;

    protected override Task ProcessAsync(CancellationToken stop)
    {
        foreach (string way in Way)
        {
            switch (way)
            {
                case "expected":
                    WriteFailure(new CumulusException("ThingNotFound", FailureKind.NotFound, "Thing 'a' was not found.\nIt was never there.")
                    {
                        Advice = "Look elsewhere.",
                    });
                    break;
                case "bug":
                    throw new InvalidCastException("odd thing");
                case "warning":
                    WriteWarning("Careful.");
                    break;
                case "information":
                    WriteInformation("By the way.");
                    break;
                case "debug":
                    Host.WriteDebug("Inner life.");
                    break;
                case "record":
                    WriteObject(new Fruit { Name = "pear" });
                    break;
                case "stone":
                    WriteObject(new Stone(1.5));
                    break;
                case "null":
                    WriteObject(null);
                    break;
                case "text":
                    WriteObject("a \u001b[31mtext");
                    break;
                case "wide":
                    WriteObject(new WideRecord());
                    break;
                case "viewed":
                    WriteObject(new Viewed("First", 1234567, "hidden"));
                    WriteObject(new Viewed("The second, whose title is rather long", 5, "hidden"));
                    break;
                case "progress":
                    WriteProgress(new CmdletProgress(1, "Deploying", "stack web", 40));
                    WriteProgress(new CmdletProgress(1, "Deploying", "", Completed: true));
                    break;
            }
        }

        return Task.CompletedTask;
    }
}

/// <summary>Waits until it is stopped, and tells when its clean-up is done.</summary>
[Cmdlet(VerbsLifecycle.Wait, "Stop")]
public sealed class WaitStopCmdlet : CumulusCmdlet
{
    public static TaskCompletionSource Waiting { get; set; } = new();

    public static bool CleanedUp { get; set; }

    protected override async Task ProcessAsync(CancellationToken stop)
    {
        CleanedUp = false;
        try
        {
            WriteObject(new Fruit { Name = "before" });
            Waiting.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, stop);
        }
        finally
        {
            await Task.Yield();
            CleanedUp = true;
        }
    }
}

/// <summary>Writes a record before anything came, from its beginning.</summary>
[Cmdlet(VerbsCommunications.Send, "Early")]
public sealed class SendEarlyCmdlet : CumulusCmdlet
{
    protected override Task BeginAsync(CancellationToken stop)
    {
        WriteObject(new Fruit { Name = "early" });
        return Task.CompletedTask;
    }
}

[Cmdlet(VerbsCommon.Set, "Session")]
public sealed class SetSessionCmdlet : CumulusCmdlet
{
    [Parameter(Position = 0)]
    public string? Path { get; set; }

    protected override Task ProcessAsync(CancellationToken stop)
    {
        WriteObject($"{Session.LocalCloudPath} -> {Path}");
        Session.LocalCloudPath = Path;
        return Task.CompletedTask;
    }
}
