using System.Text.Json;
using System.Text.Json.Serialization;
using Cumulus.Engine.Bundles;
using Cumulus.Engine.State;

namespace Cumulus.Engine.Jobs;

/// <summary>One execution of a command: the document <c>jobs/SUBJECT/ID/record</c>.</summary>
public sealed record JobRecord
{
    public const int CurrentSchema = 1;

    public int Schema { get; init; } = CurrentSchema;

    /// <summary>Begins with the time of creation, so that ids sort by it.</summary>
    public required string Id { get; init; }

    public required string Command { get; init; }

    /// <summary>What the job is about, of which one works at a time: an application as <c>NAME/ENV/ROLE[/COLOUR]</c>.</summary>
    public required string Application { get; init; }

    /// <summary>What the command was given, secrets left out.</summary>
    public IReadOnlyDictionary<string, string> Options { get; init; } = new Dictionary<string, string>();

    public required string User { get; init; }

    /// <summary>The machine that runs it.</summary>
    public required string Host { get; init; }

    public required JobProcess Process { get; init; }

    public required JobStatus Status { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>How it ended, in a sentence.</summary>
    public string? Message { get; init; }

    /// <summary>One of <see cref="ErrorIds"/> when it did not go well.</summary>
    public string? ErrorId { get; init; }

    /// <summary>What came out, such as the id of an image.</summary>
    public IReadOnlyDictionary<string, string> Result { get; init; } = new Dictionary<string, string>();

    /// <summary>Lines of the log, when it has ended.</summary>
    public long LogLines { get; init; }

    /// <summary>By the clock of its machine; written again while the process lives.</summary>
    public required DateTimeOffset LastSign { get; init; }

    /// <summary>Who asked it to stop; null: nobody.</summary>
    public string? CancelledBy { get; init; }

    [JsonIgnore]
    public bool HasEnded => Status is not (JobStatus.Init or JobStatus.Started);

    /// <summary>Of the work, without the wait before it; null until it has ended.</summary>
    [JsonIgnore]
    public TimeSpan? Took => EndedAt - StartedAt;

    internal byte[] ToBytes() => [.. JsonSerializer.SerializeToUtf8Bytes(this, BundleManifest.Json), (byte)'\n'];

    internal static JobRecord Read(StateDocument document, string name) => StateJson.Read<JobRecord>(document, name, r => r.Schema <= CurrentSchema);
}
