using System.Text.Json;
using Cumulus.Engine.Bundles;

namespace Cumulus.Engine.Hosts;

/// <summary>
/// What Cumulus put on a host: one document, replaced as a whole, which is what commits an install. The documents of earlier
/// versions are kept as they were (<see cref="KeptVersions"/>). All paths are host paths.
/// </summary>
public sealed record InstalledState
{
    public const int CurrentSchema = 1;

    internal const string FileName = "installed.json";

    public int Schema { get; init; } = CurrentSchema;

    /// <summary>The install that wrote this; a journal with the same id has nothing left to undo.</summary>
    public string? Transaction { get; init; }

    /// <summary>Counts the versions of this host: one more with each install that changes which bundles are there. 0: nothing was ever installed.</summary>
    public int Sequence { get; init; }

    /// <summary>When that install was committed; null when nothing was ever installed.</summary>
    public DateTimeOffset? Committed { get; init; }

    /// <summary>The install waits to be confirmed; null: it is confirmed, or nobody asked for that.</summary>
    public UnconfirmedInstall? Unconfirmed { get; init; }

    /// <summary>The install that was taken back last, since nobody confirmed it; it is not installed again unless somebody insists.</summary>
    public TakenBackInstall? TakenBack { get; init; }

    /// <summary>How many earlier versions stay on the host.</summary>
    public int KeepVersions { get; init; } = 3;

    public IReadOnlyList<InstalledRecord> Bundles { get; init; } = [];

    /// <summary>Files and links of older versions that were left on demand; their names are host paths.</summary>
    public IReadOnlyList<BundleEntry> Leftovers { get; init; } = [];

    /// <summary>Folders that Cumulus made; no other is ever removed (D-21).</summary>
    public IReadOnlyList<string> Folders { get; init; } = [];

    /// <summary>For each file that was there before Cumulus and had to make way: where it is kept.</summary>
    public IReadOnlyDictionary<string, string> Originals { get; init; } = new Dictionary<string, string>();

    /// <summary>Folders of Cumulus on other file systems than the state folder's.</summary>
    public IReadOnlyList<string> Stores { get; init; } = [];

    /// <returns>An empty one when nothing was ever installed.</returns>
    /// <exception cref="CumulusException"><see cref="ErrorIds.InstallFailed"/>: the document cannot be read.</exception>
    public static async Task<InstalledState> ReadAsync(HostPaths paths, CancellationToken cancellationToken) =>
        await ReadFileAsync(PathOf(paths), cancellationToken) ?? new InstalledState();

    /// <summary>The version of each installed bundle by its name; quick, since the files are passed over.</summary>
    /// <exception cref="CumulusException">As <see cref="ReadAsync"/>.</exception>
    internal static async Task<IReadOnlyDictionary<string, string>> ReadVersionsAsync(HostPaths paths, CancellationToken cancellationToken)
    {
        Outline? outline = await ReadDocumentAsync<Outline>(PathOf(paths), o => o.Schema, cancellationToken);
        return (outline?.Bundles ?? []).ToDictionary(b => b.Name, b => b.Version, StringComparer.Ordinal);
    }

    /// <returns>Null when there is no such file.</returns>
    internal static Task<InstalledState?> ReadFileAsync(string path, CancellationToken cancellationToken) =>
        ReadDocumentAsync<InstalledState>(path, s => s.Schema, cancellationToken);

    private static async Task<T?> ReadDocumentAsync<T>(string path, Func<T, int> schema, CancellationToken cancellationToken)
        where T : class
    {
        if (!File.Exists(path)) return null;
        T? document;
        try
        {
            document = JsonSerializer.Deserialize<T>(await File.ReadAllBytesAsync(path, cancellationToken), HostJson.Options);
        }
        catch (JsonException e)
        {
            throw new CumulusException(ErrorIds.InstallFailed, FailureKind.OperationFailed, $"{path}, which tells what is installed, is damaged: {e.Message}", e) { Target = path };
        }

        if (document is not null && schema(document) <= CurrentSchema) return document;
        throw new CumulusException(ErrorIds.InstallFailed, FailureKind.InvalidInput, $"{path} was written by a newer version of Cumulus.") { Target = path };
    }

    internal static string PathOf(HostPaths paths) => Path.Combine(paths.StateFolder, FileName);

    internal Task WriteAsync(HostPaths paths, CancellationToken cancellationToken) => HostJson.WriteWholeAsync(PathOf(paths), this, cancellationToken);

    /// <summary>Whether these are the same bundles at the same places: the same version of the host.</summary>
    internal bool IsSameVersionAs(InstalledState other) => Bundles.Select(b => b.Identity).SequenceEqual(other.Bundles.Select(b => b.Identity));

    private sealed record Outline(int Schema, IReadOnlyList<OutlineBundle> Bundles);

    private sealed record OutlineBundle(string Name, string Version);
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

    internal (string Name, string Version, string? Environment, string Digest, string Path) Identity => (Name, Version, Environment, Digest, Path);
}

/// <summary>How long an install waits for somebody to confirm it.</summary>
/// <param name="Until">After this it may be taken back.</param>
/// <param name="BootId">Of the system that it was installed on; when the system has another one, it came up with the new version, and that confirms it.</param>
/// <param name="Previous">Sequence of the version to go back to; 0: there was none.</param>
public sealed record UnconfirmedInstall(DateTimeOffset Until, string BootId, int Previous);

/// <param name="When">It was taken back.</param>
/// <param name="Digests">Of its bundles, in their order.</param>
public sealed record TakenBackInstall(DateTimeOffset When, IReadOnlyList<string> Digests);
