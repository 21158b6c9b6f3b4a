using System.Text.Json;
using Cumulus.Engine.Bundles;
using Cumulus.Engine.State;

namespace Cumulus.Engine.Ghost;

/// <summary>Where a definition shows: each is brought into effect by a command of its own.</summary>
public enum EffectArea
{
    /// <summary>In the image, by <c>New-GhostImage</c>.</summary>
    Image,

    /// <summary>In launch template and group, by <c>Update-GhostAutoScaling</c>.</summary>
    Group,

    /// <summary>In what instances fetch at boot, by <c>Update-GhostLifecycleHook</c>.</summary>
    Boot,

    /// <summary>In one module, by <c>Deploy-GhostApplication</c>.</summary>
    Module,
}

/// <summary>The part of a definition that is in effect in one area, as it was when the command that did it began (G-29).</summary>
public sealed record AppliedDefinition
{
    public const int CurrentSchema = 1;

    /// <summary>Key of <see cref="Values"/>: id of the image that was baked.</summary>
    public const string Ami = "ami";

    public int Schema { get; init; } = CurrentSchema;

    public required EffectArea Area { get; init; }

    /// <summary>Name of the module, for <see cref="EffectArea.Module"/>.</summary>
    public string? Module { get; init; }

    /// <summary>Of the definition.</summary>
    public required int Revision { get; init; }

    /// <summary>Id of the job that did it.</summary>
    public string? Job { get; init; }

    public required DateTimeOffset At { get; init; }

    public required string By { get; init; }

    /// <summary>The fields of the area, as <see cref="DefinitionFields"/> has them.</summary>
    public required IReadOnlyDictionary<string, string> Fields { get; init; }

    /// <summary>What came out, such as the image's id.</summary>
    public IReadOnlyDictionary<string, string> Values { get; init; } = new Dictionary<string, string>();

    internal byte[] ToBytes() => [.. JsonSerializer.SerializeToUtf8Bytes(this, BundleManifest.Json), (byte)'\n'];

    internal static AppliedDefinition Read(StateDocument document, string name) => StateJson.Read<AppliedDefinition>(document, name, d => d.Schema <= CurrentSchema);
}
