using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Cumulus.Engine.Bundles;
using Microsoft.Win32.SafeHandles;

namespace Cumulus.Engine.Hosts;

/// <summary>
/// Earlier versions of a host, to go back to without a network. The record of a version is its state document as it was, in
/// <c>versions/N.json</c>. Of its files those that are still installed are nowhere else; those that made way when version N was
/// the installed one lie in <c>kept/N</c> by their digests. So version N is whole as long as <c>kept/N</c> and all later ones are there, and when all
/// versions up to N have gone, nobody needs <c>kept/N</c>.
/// </summary>
/// <param name="stores">Host paths of the folders that have a part of <c>kept</c>, the state folder's among them.</param>
internal sealed class KeptVersions(HostPaths paths, IReadOnlyCollection<string> stores)
{
    private const string Versions = "versions";
    private const string Kept = "kept";

    public static KeptVersions Of(HostPaths paths, InstalledState state) => new(paths, [paths.StateFolderPath, .. state.Stores]);

    /// <summary>Their sequences, the newest first.</summary>
    public IReadOnlyList<int> Sequences =>
        [.. Numbers(Path.Combine(paths.StateFolder, Versions), Directory.EnumerateFiles, ".json").OrderDescending()];

    /// <exception cref="CumulusException"><see cref="ErrorIds.VersionNotKept"/>; <see cref="ErrorIds.InstallFailed"/>: its document cannot be read.</exception>
    public async Task<InstalledState> ReadAsync(int sequence, CancellationToken cancellationToken) =>
        sequence == 0 ? new InstalledState()
        : await InstalledState.ReadFileAsync(DocumentOf(sequence), cancellationToken) ?? throw NotKept($"Version number {sequence} of this host is no longer kept.");

    /// <summary>The newest kept one that is not the installed one.</summary>
    /// <param name="version">Of one of its bundles; null: any.</param>
    /// <exception cref="CumulusException"><see cref="ErrorIds.VersionNotKept"/>: there is none.</exception>
    public async Task<InstalledState> FindAsync(string? version, InstalledState installed, CancellationToken cancellationToken)
    {
        var others = new List<string>();
        foreach (int sequence in Sequences.Where(s => s < installed.Sequence))
        {
            InstalledState kept = await ReadAsync(sequence, cancellationToken);
            if (version is null ? !kept.IsSameVersionAs(installed) : kept.Bundles.Any(b => b.Version == version)) return kept;
            others.AddRange(kept.Bundles.Select(b => $"{b.Name} {b.Version}"));
        }

        string there = others.Count == 0 ? "no earlier version" : string.Join(", ", others.Distinct());
        throw NotKept(version is null ? "This host keeps no earlier version." : $"Version {version} is not among the versions that this host keeps: {there}.");
    }

    /// <summary>Makes the installed version one that is kept, as soon as another one is committed.</summary>
    public void Keep(InstalledState installed)
    {
        string document = DocumentOf(installed.Sequence);
        HostDisk.MakePrivateFolder(Path.GetDirectoryName(document)!);
        File.Delete(document);
        HostDisk.KeepAside(InstalledState.PathOf(paths), document);
    }

    /// <summary>Takes over the files that made way for another version; of those that were changed by hand only a second name.</summary>
    /// <param name="sequence">Of the version that they are of.</param>
    public void TakeOver(int sequence, IEnumerable<SwapStep> steps)
    {
        string made = "";
        foreach (SwapStep step in steps.Where(s => s.Old is not null && (s.Sha256 is not null || s.ByHand == true)))
        {
            string folder = paths.Full(FolderOf(StoreOf(step.Old!), sequence));
            if (folder != made) HostDisk.MakePrivateFolder(made = folder);
            string from = paths.Full(step.Old!);
            string to = Path.Combine(folder, step.Sha256 ?? ByHand(step.Path));
            if (HostDisk.Look(from) is null) continue;
            if (step.Sha256 is not null) HostDisk.Rename(from, to);
            else if (HostDisk.Look(to) is null) HostDisk.KeepAside(from, to);
        }
    }

    /// <summary>Removes all but the newest versions, and the contents that only the others needed.</summary>
    /// <param name="needed">Sequence of one that has to stay all the same; null: none.</param>
    public void Prune(int count, int? needed, int installed)
    {
        List<int> staying = [.. Sequences.Where(s => s < installed).Take(count)];
        foreach (int old in Sequences.Where(s => !staying.Contains(s) && s != needed)) File.Delete(DocumentOf(old));
        int oldest = Sequences.Append(installed).Min();
        foreach (string store in stores)
        {
            string kept = paths.Full($"{store}/{Kept}");
            foreach (int sequence in Numbers(kept, Directory.EnumerateDirectories, "").Where(s => s < oldest)) Directory.Delete(paths.Full(FolderOf(store, sequence)), recursive: true);
            if (HostDisk.IsEmptyFolder(kept)) Directory.Delete(kept);
        }

        string versions = Path.Combine(paths.StateFolder, Versions);
        if (HostDisk.IsEmptyFolder(versions)) Directory.Delete(versions);
    }

    /// <summary>A version that is the installed one again.</summary>
    public void Forget(int sequence)
    {
        if (File.Exists(DocumentOf(sequence))) File.Delete(DocumentOf(sequence));
    }

    /// <summary>The file with a content that a version needs; null when it is not kept.</summary>
    public string? Find(int sequence, string sha256) => FindFile(sequence, sha256);

    /// <summary>What lay at a path, changed by hand, when a version or one after it made way; null when nothing did.</summary>
    public string? FindChanged(int sequence, string hostPath) =>
        FindFile(sequence, ByHand(hostPath)) is { } file && HostDisk.Look(file) is { Type: BundleEntryType.File } ? file : null;

    private string? FindFile(int sequence, string name)
    {
        foreach (string store in stores)
        {
            foreach (int later in Numbers(paths.Full($"{store}/{Kept}"), Directory.EnumerateDirectories, "").Where(s => s >= sequence).Order())
            {
                string path = Path.Combine(paths.Full(FolderOf(store, later)), name);
                if (File.Exists(path)) return path;
            }
        }

        return null;
    }

    private static string ByHand(string hostPath) => "by-hand-" + Hex.Of(SHA256.HashData(Encoding.UTF8.GetBytes(hostPath)));

    /// <summary>The store that a file of a running install lies in.</summary>
    internal static string StoreOf(string workFile) => workFile[..workFile.LastIndexOf($"/{InstallStore.Work}/", StringComparison.Ordinal)];

    private static IEnumerable<int> Numbers(string folder, Func<string, IEnumerable<string>> list, string ending) =>
        !Directory.Exists(folder) ? []
        : list(folder).Select(Path.GetFileName).Where(n => n!.EndsWith(ending, StringComparison.Ordinal))
            .Select(n => int.TryParse(n.AsSpan(0, n!.Length - ending.Length), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : -1).Where(n => n > 0);

    private static string FolderOf(string store, int sequence) => string.Create(CultureInfo.InvariantCulture, $"{store}/{Kept}/{sequence}");

    private string DocumentOf(int sequence) => Path.Combine(paths.StateFolder, Versions, string.Create(CultureInfo.InvariantCulture, $"{sequence}.json"));

    private static CumulusException NotKept(string message) =>
        new(ErrorIds.VersionNotKept, FailureKind.NotFound, message) { Advice = "Install-Bundle -Version fetches any version that is published." };
}

/// <summary>The files of a kept version.</summary>
internal sealed class KeptContent(KeptVersions kept, int sequence, Action<string>? warn) : IBundleContent
{
    private const int PieceLength = 1 << 18;

    /// <exception cref="CumulusException"><see cref="ErrorIds.VersionNotKept"/>: a content is missing, or was changed since.</exception>
    public Task WriteAsync(BundleOffer offer, IReadOnlyDictionary<string, string> files, CancellationToken cancellationToken) =>
        Task.Run(() => Write(offer, files, cancellationToken), cancellationToken);

    private void Write(BundleOffer offer, IReadOnlyDictionary<string, string> files, CancellationToken cancellationToken)
    {
        foreach (BundleEntry entry in offer.Entries.Where(e => e.Type == BundleEntryType.File && files.ContainsKey(e.Name)))
        {
            string to = files[entry.Name];
            if (kept.Find(sequence, entry.Sha256!) is { } from)
            {
                if (Copy(from, to, entry.Mode, cancellationToken) != entry.Sha256) throw Incomplete(offer, entry, $"was changed in {from}");
            }
            else if (kept.FindChanged(sequence, ArchiveName.Join(offer.Path, entry.Name)) is { } changed)
            {
                // That is what the version was on this host.
                File.Copy(changed, to);
                warn?.Invoke($"{entry.Name} of '{offer.Name}' comes back as it was: changed by hand.");
            }
            else
            {
                throw Incomplete(offer, entry, "is not kept, since the file was lost before the next version came");
            }
        }
    }

    /// <returns>SHA-256 of what was copied.</returns>
    private static string Copy(string from, string to, UnixFileMode mode, CancellationToken cancellationToken)
    {
        using SafeFileHandle source = File.OpenHandle(from, FileMode.Open, FileAccess.Read, FileShare.Read, FileOptions.SequentialScan);
        using SafeFileHandle target = File.OpenHandle(to, FileMode.CreateNew, FileAccess.Write, FileShare.None);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] piece = ArrayPool<byte>.Shared.Rent(PieceLength);
        try
        {
            int read;
            for (long at = 0; (read = RandomAccess.Read(source, piece, at)) > 0; at += read)
            {
                cancellationToken.ThrowIfCancellationRequested();
                hash.AppendData(piece, 0, read);
                RandomAccess.Write(target, piece.AsSpan(0, read), at);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(piece);
        }

        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(target, mode);
        return Hex.Of(hash.GetHashAndReset());
    }

    private static CumulusException Incomplete(BundleOffer offer, BundleEntry entry, string why) =>
        new(ErrorIds.VersionNotKept, FailureKind.NotFound, $"Version {offer.Version} of '{offer.Name}' cannot come back from what this host keeps: the content of {entry.Name} {why}.")
        {
            Target = offer.Name,
            Advice = $"Fetch it: Install-Bundle {offer.Name} -Version {offer.Version}.",
        };
}
