using System.Text.Json;
using Cumulus.Engine.Bundles;

namespace Cumulus.Engine.State;

/// <summary>The document of a lease. It outlives its holder, so that fencing numbers go on counting.</summary>
public sealed record LeaseRecord
{
    public const int CurrentSchema = 1;

    public int Schema { get; init; } = CurrentSchema;

    /// <summary>Who has it, in words for a person; null: nobody.</summary>
    public string? Holder { get; init; }

    /// <summary>Tells one taking from another by the same holder.</summary>
    public string? Token { get; init; }

    /// <summary>Counts up with each taking: whoever works under a smaller number has lost the lease.</summary>
    public required long Fence { get; init; }

    /// <summary>Counts up with each renewal, so that each one is another document.</summary>
    public int Renewals { get; init; }

    /// <summary>How long it holds after its last renewal, in seconds.</summary>
    public double Seconds { get; init; }

    /// <summary>By the holder's clock.</summary>
    public DateTimeOffset? Taken { get; init; }

    /// <summary>By the holder's clock; for people. Who waits measures by a clock of its own how long the document has not changed.</summary>
    public DateTimeOffset? Expires { get; init; }

    internal TimeSpan Duration => TimeSpan.FromSeconds(Seconds);

    internal byte[] ToBytes() => [.. JsonSerializer.SerializeToUtf8Bytes(this, BundleManifest.Json), (byte)'\n'];

    /// <exception cref="CumulusException"><see cref="ErrorIds.StateInvalid"/></exception>
    internal static LeaseRecord Read(StateDocument document, string name) => StateJson.Read<LeaseRecord>(document, name, r => r.Schema <= CurrentSchema);
}
