using System.Globalization;
using System.Text;
using System.Text.Json;
using Cumulus.Engine.Bundles;

namespace Cumulus.Engine.Hosts;

/// <summary>
/// What a running install is about to do and how far it has come: a file of records, one a line, each with its checksum, that is only
/// ever appended to. All steps are in it, and on the disk, before the first of them; every step can be undone whether it was done or not,
/// so that nothing needs to be written while files change. It is there until the install is committed or undone.
/// </summary>
internal sealed class InstallJournal : IDisposable
{
    private const int StepsInRecord = 500;
    private const string FileName = "journal";
    private readonly FileStream _file;

    private InstallJournal(FileStream file) => _file = file;

    public static InstallJournal Create(HostPaths paths, string transaction)
    {
        var journal = new InstallJournal(new FileStream(PathOf(paths), FileMode.CreateNew, FileAccess.Write, FileShare.Read | FileShare.Delete));
        journal.Append(new JournalRecord { Schema = JournalContent.CurrentSchema, Transaction = transaction });
        return journal;
    }

    /// <summary>Before a folder for this transaction's files is made.</summary>
    public void Add(string workFolder) => Append(new JournalRecord { Folder = workFolder });

    public void Add(JournalPlan plan)
    {
        foreach (SwapStep[] steps in plan.Steps.Chunk(StepsInRecord)) Append(new JournalRecord { Steps = steps });
        Append(new JournalRecord { Plan = plan });
    }

    /// <summary>The record is on the disk with the next sync of the file system, and survives the death of this process at once.</summary>
    public void Enter(InstallPhase phase) => Append(new JournalRecord { Phase = phase });

    public void FlushToDisk() => _file.Flush(flushToDisk: true);

    public void Dispose() => _file.Dispose();

    /// <returns>Null when there is no journal.</returns>
    /// <exception cref="CumulusException"><see cref="ErrorIds.InstallFailed"/>: it tells of changes, and cannot be read.</exception>
    public static JournalContent? Read(HostPaths paths)
    {
        string path = PathOf(paths);
        if (!File.Exists(path)) return null;
        var content = new JournalContent();
        bool torn = false;
        foreach (string line in File.ReadLines(path))
        {
            // What follows a torn record was on its way to the disk when the power failed, so nothing had been done about it, except where a later phase is known.
            JournalRecord? record = Parse(line);
            if (record is null) torn = true;
            else if (!torn) content.Apply(record, path);
            else if (record.Phase is not null && content.Plan is null) throw Unreadable(path, "a record in it is damaged");
        }

        return content;
    }

    public static void Delete(HostPaths paths) => File.Delete(PathOf(paths));

    internal static string PathOf(HostPaths paths) => Path.Combine(paths.StateFolder, FileName);

    internal static CumulusException Unreadable(string path, string why) =>
        new(ErrorIds.InstallFailed, FailureKind.OperationFailed, $"An install was interrupted, and its journal {path} cannot be read: {why}.")
        {
            Target = path,
            Advice = "Compare the host's files with its bundles, then remove the journal and install again with -Force.",
        };

    private void Append(JournalRecord record)
    {
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(record, HostJson.OneLine);
        _file.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Crc32.Of(json):x8} ")));
        _file.Write(json);
        _file.WriteByte((byte)'\n');
        _file.Flush();
    }

    private static JournalRecord? Parse(string line)
    {
        if (line.Length < 10 || line[8] != ' ' || !uint.TryParse(line.AsSpan(0, 8), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint expected)) return null;
        byte[] json = Encoding.UTF8.GetBytes(line, 9, line.Length - 9);
        if (Crc32.Of(json) != expected) return null;
        try
        {
            return JsonSerializer.Deserialize<JournalRecord>(json, HostJson.OneLine);
        }
        catch (JsonException)
        {
            // A newer program's: its header has said so before.
            return null;
        }
    }
}

/// <summary>One line; which of the members it has tells what it is.</summary>
internal sealed record JournalRecord
{
    public int? Schema { get; init; }

    public string? Transaction { get; init; }

    public string? Folder { get; init; }

    public IReadOnlyList<SwapStep>? Steps { get; init; }

    public JournalPlan? Plan { get; init; }

    public InstallPhase? Phase { get; init; }
}

/// <summary>What a journal says, up to its last whole record.</summary>
internal sealed class JournalContent
{
    public const int CurrentSchema = 1;

    private readonly List<SwapStep> _steps = [];
    private readonly List<string> _workFolders = [];

    /// <summary>Empty when not even the first record is whole.</summary>
    public string Transaction { get; private set; } = "";

    /// <summary>Folders with this transaction's files.</summary>
    public IReadOnlyList<string> WorkFolders => _workFolders;

    /// <summary>Null: nothing had been changed yet.</summary>
    public JournalPlan? Plan { get; private set; }

    /// <summary>The last that was entered; after a loss of power a later one may have been.</summary>
    public InstallPhase Phase { get; private set; }

    public void Apply(JournalRecord record, string path)
    {
        if (record.Schema > CurrentSchema) throw InstallJournal.Unreadable(path, "it was written by a newer version of Cumulus");
        Transaction = record.Transaction ?? Transaction;
        if (record.Folder is { } folder) _workFolders.Add(folder);
        if (record.Steps is { } steps) _steps.AddRange(steps);
        if (record.Plan is { } plan) Plan = plan with { Steps = _steps };
        Phase = record.Phase ?? Phase;
    }
}

/// <summary>All that an install changes. Paths are host paths.</summary>
internal sealed record JournalPlan
{
    /// <summary>What scripts are told.</summary>
    public required InitScriptRunner.Context New { get; init; }

    /// <summary>What the scripts of the old version are told when they have to start their services again.</summary>
    public required InitScriptRunner.Context Old { get; init; }

    /// <summary>Sequence of the version whose replaced files are to be kept; null: it has none that are needed.</summary>
    public int? Keep { get; init; }

    [System.Text.Json.Serialization.JsonIgnore]
    public IReadOnlyList<SwapStep> Steps { get; init; } = [];
}

internal enum InstallPhase
{
    /// <summary>New files are being unfolded; nothing has changed.</summary>
    Staging,

    /// <summary>Everything is ready and on the disk.</summary>
    Staged,
    Stopping,
    Swapping,
    Swapped,
    Starting,
    Started,
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
/// <param name="Sha256">Of what is there, when its version may need it again.</param>
/// <param name="ByHand">What is there was changed by hand.</param>
internal sealed record SwapStep(
    SwapAction Do, string Path, string? New = null, string? Old = null, UnixFileMode? Mode = null, UnixFileMode? OldMode = null, string? Sha256 = null, bool? ByHand = null);
