namespace Cumulus.LocalCloud;

/// <summary>How a local cloud is to be started.</summary>
public sealed record LocalCloudOptions
{
    /// <summary>
    /// The folder that the cloud keeps everything in: its state file, logs, and the hosts' file systems. It must not exist, be
    /// empty, or be what a former local cloud left there; anything else is refused with <c>LocalCloudPathNotEmpty</c>.
    /// </summary>
    public string Path { get; init; } = DefaultPath;

    /// <summary>The region that the connection object names. Calls for other regions are answered as well.</summary>
    public string Region { get; init; } = "us-east-1";

    /// <summary>Buckets that are there from the start, in <see cref="Region"/>.</summary>
    public IReadOnlyList<string> Buckets { get; init; } = [];

    /// <summary>
    /// Program and first arguments that run a Cumulus command on this machine, such as <c>["dotnet", ".../Cumulus.Console.dll"]</c>.
    /// Each host gets a command <c>cumulus</c> that runs it. Empty: hosts have no such command.
    /// </summary>
    public IReadOnlyList<string> CumulusCommand { get; init; } = [];

    /// <summary>Full paths of folders that this command reads beside the ones that its files lie in.</summary>
    public IReadOnlyList<string> CumulusFolders { get; init; } = [];

    /// <summary>
    /// What to do where hosts cannot be kept apart from the machine (see <see cref="HostIsolation"/>). False: their scripts are not
    /// run, and the boot log says so. True: they run as plain processes of this user, with every right that the user has; only for
    /// scripts that honour <c>CUMULUS_ROOT</c>.
    /// </summary>
    public bool AllowUnisolated { get; init; }

    /// <summary>Leave logs and the hosts' files in <see cref="Path"/> when the cloud stops, whoever stops it.</summary>
    public bool Keep { get; init; }

    /// <summary>Path of <c>moto_server</c>; null: environment variable <c>CUMULUS_MOTO_SERVER</c>, then <c>PATH</c>.</summary>
    public string? MotoServer { get; init; }

    /// <summary>How long starting may take before it is given up.</summary>
    public TimeSpan StartLimit { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How often the hosts are compared with the instances when no call gave a reason to.</summary>
    public TimeSpan ReconcileInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long each of the two steps takes in which a resource of a stack is made, changed or deleted. Zero is possible; some seconds are as
    /// AWS does it.
    /// </summary>
    public TimeSpan StackPace { get; init; } = TimeSpan.FromMilliseconds(5);

    /// <summary>The clock of everything in the cloud: pace, time-outs, waits for signals, times of events. One that can be stepped, unless another is given.</summary>
    public TimeProvider Clock { get; init; } = new LocalCloudClock();

    /// <summary>How many calls the journal has in memory; each of its two files has up to five times as many.</summary>
    public int KeptCalls { get; init; } = 10_000;

    /// <summary>Where a cloud lives when nothing else is said: one for each user.</summary>
    public static string DefaultPath { get; } =
        System.IO.Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cumulus", "localcloud");
}
