using System.Text.Json.Nodes;

namespace Cumulus.Engine.Ghost;

/// <summary>Something that is put into the image.</summary>
public sealed record GhostFeature
{
    /// <summary>Ghost's default.</summary>
    public const string DefaultProvisioner = "salt";

    public static IReadOnlyList<string> Provisioners { get; } = ["script", "package", "ansible", "salt", "dsc"];

    public required string Name { get; init; }

    /// <summary>A version, or Ghost's <c>key=value</c>.</summary>
    public string? Version { get; init; }

    public string Provisioner { get; init; } = DefaultProvisioner;

    /// <summary>What the provisioner makes of it is its own affair.</summary>
    public JsonObject? Parameters { get; init; }
}
