using System.Text.Json;
using Cumulus.Engine.Bundles;
using Cumulus.Engine.Hosts;

namespace Cumulus.Engine.Ghost.Instances;

/// <summary>What an instance knows of a module: one document; its taking its name commits an install.</summary>
internal sealed record ModuleState
{
    public const int CurrentSchema = 1;

    public int Schema { get; init; } = CurrentSchema;

    /// <summary>The install that wrote this; a journal with the same id has nothing left to undo.</summary>
    public string? Transaction { get; init; }

    /// <summary>Oldest first; the last one is installed. Empty: the module was taken away again.</summary>
    public IReadOnlyList<ModuleRelease> Releases { get; init; } = [];

    /// <summary>Host path of what lay at the module's path before Cumulus; null: nothing did.</summary>
    public string? Original { get; init; }

    public ModuleRelease? Current => Releases.Count == 0 ? null : Releases[^1];

    /// <exception cref="CumulusException"><see cref="ErrorIds.InstallFailed"/></exception>
    public static async Task<ModuleState> ReadAsync(ModuleHome home, CancellationToken cancellationToken) =>
        await ReadAsync<ModuleState>(home.StateFile, s => s.Schema <= CurrentSchema, cancellationToken) ?? new ModuleState();

    public Task WriteAsync(ModuleHome home, CancellationToken cancellationToken) => HostJson.WriteWholeAsync(home.StateFile, this, cancellationToken);

    internal static async Task<T?> ReadAsync<T>(string path, Func<T, bool> known, CancellationToken cancellationToken)
        where T : class
    {
        if (!File.Exists(path)) return null;
        try
        {
            T? value = JsonSerializer.Deserialize<T>(await File.ReadAllBytesAsync(path, cancellationToken), HostJson.Options);
            if (value is not null && known(value)) return value;
            throw new CumulusException(ErrorIds.InstallFailed, FailureKind.InvalidInput, $"{path} was written by a newer version of Cumulus.") { Target = path };
        }
        catch (JsonException e)
        {
            throw new CumulusException(ErrorIds.InstallFailed, FailureKind.OperationFailed, $"{path} is damaged: {e.Message}", e) { Target = path };
        }
    }
}

/// <summary>One release of a module on an instance.</summary>
internal sealed record ModuleRelease
{
    /// <summary>Name of its folder.</summary>
    public required string Folder { get; init; }

    public required string Version { get; init; }

    public required string Digest { get; init; }

    /// <summary>Host path of the module's link.</summary>
    public required string Path { get; init; }

    public required DateTimeOffset Installed { get; init; }

    /// <summary>Id of the deployment that brought it; null: it was installed at boot or by hand.</summary>
    public string? Deployment { get; init; }

    /// <summary>Who deployed.</summary>
    public string? User { get; init; }

    public string? SignedBy { get; init; }

    public required IReadOnlyList<BundleEntry> Entries { get; init; }
}

/// <summary>A running install, written before each step that it tells of.</summary>
internal sealed record ModuleJournal
{
    public const int CurrentSchema = 1;

    public int Schema { get; init; } = CurrentSchema;

    public required string Transaction { get; init; }

    /// <summary>Folder of the release that is on its way; null: the module goes away.</summary>
    public string? Release { get; init; }

    /// <summary>The release was there before, and stays when this is undone.</summary>
    public bool WasThere { get; init; }

    /// <summary>Folder of the release that is installed; null: none.</summary>
    public string? Previous { get; init; }

    /// <summary>Host path of the link.</summary>
    public string? Path { get; init; }

    /// <summary>Host path of the link of the release before; another one goes after the commit.</summary>
    public string? OldPath { get; init; }

    /// <summary>Host path to which what lies at the path makes way, or from which it comes back; null: nothing does.</summary>
    public string? Aside { get; init; }

    /// <summary>The link may have been switched.</summary>
    public bool Switching { get; init; }
}
