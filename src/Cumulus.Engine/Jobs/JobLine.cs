using System.Text.Json;
using Cumulus.Engine.Bundles;
using Cumulus.Engine.State;

namespace Cumulus.Engine.Jobs;

public enum JobLogLevel
{
    Debug,
    Info,
    Warning,
    Error,
}

/// <summary>One line of a job's log.</summary>
/// <param name="Number">From 1.</param>
/// <param name="At">UTC, by the clock of the machine that ran the job.</param>
public sealed record JobLine(long Number, DateTimeOffset At, JobLogLevel Level, string Text)
{
    public override string ToString() => $"{At.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z {Level.ToString().ToUpperInvariant(),-7} {Text}";
}

/// <summary>Some lines, as they are written while the job runs: the document <c>jobs/SUBJECT/ID/log/NUMBER</c>.</summary>
internal sealed record JobLogChunk(int Schema, IReadOnlyList<JobLine> Lines)
{
    public const int CurrentSchema = 1;

    public byte[] ToBytes() => [.. JsonSerializer.SerializeToUtf8Bytes(this, BundleManifest.Json), (byte)'\n'];

    public static JobLogChunk Read(StateDocument document, string name) => StateJson.Read<JobLogChunk>(document, name, c => c.Schema <= CurrentSchema);
}
