using System.Text.Json;
using Cumulus.Engine.Bundles;

namespace Cumulus.Engine.Hosts;

/// <summary>What Cumulus put on a host: one document, replaced as a whole. All paths are host paths.</summary>
public sealed record InstalledState
{
    public const int CurrentSchema = 1;

    private const string FileName = "installed.json";

    public int Schema { get; init; } = CurrentSchema;

    /// <summary>The install that wrote this; a journal with the same id has nothing left to undo.</summary>
    public string? Transaction { get; init; }

    public IReadOnlyList<InstalledRecord> Bundles { get; init; } = [];

    /// <summary>Files of older versions that were left on demand.</summary>
    public IReadOnlyList<string> Leftovers { get; init; } = [];

    /// <summary>Folders that Cumulus made; no other is ever removed (D-21).</summary>
    public IReadOnlyList<string> Folders { get; init; } = [];

    /// <summary>For each file that was there before Cumulus and had to make way: where it is kept.</summary>
    public IReadOnlyDictionary<string, string> Originals { get; init; } = new Dictionary<string, string>();

    /// <returns>An empty one when nothing was ever installed.</returns>
    /// <exception cref="CumulusException"><see cref="ErrorIds.InstallFailed"/>: the document cannot be read.</exception>
    public static async Task<InstalledState> ReadAsync(HostPaths paths, CancellationToken cancellationToken)
    {
        string path = Path.Combine(paths.StateFolder, FileName);
        if (!File.Exists(path)) return new InstalledState();
        InstalledState? state;
        try
        {
            await using FileStream stream = File.OpenRead(path);
            state = await JsonSerializer.DeserializeAsync<InstalledState>(stream, HostJson.Options, cancellationToken);
        }
        catch (JsonException e)
        {
            throw new CumulusException(ErrorIds.InstallFailed, FailureKind.OperationFailed, $"{path}, which tells what is installed, is damaged: {e.Message}", e) { Target = path };
        }

        if (state is { Schema: <= CurrentSchema }) return state;
        throw new CumulusException(ErrorIds.InstallFailed, FailureKind.InvalidInput, $"{path} was written by a newer version of Cumulus.") { Target = path };
    }

    internal Task WriteAsync(HostPaths paths, CancellationToken cancellationToken) =>
        HostJson.WriteWholeAsync(Path.Combine(paths.StateFolder, FileName), this, cancellationToken);
}

/// <summary>One installed bundle.</summary>
public sealed record InstalledRecord
{
    public required string Name { get; init; }

    public required string Version { get; init; }

    public string? Environment { get; init; }

    public required string Digest { get; init; }

    /// <summary>Host path under which its names lie; empty for the root.</summary>
    public required string Path { get; init; }

    public required DateTimeOffset Installed { get; init; }

    /// <summary>The key whose signature was verified; null when the host asked for none.</summary>
    public string? SignedBy { get; init; }

    public required IReadOnlyList<BundleEntry> Entries { get; init; }
}
