using System.Globalization;
using System.Management.Automation;
using Cumulus.Engine.Hosts;
using Cumulus.Engine.Hosts.Service;
using Cumulus.Engine.Processes;

namespace Cumulus.PowerShell;

/// <summary>On a host: has the system run the handler by itself, at boot and then at each interval, or as a process that watches.</summary>
[Cmdlet(VerbsLifecycle.Register, "BundleHandler", SupportsShouldProcess = true)]
[OutputType(typeof(BundleHandlerFile), typeof(string))]
public sealed class RegisterBundleHandlerCommand : CumulusCmdlet
{
    /// <summary>One process that watches, instead of one that is started at each interval.</summary>
    [Parameter]
    public SwitchParameter Watch { get; set; }

    /// <summary>Seconds between two runs, or two looks of -Watch. Default: 300, with -Watch 60.</summary>
    [Parameter]
    [ValidateRange(5, 86400)]
    public int IntervalSec { get; set; }

    /// <summary>Random delay of each run, or of each change of version under -Watch, up to so many seconds.</summary>
    [Parameter]
    [ValidateRange(0, 86400)]
    public int Spread { get; set; } = 60;

    /// <summary>How many hosts of the environment install at the same time. Default: 0, any number.</summary>
    [Parameter]
    [ValidateRange(0, 1000)]
    public int MaxConcurrent { get; set; }

    /// <summary>Folder of the module, as on the host. Default: where it is now.</summary>
    [Parameter]
    public string? ModulePath { get; set; }

    /// <summary>Folder that stands for the host's root, as for an image: files are written there, and nothing is started.</summary>
    [Parameter]
    public string? RootPath { get; set; }

    /// <summary>Replace files that somebody else wrote or changed.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    protected override async Task EndAsync(CancellationToken stop)
    {
        HostPaths paths = HostPaths.For(RootPath is null ? null : ResolvePath(RootPath), OperatingSystem.IsWindows());
        string module = HandlerModule.On(paths, ModulePath);
        string[] searchPath = paths.Root is null ? (System.Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator) : [];
        HandlerProgram program = HandlerProgram.Find(paths.Windows, module, searchPath, file => HandlerModule.Exists(paths, file));
        WriteVerbose(program.Reason);
        ServicePlan plan = Plan(paths, program);
        var registrar = new HandlerRegistrar(paths, new ProcessRunner(), HandlerModule.HasServiceManager, WriteVerbose);
        if (!ShouldProcess(paths.Root ?? "this host", $"Register the bundle handler ({program.Reason})"))
        {
            foreach (ServiceFileChange change in registrar.Plan(plan, IsSet(Force))) Show(change);
            foreach (IReadOnlyList<string> command in paths.Root is null ? plan.Start : []) WriteObject($"# then: {string.Join(' ', command)}");
            return;
        }

        foreach (ServiceFileChange change in await registrar.RegisterAsync(plan, IsSet(Force), stop)) WriteObject(BundleHandlerFile.Of(change));
    }

    private ServicePlan Plan(HostPaths paths, HandlerProgram program)
    {
        int interval = IntervalSec > 0 ? IntervalSec : IsSet(Watch) ? 60 : 300;
        var parameters = new List<(string, string?)> { IsSet(Watch) ? ("Watch", null) : ("Follow", null) };
        if (IsSet(Watch)) parameters.AddRange([("IntervalSec", Text(interval)), ("Spread", Text(Spread))]);
        if (MaxConcurrent > 0) parameters.Add(("MaxConcurrent", Text(MaxConcurrent)));
        parameters.Add(("Verbose", null));
        var service = new HandlerService
        {
            Command = program.Command("Install-Bundle", parameters),
            Reason = program.Reason,
            Watch = IsSet(Watch),
            Interval = TimeSpan.FromSeconds(interval),
            Spread = TimeSpan.FromSeconds(Spread),
        };
        return paths.Windows ? ScheduledTask.Plan(service) : SystemdUnits.Plan(service);
    }

    private void Show(ServiceFileChange change)
    {
        WriteObject($"# {BundleHandlerFile.Word(change)} {change.Path}{(change.File.LinkTarget is { } target ? $" -> {target}" : "")}");
        if (change.Action == ServiceFileAction.Write && change.File.LinkTarget is null) WriteObject(change.File.Text);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
