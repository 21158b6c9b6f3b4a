using System.Management.Automation;
using Cumulus.Engine.Aws;
using Cumulus.Engine.Configuration;
using Cumulus.LocalCloud;

namespace Cumulus.PowerShell;

/// <summary>Starts a local AWS in a process of its own and connects the session to it.</summary>
[Cmdlet(VerbsLifecycle.Start, "LocalCloud", SupportsShouldProcess = true)]
[OutputType(typeof(LocalCloudInfo))]
public sealed class StartLocalCloudCommand : CumulusCmdlet
{
    /// <summary>Folder for logs and hosts; new, empty, or a former cloud's. Default: .cumulus/localcloud in the home folder.</summary>
    [Parameter(Position = 0)]
    public string? Path { get; set; }

    /// <summary>Region that the session is connected to. Other regions are answered as well.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(RegionCompleter))]
    public string Region { get; set; } = "eu-west-1";

    /// <summary>Buckets that are there from the start.</summary>
    [Parameter]
    public string[] Bucket { get; set; } = [];

    /// <summary>Where hosts cannot be kept apart from this machine, run their scripts all the same, with all your rights.</summary>
    [Parameter]
    public SwitchParameter AllowUnisolated { get; set; }

    /// <summary>Leave logs and hosts' files when the cloud stops.</summary>
    [Parameter]
    public SwitchParameter Keep { get; set; }

    /// <summary>Run it in this process until Ctrl+C.</summary>
    [Parameter]
    public SwitchParameter Foreground { get; set; }

    protected override async Task ProcessAsync(CancellationToken stop)
    {
        var options = new LocalCloudOptions
        {
            Path = Path is { } path ? ResolvePath(path) : LocalCloudOptions.DefaultPath,
            Region = Region,
            Buckets = Bucket,
            CumulusCommand = CumulusProgram.Console(),
            CumulusFolders = [CumulusProgram.ModuleFolder],
            AllowUnisolated = IsSet(AllowUnisolated),
            Keep = IsSet(Keep),
        };
        if (!ShouldProcess(options.Path, "Start a local cloud")) return;
        if (options.CumulusCommand.Count == 0) WriteWarning("There is no .NET host ('dotnet') on PATH: the cloud's hosts will have no command 'cumulus'.");
        if (IsSet(Foreground))
        {
            await using LocalCloudServer server = await LocalCloudServer.StartAsync(options, stop);
            WriteObject(server.Info);
            await server.WaitAsync(stop);
            return;
        }

        LocalCloudInfo info = await LocalCloudLauncher.StartAsync(options, CumulusProgram.Run("Start-LocalCloud", Parameters(options)), stop);
        Session.Connection = new AwsConnection
        {
            Region = info.Region,
            EndpointUrl = info.Endpoint,
            Keys = new StaticKeys(info.AccessKeyId, info.SecretAccessKey),
        };
        Session.LocalCloudPath = info.Path;
        if (info.IsolationNote is { } note) WriteWarning(note);
        WriteObject(info);
    }

    private static List<(string Name, object? Value)> Parameters(LocalCloudOptions options)
    {
        List<(string, object?)> result = [("Path", options.Path), ("Region", options.Region), ("Foreground", null)];
        if (options.Buckets.Count > 0) result.Add(("Bucket", options.Buckets));
        if (options.AllowUnisolated) result.Add(("AllowUnisolated", null));
        if (options.Keep) result.Add(("Keep", null));
        return result;
    }
}
