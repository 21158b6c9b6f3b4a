using System.Text.Json;
using Cumulus.Engine.Bundles;
using Cumulus.Engine.State;

namespace Cumulus.Engine.Ghost;

/// <summary>
/// What a bake made and has not cleared away yet: the document <c>ghost/bakes/JOB</c>. It is written before anything is made, and everything that is made bears the tag
/// <see cref="Tag"/> with the job's id from its first moment; so whoever finds the journal of a job that has ended finds all that it left.
/// </summary>
public sealed record BakeJournal
{
    public const int CurrentSchema = 1;

    public const string Tag = "cumulus:bake";

    internal const string Folder = "ghost/bakes/";

    public int Schema { get; init; } = CurrentSchema;

    public required string Job { get; init; }

    public required string Application { get; init; }

    /// <summary>Where it was made: only who works in the same account can find it.</summary>
    public required string Account { get; init; }

    public required string Region { get; init; }

    /// <summary>Images that are whole, and stay.</summary>
    public IReadOnlyList<string> Kept { get; init; } = [];

    /// <summary>Regions besides <see cref="Region"/> in which a copy was begun.</summary>
    public IReadOnlyList<string> CopyRegions { get; init; } = [];

    internal byte[] ToBytes() => [.. JsonSerializer.SerializeToUtf8Bytes(this, BundleManifest.Json), (byte)'\n'];

    internal static BakeJournal Read(StateDocument document, string name) => StateJson.Read<BakeJournal>(document, name, d => d.Schema <= CurrentSchema);
}
