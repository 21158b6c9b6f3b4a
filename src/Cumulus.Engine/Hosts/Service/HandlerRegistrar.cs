using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Cumulus.Engine.Bundles;
using Cumulus.Engine.Processes;

namespace Cumulus.Engine.Hosts.Service;

/// <summary>Puts a service onto a host and takes it away again. What was put there is on record in the state folder, so that exactly that goes.</summary>
/// <param name="paths">Under another root nothing is started or stopped: it is an image, or a test.</param>
/// <param name="hasManager">Whether the system's service manager runs.</param>
public sealed class HandlerRegistrar(HostPaths paths, ProcessRunner runner, bool hasManager, Action<string>? log)
{
    private static readonly TimeSpan CommandLimit = TimeSpan.FromMinutes(20);

    private const string RecordName = "handler.json";

    private string RecordPath => Path.Combine(paths.StateFolder, RecordName);

    /// <summary>What <see cref="RegisterAsync"/> would do to each file.</summary>
    /// <exception cref="CumulusException"><see cref="ErrorIds.FileExists"/>: a file is another's, or was changed by hand; not with <paramref name="force"/>.</exception>
    public IReadOnlyList<ServiceFileChange> Plan(ServicePlan plan, bool force)
    {
        HandlerRecord record = ReadRecord();
        var changes = new List<ServiceFileChange>();
        foreach (ServiceFile file in plan.Files)
        {
            string? there = DigestOf(file.Path);
            if (there is not null && there != Digest(file) && record.Files.All(f => f.Path != file.Path || f.Digest != there) && !force) throw Foreign(file.Path, record);
            changes.Add(new ServiceFileChange(paths.Full(file.Path), there == Digest(file) ? ServiceFileAction.Keep : ServiceFileAction.Write, file));
        }

        foreach (RecordedFile old in record.Files.Where(f => plan.Files.All(p => p.Path != f.Path) && DigestOf(f.Path) == f.Digest))
        {
            changes.Add(new ServiceFileChange(paths.Full(old.Path), ServiceFileAction.Remove, new ServiceFile(old.Path, "")));
        }

        return changes;
    }

    /// <summary>Writes what differs, removes what an earlier registration had and this one has not, and starts the service.</summary>
    /// <exception cref="CumulusException">As <see cref="Plan"/>; <see cref="ErrorIds.HandlerRegistrationFailed"/>: the service manager refused. The files are in place then.</exception>
    public async Task<IReadOnlyList<ServiceFileChange>> RegisterAsync(ServicePlan plan, bool force, CancellationToken cancellationToken)
    {
        IReadOnlyList<ServiceFileChange> changes = Plan(plan, force);
        HandlerRecord before = ReadRecord();
        bool changed = changes.Any(c => c.Action != ServiceFileAction.Keep);
        if (changes.Any(c => c.Action == ServiceFileAction.Remove)) await RunAsync(before.Stop, cancellationToken);
        if (changed)
        {
            RecordedFile[] files = [.. plan.Files.Select(f => new RecordedFile(f.Path, Digest(f)))];
            string[] folders = [.. before.Folders.Union(plan.Files.Select(f => f.Path).Append($"{paths.StateFolderPath}/{RecordName}").SelectMany(HostPaths.Parents).Where(f => !Directory.Exists(paths.Full(f))))];

            // First what may be there, then what is: a run that dies between the two leaves nothing that is not on record.
            HostDisk.MakePrivateFolder(paths.StateFolder);
            var record = new HandlerRecord { Files = [.. before.Files.Where(o => files.All(f => f.Path != o.Path)), .. files], Folders = folders, Stop = plan.Stop, Forget = plan.Forget };
            await HostJson.WriteWholeAsync(RecordPath, record, cancellationToken);
            foreach (ServiceFileChange change in changes) Apply(change);
            await HostJson.WriteWholeAsync(RecordPath, record with { Files = files }, cancellationToken);
        }

        await RunAsync(changed ? plan.Start : plan.Ensure, cancellationToken);
        return changes;
    }

    /// <summary>Stops the service and removes what <see cref="RegisterAsync"/> wrote. A file that was changed since stays, and is told of.</summary>
    /// <returns>Full paths of what was removed; none when nothing was registered.</returns>
    public async Task<IReadOnlyList<string>> UnregisterAsync(bool force, Action<string> warn, CancellationToken cancellationToken)
    {
        if (!File.Exists(RecordPath)) return [];
        HandlerRecord record = ReadRecord();
        await RunAsync(record.Stop, cancellationToken);
        var removed = new List<string>();
        foreach (RecordedFile file in record.Files.Reverse())
        {
            string path = paths.Full(file.Path);
            if (DigestOf(file.Path) is not { } there) continue;
            if (there != file.Digest && !force)
            {
                warn($"{path} was changed since it was registered, and stays.");
                continue;
            }

            File.Delete(path);
            removed.Add(path);
        }

        await RunAsync(record.Forget, cancellationToken);
        File.Delete(RecordPath);
        foreach (string folder in record.Folders.OrderByDescending(f => f.Length).Select(paths.Full).Where(HostDisk.IsEmptyFolder)) Directory.Delete(folder);
        return removed;
    }

    /// <summary>Full paths of what <see cref="UnregisterAsync"/> would remove.</summary>
    public IReadOnlyList<string> Registered() => [.. ReadRecord().Files.Where(f => DigestOf(f.Path) is not null).Select(f => paths.Full(f.Path))];

    private static void Apply(ServiceFileChange change)
    {
        if (change.Action == ServiceFileAction.Keep) return;
        if (change.Action == ServiceFileAction.Remove)
        {
            File.Delete(change.Path);
            return;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(change.Path)!);
        string beside = change.Path + HostJson.Unfinished;
        File.Delete(beside);
        if (change.File.LinkTarget is { } target) File.CreateSymbolicLink(beside, target);
        else File.WriteAllBytes(beside, Bytes(change.File));
        HostDisk.Rename(beside, change.Path);
    }

    private async Task RunAsync(IEnumerable<IReadOnlyList<string>> commands, CancellationToken cancellationToken)
    {
        if (paths.Root is not null) return;
        foreach (IReadOnlyList<string> command in commands)
        {
            string line = string.Join(' ', command);
            if (!hasManager)
            {
                log?.Invoke($"Not run, since no service manager runs here: {line}");
                continue;
            }

            log?.Invoke($"Running {line}");
            var request = new ProcessRequest { FileName = command[0], Arguments = [.. command.Skip(1)], WorkingDirectory = paths.WorkingFolder, TimeLimit = CommandLimit, OnLine = log };
            ProcessResult result;
            try
            {
                result = await runner.RunAsync(request, cancellationToken);
            }
            catch (System.ComponentModel.Win32Exception e)
            {
                throw Refused(line, $"could not be started: {e.Message}", e);
            }

            if (!result.Succeeded) throw Refused(line, result.Describe(CommandLimit), null);
        }
    }

    private HandlerRecord ReadRecord()
    {
        if (!File.Exists(RecordPath)) return new HandlerRecord();
        try
        {
            return JsonSerializer.Deserialize<HandlerRecord>(File.ReadAllBytes(RecordPath), HostJson.Options) is { Schema: <= HandlerRecord.CurrentSchema } record ? record : throw new JsonException("it is of a newer version");
        }
        catch (JsonException e)
        {
            throw new CumulusException(ErrorIds.HandlerRegistrationFailed, FailureKind.InvalidInput, $"{RecordPath}, which tells what was registered, cannot be read: {e.Message}", e) { Target = RecordPath };
        }
    }

    /// <summary>Null when nothing lies there.</summary>
    private string? DigestOf(string hostPath)
    {
        string path = paths.Full(hostPath);
        return HostDisk.Look(path) is not { } there ? null : there.LinkTarget is { } target ? $"-> {target}" : there.Type == BundleEntryType.File ? Hex.Of(SHA256.HashData(File.ReadAllBytes(path))) : "folder";
    }

    private static string Digest(ServiceFile file) => file.LinkTarget is { } target ? $"-> {target}" : Hex.Of(SHA256.HashData(Bytes(file)));

    private static byte[] Bytes(ServiceFile file) =>
        file.Utf16 ? [.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes(file.Text)] : Encoding.UTF8.GetBytes(file.Text);

    private CumulusException Foreign(string hostPath, HandlerRecord record) => new(
        ErrorIds.FileExists,
        FailureKind.Conflict,
        $"{paths.Full(hostPath)} {(record.Files.Any(f => f.Path == hostPath) ? "was changed since it was registered" : "is there already and was not written by Register-BundleHandler")}. Nothing was changed.")
    {
        Target = paths.Full(hostPath),
        Advice = "Give -Force to replace it.",
    };

    private static CumulusException Refused(string line, string how, Exception? cause) =>
        new(ErrorIds.HandlerRegistrationFailed, FailureKind.OperationFailed, $"'{line}' {how.TrimEnd('.')}.", cause) { Target = line, Advice = "Run it as the system's administrator." };

    private sealed record HandlerRecord
    {
        public const int CurrentSchema = 1;

        public int Schema { get; init; } = CurrentSchema;

        public IReadOnlyList<RecordedFile> Files { get; init; } = [];

        /// <summary>Folders that were made for them.</summary>
        public IReadOnlyList<string> Folders { get; init; } = [];

        public IReadOnlyList<IReadOnlyList<string>> Stop { get; init; } = [];

        public IReadOnlyList<IReadOnlyList<string>> Forget { get; init; } = [];
    }

    private sealed record RecordedFile(string Path, string Digest);
}

public enum ServiceFileAction
{
    Write,

    /// <summary>It is as it has to be.</summary>
    Keep,

    Remove,
}

/// <param name="Path">Full path.</param>
public sealed record ServiceFileChange(string Path, ServiceFileAction Action, ServiceFile File);
