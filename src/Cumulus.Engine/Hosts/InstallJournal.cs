using System.Text.Json;

namespace Cumulus.Engine.Hosts;

/// <summary>
/// All steps of a running install, on disk before the first of them. Every step can be undone whether it was done or not, so
/// that nothing needs to be written while files change. It is there from before the first script stops a service until the
/// install is committed or undone. Paths are host paths.
/// </summary>
internal sealed record InstallJournal
{
    public const int CurrentSchema = 1;

    public int Schema { get; init; } = CurrentSchema;

    public required string Transaction { get; init; }

    /// <summary>What scripts are told.</summary>
    public required InitScriptRunner.Context New { get; init; }

    /// <summary>What the scripts of the old version are told when they have to start their services again.</summary>
    public required InitScriptRunner.Context Old { get; init; }

    /// <summary>Folders with this transaction's files.</summary>
    public required IReadOnlyList<string> WorkFolders { get; init; }

    public required IReadOnlyList<SwapStep> Steps { get; init; }

    public static async Task<InstallJournal?> ReadAsync(HostPaths paths, CancellationToken cancellationToken)
    {
        string path = PathOf(paths);
        if (!File.Exists(path)) return null;
        try
        {
            await using FileStream stream = File.OpenRead(path);
            InstallJournal? journal = await JsonSerializer.DeserializeAsync<InstallJournal>(stream, HostJson.Options, cancellationToken);
            if (journal is { Schema: <= CurrentSchema }) return journal;
            throw Unreadable(path, "it was written by a newer version of Cumulus", null);
        }
        catch (JsonException e)
        {
            throw Unreadable(path, e.Message, e);
        }
    }

    public Task WriteAsync(HostPaths paths, CancellationToken cancellationToken) => HostJson.WriteWholeAsync(PathOf(paths), this, cancellationToken);

    public static void Delete(HostPaths paths) => File.Delete(PathOf(paths));

    private static string PathOf(HostPaths paths) => Path.Combine(paths.StateFolder, "journal.json");

    private static CumulusException Unreadable(string path, string why, Exception? cause) =>
        new(ErrorIds.InstallFailed, FailureKind.OperationFailed, $"An install was interrupted, and its journal {path} cannot be read: {why}.", cause) { Target = path };
}

internal enum SwapAction
{
    MakeFolder,

    /// <summary>A staged file takes its place; what was there is kept first.</summary>
    Place,
    Remove,

    /// <summary>Only if it is empty.</summary>
    RemoveFolder,
    SetMode,
}

/// <param name="New">Of a placing: the staged file.</param>
/// <param name="Old">Where to keep what is there; null when nothing is.</param>
internal sealed record SwapStep(SwapAction Do, string Path, string? New = null, string? Old = null, UnixFileMode? Mode = null, UnixFileMode? OldMode = null);
