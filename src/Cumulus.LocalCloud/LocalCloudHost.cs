namespace Cumulus.LocalCloud;

/// <summary>What an EC2 instance of a local cloud really is: a folder and the processes that run in it.</summary>
public sealed record LocalCloudHost
{
    public required string InstanceId { get; init; }

    public required string Region { get; init; }

    public required LocalCloudHostState State { get; init; }

    /// <summary>
    /// The instance's files. Isolated: what it changed, as a tree (the rest of its file system is the machine's, read only).
    /// </summary>
    public required string RootPath { get; init; }

    /// <summary>
    /// Loopback address of its own, in the host also as <c>CUMULUS_HOST_ADDRESS</c>. On systems that have no whole 127.0.0.0/8 on
    /// the loopback interface (macOS) it is 127.0.0.1 for all.
    /// </summary>
    public required string Address { get; init; }

    /// <summary>Path of the file with all that the user data printed.</summary>
    public required string BootLog { get; init; }

    /// <summary>Exit code of the user data; 0 when there is none; null while it runs and when it was refused.</summary>
    public int? BootExitCode { get; init; }

    /// <summary>Why the user data was not run; null when it was.</summary>
    public string? BootNote { get; init; }

    public string? StackName { get; init; }

    public string? AutoScalingGroup { get; init; }

    public required IReadOnlyDictionary<string, string> Tags { get; init; }

    /// <summary>Neither stopped nor terminated.</summary>
    internal bool IsAlive => State is LocalCloudHostState.Booting or LocalCloudHostState.Running;
}

/// <summary>What a host is doing.</summary>
public enum LocalCloudHostState
{
    /// <summary>Its user data runs.</summary>
    Booting,

    /// <summary>Its user data has ended, well or not, and it takes commands.</summary>
    Running,

    /// <summary>Its processes are gone, its files are kept.</summary>
    Stopped,

    /// <summary>Its processes are gone; its files stay until the cloud stops.</summary>
    Terminated,
}
