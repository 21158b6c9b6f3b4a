namespace Cumulus.Engine.Aws;

/// <summary>Finds the instances behind a stack and runs commands on them through SSM. Failures as in <see cref="IObjectStore"/>.</summary>
public interface IHostFleet
{
    /// <summary>Ids of the running instances that the resources stand for: instances themselves, and those of auto scaling groups.</summary>
    Task<IReadOnlyList<HostInstance>> InstancesAsync(IReadOnlyList<StackResourceRecord> resources, CancellationToken cancellationToken);

    /// <summary>Starts one command on all instances and returns its id. Each line is one line of a shell script, already quoted.</summary>
    Task<string> RunAsync(IReadOnlyList<string> instanceIds, HostPlatform platform, IReadOnlyList<string> lines, TimeSpan timeout, string comment, CancellationToken cancellationToken);

    /// <summary>How the command stands on one instance; null while the service does not know it there yet.</summary>
    Task<HostCommandResult?> ResultAsync(string commandId, string instanceId, CancellationToken cancellationToken);
}

public enum HostPlatform
{
    Linux,
    Windows,
}

/// <param name="LaunchedAt">When EC2 last started it.</param>
/// <param name="Managed">SSM knows it and its agent answers: commands reach it.</param>
public sealed record HostInstance(string InstanceId, HostPlatform Platform, DateTimeOffset LaunchedAt, bool Managed);

/// <param name="Status">SSM's word: Pending, InProgress, Delayed, Success, Cancelled, TimedOut, Failed, Cancelling.</param>
/// <param name="ExitCode">Null until it ended.</param>
/// <param name="StandardOutput">What SSM keeps of it (the first 24,000 characters).</param>
public sealed record HostCommandResult(string InstanceId, string Status, int? ExitCode, string StandardOutput, string StandardError);
