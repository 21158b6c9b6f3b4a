using System.Globalization;
using Cumulus.LocalCloud.Fleet;

namespace Cumulus.LocalCloud.Ssm;

/// <summary>
/// One command on one host. Names and statuses:
/// https://docs.aws.amazon.com/systems-manager/latest/userguide/monitor-commands.html
/// </summary>
internal sealed class CommandInvocation(string instanceId, HostOutput output) : IDisposable
{
    private readonly CancellationTokenSource _cancel = new();

    private const int MostStandardOutput = 24_000;
    private const int MostStandardError = 8_000;
    private const int MostListed = 2_500;

    public string InstanceId { get; } = instanceId;

    public HostOutput Output { get; } = output;

    public string Status { get; private set; } = "Pending";

    public string StatusDetails { get; private set; } = "Pending";

    /// <summary>-1 as long as there is none.</summary>
    public int ResponseCode { get; private set; } = -1;

    public DateTimeOffset? StartedAt { get; private set; }

    public DateTimeOffset? EndedAt { get; private set; }

    public bool HasEnded => EndedAt is not null;

    /// <summary>Cancelled when somebody asks for that.</summary>
    public CancellationToken Cancelled => _cancel.Token;

    /// <summary>Keys of the streams in the bucket; empty as long as they are not there.</summary>
    public string StandardOutputUrl { get; set; } = "";

    public string StandardErrorUrl { get; set; } = "";

    /// <summary>Calls it off; what has ended stays as it ended.</summary>
    public void Cancel()
    {
        if (HasEnded)
            return;
        (Status, StatusDetails) = ("Cancelling", "Cancelling");
        _cancel.Cancel();
    }

    public void Dispose() => _cancel.Dispose();

    public void Start(DateTimeOffset now) => (Status, StatusDetails, StartedAt) = ("InProgress", "InProgress", now);

    public void End(string status, string details, int code, DateTimeOffset now) =>
        (Status, StatusDetails, ResponseCode, EndedAt) = (status, details, code, now);

    public string StandardOutput => HasEnded ? Head(Output.StandardOutput, MostStandardOutput) : "";

    public string StandardError => HasEnded ? Head(Output.StandardError, MostStandardError) : "";

    /// <summary>What the list of invocations shows: both streams, errors under a heading, cut short.</summary>
    public string Listed
    {
        get
        {
            var errors = StandardError;
            var text = StandardOutput + (errors == "" ? "" : "\n----------ERROR-------\n" + errors);
            return text[..Math.Min(text.Length, MostListed)];
        }
    }

    /// <summary>ISO 8601, as GetCommandInvocation writes it.</summary>
    public string Elapsed => StartedAt is { } from && EndedAt is { } to
        ? string.Create(CultureInfo.InvariantCulture, $"PT{(to - from).TotalSeconds:0.###}S")
        : "";

    private static string Head(string path, int characters)
    {
        if (!File.Exists(path))
            return "";
        using var reader = new StreamReader(path);
        var buffer = new char[characters];
        return new string(buffer, 0, reader.ReadBlock(buffer, 0, characters));
    }
}
