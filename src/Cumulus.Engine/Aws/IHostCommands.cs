namespace Cumulus.Engine.Aws;

/// <summary>Commands on instances by SSM Run Command. Failures as in <see cref="IObjectStore"/>.</summary>
public interface IHostCommands
{
    /// <summary>As many instances as one command takes by their ids: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_SendCommand.html.</summary>
    const int MostInstances = 50;

    /// <summary>Starts a command and returns its id.</summary>
    Task<string> SendAsync(HostCommandRequest request, CancellationToken cancellationToken);

    /// <summary>How the command stands on each instance that the service knows it on by now, page after page.</summary>
    Task<IReadOnlyList<HostCommandStatus>> StatusesAsync(string commandId, CancellationToken cancellationToken);

    /// <summary>How it ended on one instance, with what it wrote; null while the service does not know it there yet.</summary>
    Task<HostCommandResult?> ResultAsync(string commandId, string instanceId, CancellationToken cancellationToken);

    /// <summary>Ends a command where it has not ended; one that has is no error.</summary>
    Task CancelAsync(string commandId, CancellationToken cancellationToken);
}

public sealed record HostCommandRequest
{
    /// <summary>At most <see cref="IHostCommands.MostInstances"/>.</summary>
    public required IReadOnlyList<string> InstanceIds { get; init; }

    public required HostPlatform Platform { get; init; }

    /// <summary>Lines of a script, already quoted.</summary>
    public required IReadOnlyList<string> Lines { get; init; }

    /// <summary>Of the script on each instance.</summary>
    public required TimeSpan TimeLimit { get; init; }

    public required string Comment { get; init; }

    /// <summary>Instances that run it at the same time; null: all.</summary>
    public int? MaxConcurrency { get; init; }

    /// <summary>After so many failures it is sent to no further instance; null: to all.</summary>
    public int? MaxErrors { get; init; }

    /// <summary>Bucket that gets all of the output, since SSM keeps 24,000 characters; null: none.</summary>
    public string? OutputBucket { get; init; }

    public string? OutputPrefix { get; init; }
}

/// <param name="Status">SSM's word.</param>
public sealed record HostCommandStatus(string InstanceId, string Status)
{
    private static readonly string[] Ends = ["Success", "Cancelled", "TimedOut", "Failed", "Terminated", "Undeliverable", "InvalidPlatform", "AccessDenied", "DeliveryTimedOut", "ExecutionTimedOut"];

    public bool HasEnded => Ends.Contains(Status);
}
