using System.Text.Json;
using System.Text.Json.Nodes;
using Cumulus.Engine.Bundles;
using Cumulus.Engine.State;

namespace Cumulus.Engine.Ghost;

/// <summary>The document of an application in the state.</summary>
internal sealed record ApplicationDocument
{
    public const int CurrentSchema = 1;

    public int Schema { get; init; } = CurrentSchema;

    public required int Revision { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The newest first.</summary>
    public required IReadOnlyList<DefinitionChange> Changes { get; init; }

    /// <summary>As <see cref="DefinitionWriter"/> wrote it.</summary>
    public required JsonObject Definition { get; init; }

    public byte[] ToBytes() => [.. JsonSerializer.SerializeToUtf8Bytes(this, BundleManifest.Json), (byte)'\n'];

    /// <exception cref="CumulusException"><see cref="ErrorIds.StateInvalid"/>, with the document's name.</exception>
    public static ApplicationDocument Read(StateDocument document, string name) => StateJson.Read<ApplicationDocument>(document, name, d => d.Schema <= CurrentSchema);

    /// <exception cref="CumulusException"><see cref="ErrorIds.StateInvalid"/>, with the document's name and what is wrong in it.</exception>
    public GhostApplication Application(string name)
    {
        DefinitionReading reading = DefinitionReader.Read(Definition, name);
        return reading.Application ?? throw new CumulusException(
            ErrorIds.StateInvalid, FailureKind.InvalidInput, $"The definition in {name} is not valid: {string.Join(" ", reading.Errors.Select(e => e.Message))}")
        {
            Target = name,
            Advice = "Use a newer version of Cumulus; or import the definition again.",
        };
    }
}
