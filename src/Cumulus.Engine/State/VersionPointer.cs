using System.Text.Json;
using Cumulus.Engine.Bundles;

namespace Cumulus.Engine.State;

/// <summary>The version that an environment was deployed with last: the document <c>versions/ENV</c>, which hosts that follow look at.</summary>
public sealed record VersionPointer
{
    public const int CurrentSchema = 1;

    public int Schema { get; init; } = CurrentSchema;

    public required string Environment { get; init; }

    public required string Version { get; init; }

    /// <summary>Id of the deployment's record; another one with the same version makes hosts look again.</summary>
    public required string Deployment { get; init; }

    /// <summary>When the deployment ended, by the clock of the machine that deployed.</summary>
    public required DateTimeOffset DeployedAt { get; init; }

    /// <summary>Program and version that wrote this.</summary>
    public required string Tool { get; init; }
}

/// <summary>Reads and writes the pointers of environments.</summary>
/// <exception cref="CumulusException"><see cref="ErrorIds.StateInvalid"/>, <see cref="ErrorIds.NameInvalid"/>, and what the home of the state names; so with all methods here.</exception>
public sealed class VersionPointers(IStateStore state)
{
    private readonly Dictionary<string, (string Version, VersionPointer Pointer)> _known = new(StringComparer.Ordinal);

    /// <summary>Null when the environment was never deployed with success. What this object has read before is only fetched again when it has changed.</summary>
    public async Task<VersionPointer?> ReadAsync(string environment, CancellationToken cancellationToken)
    {
        string name = Name(environment);
        if (_known.TryGetValue(environment, out var known))
        {
            StateLook look = await state.LookAsync(name, known.Version, cancellationToken);
            return look.Changed ? Keep(environment, look.Document) : known.Pointer;
        }

        return Keep(environment, await state.GetAsync(name, cancellationToken));
    }

    /// <summary>Makes this the environment's pointer. Of two deployments the one that ends last counts, as it does for the stacks.</summary>
    public async Task WriteAsync(VersionPointer deployed, CancellationToken cancellationToken)
    {
        string name = Name(deployed.Environment);
        byte[] content = [.. JsonSerializer.SerializeToUtf8Bytes(deployed, BundleManifest.Json), (byte)'\n'];
        string? written = null;
        while (written is null)
        {
            written = await state.GetAsync(name, cancellationToken) is { } there
                ? await state.PutIfMatchAsync(name, content, there.Version, cancellationToken)
                : await state.PutIfAbsentAsync(name, content, cancellationToken);
        }
    }

    private VersionPointer? Keep(string environment, StateDocument? document)
    {
        _known.Remove(environment);
        if (document is null) return null;
        VersionPointer read = StateJson.Read<VersionPointer>(document, Name(environment), p => p.Schema <= VersionPointer.CurrentSchema);
        _known[environment] = (document.Version, read);
        return read;
    }

    private static string Name(string environment) => $"versions/{environment}";
}
