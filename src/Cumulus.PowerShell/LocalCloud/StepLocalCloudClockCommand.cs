using System.Globalization;
using System.Management.Automation;
using Cumulus.LocalCloud;

namespace Cumulus.PowerShell;

/// <summary>Makes time pass in a local AWS, so that what waits by its clock goes on.</summary>
[Cmdlet(VerbsCommon.Step, "LocalCloudClock", SupportsShouldProcess = true)]
[OutputType(typeof(LocalCloudStatus))]
public sealed class StepLocalCloudClockCommand : LocalCloudCmdlet
{
    private const int MostDays = 3650;

    /// <summary>How many days; days, hours, minutes and seconds add up.</summary>
    [Parameter]
    [ValidateRange(0, MostDays)]
    public int Days { get; set; }

    /// <summary>How many hours.</summary>
    [Parameter]
    [ValidateRange(0, MostDays * 24)]
    public int Hours { get; set; }

    /// <summary>How many minutes.</summary>
    [Parameter(Position = 0)]
    [ValidateRange(0, MostDays * 24 * 60)]
    public int Minutes { get; set; }

    /// <summary>How many seconds.</summary>
    [Parameter]
    [ValidateRange(0, MostDays * 24 * 60 * 60)]
    public int Seconds { get; set; }

    /// <summary>Folder of the cloud. Default: that of the one this session started, else the usual one.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? Path { get; set; }

    protected override async Task ProcessAsync(CancellationToken stop)
    {
        TimeSpan time = TimeSpan.FromDays(Days) + TimeSpan.FromHours(Hours) + TimeSpan.FromMinutes(Minutes) + TimeSpan.FromSeconds(Seconds);
        using LocalCloudClient client = OpenCloud(Path);
        if (ShouldProcess(client.Info.Path, $"Step the clock by {time.ToString("c", CultureInfo.InvariantCulture)}")) WriteObject(await client.StepClockAsync(time, stop));
    }
}
