using System.Text.Json;
using Cumulus.Engine.Bundles;
using Cumulus.Engine.State;

namespace Cumulus.Engine.Ghost;

/// <summary>An image that was baked: the document <c>images/ID</c> beside the definition of its application.</summary>
public sealed record BakedImage
{
    public const int CurrentSchema = 1;

    public int Schema { get; init; } = CurrentSchema;

    /// <summary>NAME/ENV/ROLE[/COLOUR].</summary>
    public required string Application { get; init; }

    public required string ImageId { get; init; }

    public required string ImageName { get; init; }

    /// <summary>Where it was baked.</summary>
    public required string AwsRegion { get; init; }

    /// <summary>See <see cref="ImageRecipe.Digest"/>.</summary>
    public required string Recipe { get; init; }

    public required string SourceAmi { get; init; }

    /// <summary>Revision of the definition.</summary>
    public required int Revision { get; init; }

    /// <summary>Such as <c>php 8.3</c>.</summary>
    public IReadOnlyList<string> Features { get; init; } = [];

    public required string Job { get; init; }

    public required string By { get; init; }

    public required DateTimeOffset BakedAt { get; init; }

    /// <summary>Ids of its copies, by region.</summary>
    public IReadOnlyDictionary<string, string> Copies { get; init; } = new Dictionary<string, string>();

    public IReadOnlyList<string> SharedWith { get; init; } = [];

    internal byte[] ToBytes() => [.. JsonSerializer.SerializeToUtf8Bytes(this, BundleManifest.Json), (byte)'\n'];

    internal static BakedImage Read(StateDocument document, string name) => StateJson.Read<BakedImage>(document, name, d => d.Schema <= CurrentSchema);
}
