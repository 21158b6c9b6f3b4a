using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Cumulus.Engine.Bundles;

namespace Cumulus.Engine.Hosts;

/// <summary>
/// For each entry of the state document what its file looked like when its content was known to be right, so that a file that
/// nobody has written since need not be read again. A cache: where it is missing, damaged or of another install, files are hashed.
/// </summary>
internal sealed class InstalledStamps
{
    private const string FileName = "installed.stamps";

    /// <summary>A file that is changed twice within one tick of its file system's clock has one time for both.</summary>
    private static readonly long Tick = TimeSpan.FromMilliseconds(20).Ticks * 100;

    private static readonly long CoarseTick = TimeSpan.FromSeconds(2).Ticks * 100;
    private static readonly byte[] Magic = "cumulus stamps 1\n"u8.ToArray();
    private readonly FileStamp[] _stamps;

    private InstalledStamps(FileStamp[] stamps) => _stamps = stamps;

    /// <summary>Of the entry with this number, counted through all bundles; null when it proves nothing.</summary>
    public FileStamp? this[int number] => number < _stamps.Length && _stamps[number] != default ? _stamps[number] : null;

    /// <summary>Without the device, which may have another number after each boot.</summary>
    public static bool AreEqual(FileStamp one, FileStamp other) => one with { Device = 0 } == other with { Device = 0 };

    /// <summary>Null when there are none for this state.</summary>
    public static InstalledStamps? Read(HostPaths paths, InstalledState state)
    {
        string path = PathOf(paths);
        if (state.Transaction is null || !File.Exists(path)) return null;
        ReadOnlySpan<byte> all = File.ReadAllBytes(path);
        byte[] head = Head(state);
        if (all.Length < head.Length + sizeof(uint) || !all.StartsWith(head)) return null;
        ReadOnlySpan<byte> body = all[head.Length..^sizeof(uint)];
        if (Crc32.Of(body) != MemoryMarshal.Read<uint>(all[^sizeof(uint)..]) || body.Length != Count(state) * Unsafe.SizeOf<FileStamp>()) return null;
        return new InstalledStamps(MemoryMarshal.Cast<byte, FileStamp>(body).ToArray());
    }

    /// <param name="of">A path's trusted stamp; null: there is none.</param>
    public static void Write(HostPaths paths, InstalledState state, Func<string, FileStamp?> of)
    {
        var stamps = new FileStamp[Count(state)];
        int number = 0;
        foreach (InstalledRecord record in state.Bundles)
        {
            foreach (BundleEntry entry in record.Entries)
            {
                if (entry.Type == BundleEntryType.File && of(ArchiveName.Join(record.Path, entry.Name)) is { } stamp && stamp.Size == entry.Size) stamps[number] = stamp;
                number++;
            }
        }

        string path = PathOf(paths);
        ReadOnlySpan<byte> body = MemoryMarshal.AsBytes<FileStamp>(stamps);
        using (var stream = new FileStream(path + HostJson.Unfinished, FileMode.Create, FileAccess.Write))
        {
            stream.Write(Head(state));
            stream.Write(body);
            stream.Write(BitConverter.GetBytes(Crc32.Of(body)));
        }

        File.Move(path + HostJson.Unfinished, path, overwrite: true);
    }

    /// <summary>The stamp when it was old enough at a time that a later change would show.</summary>
    /// <param name="seen">When the file was looked at, or earlier.</param>
    public static FileStamp? Trusted(FileStamp? stamp, DateTimeOffset seen)
    {
        if (stamp is not { } s) return null;
        long tick = s.Changed % 1_000_000_000 == 0 ? CoarseTick : Tick;
        return ((seen - DateTimeOffset.UnixEpoch).Ticks * 100) - s.Changed > tick ? s with { Device = 0 } : null;
    }

    private static int Count(InstalledState state) => state.Bundles.Sum(b => b.Entries.Count);

    private static byte[] Head(InstalledState state) => [.. Magic, .. Encoding.UTF8.GetBytes($"{state.Transaction}\n")];

    private static string PathOf(HostPaths paths) => Path.Combine(paths.StateFolder, FileName);
}
