using System.Buffers;
using System.IO.Enumeration;
using System.Runtime.InteropServices;
using System.Text;

namespace Cumulus.Engine.Bundles;

/// <summary>
/// Reads folders on Linux with one statx call for each item. Structure and constants are the same on all its architectures
/// (statx(2), linux/stat.h). Kernels before 4.11, C libraries without it and sandboxes that forbid it are told by <see cref="IsAvailable"/>.
/// </summary>
internal sealed class StatxFolderReader : IFolderReader
{
    private const int CurrentFolder = -100;
    private const int DoNotFollow = 0x100;
    private const int Size = 256;
    private const int NotFound = 2;
    private const int AccessDenied = 13;
    private const int NotAFolder = 20;
    private const int LoopOfLinks = 40;
    private const uint Kind = 0x1;
    private const uint Mode = 0x2;
    private const uint Stamp = 0x40 | 0x80 | 0x100;
    private const uint SizeOfFile = 0x200;
    private const uint Wanted = Kind | Mode | Stamp | SizeOfFile;
    private static readonly EnumerationOptions Everything = new() { AttributesToSkip = 0, IgnoreInaccessible = false };

    public static bool IsAvailable { get; } = OperatingSystem.IsLinux() && Works();

    public IReadOnlyList<FoundItem> Read(string folder)
    {
        string prefix = Path.EndsInDirectorySeparator(folder) ? folder : folder + "/";
        int prefixLength = Encoding.UTF8.GetByteCount(prefix);
        byte[] path = ArrayPool<byte>.Shared.Rent(prefixLength + 1024);
        try
        {
            Encoding.UTF8.GetBytes(prefix, path);
            return [.. new FileSystemEnumerable<FoundItem>(folder, (ref FileSystemEntry entry) => Describe(prefix, entry.FileName, path, prefixLength), Everything)];
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(path);
        }
    }

    public FoundItem? Look(string path) => Look(path, 0);

    /// <summary>What lies at a path itself, a link not followed and its target not read; null when nothing does.</summary>
    public static FoundItem? LookAt(string path) => Look(path, DoNotFollow);

    private static FoundItem? Look(string path, int flags)
    {
        int longest = Encoding.UTF8.GetMaxByteCount(path.Length) + 1;
        Span<byte> bytes = longest <= 2048 ? stackalloc byte[2048] : new byte[longest];
        bytes[Encoding.UTF8.GetBytes(path, bytes)] = 0;
        Span<byte> result = stackalloc byte[Size];
        return Call(bytes, flags, result) switch
        {
            0 => Item(Path.GetFileName(path), result),
            NotFound or NotAFolder or LoopOfLinks => null,
            int error => throw Failed(path, error),
        };
    }

    private static FoundItem Describe(string prefix, ReadOnlySpan<char> name, byte[] path, int prefixLength)
    {
        string text = name.ToString();

        // What is no UTF-8 has come as U+FFFD, under which there is no file; the walk refuses it by its name.
        if (name.Contains('\uFFFD')) return new FoundItem(text, ItemKind.File, 0, 0, null, null);
        int length = Encoding.UTF8.GetBytes(name, path.AsSpan(prefixLength));
        path[prefixLength + length] = 0;
        Span<byte> result = stackalloc byte[Size];
        int error = Call(path, DoNotFollow, result);
        if (error != 0) throw Failed(prefix + text, error);
        FoundItem item = Item(text, result);
        return item.Kind == ItemKind.Link ? item with { LinkTarget = new FileInfo(prefix + text).LinkTarget ?? "" } : item;
    }

    // Offsets are those of struct statx: mask 0, mode 28, ino 32, size 40, ctime 96, mtime 112, device 136.
    private static FoundItem Item(string name, ReadOnlySpan<byte> result)
    {
        uint told = MemoryMarshal.Read<uint>(result);
        ushort mode = MemoryMarshal.Read<ushort>(result[28..]);
        long size = MemoryMarshal.Read<long>(result[40..]);
        ItemKind kind = (mode & 0xF000) switch
        {
            0x8000 => ItemKind.File,
            0x4000 => ItemKind.Folder,
            0xA000 => ItemKind.Link,
            0x1000 => ItemKind.NamedPipe,
            0xC000 => ItemKind.Socket,
            0x2000 or 0x6000 => ItemKind.Device,
            _ => ItemKind.Other,
        };
        if (kind != ItemKind.File) return new FoundItem(name, kind, (UnixFileMode)(mode & 0xFFF), 0, null, null);
        FileStamp? stamp = (told & Stamp) != Stamp ? null : new FileStamp(
            size, Nanoseconds(result[112..]), Nanoseconds(result[96..]), MemoryMarshal.Read<ulong>(result[32..]), MemoryMarshal.Read<ulong>(result[136..]));
        return new FoundItem(name, kind, (UnixFileMode)(mode & 0xFFF), size, stamp, null);
    }

    private static long Nanoseconds(ReadOnlySpan<byte> time) =>
        (MemoryMarshal.Read<long>(time) * 1_000_000_000) + MemoryMarshal.Read<uint>(time[8..]);

    private static int Call(ReadOnlySpan<byte> path, int flags, Span<byte> result) =>
        Statx(CurrentFolder, in MemoryMarshal.GetReference(path), flags, Wanted, ref MemoryMarshal.GetReference(result)) == 0 ? 0 : Marshal.GetLastPInvokeError();

    private static Exception Failed(string path, int error) =>
        error == AccessDenied ? new UnauthorizedAccessException($"Access to '{path}' is denied.")
        : error == NotFound ? new FileNotFoundException($"'{path}' went away while it was read.", path)
        : new IOException($"'{path}' cannot be read: {Marshal.GetPInvokeErrorMessage(error)}.");

    private static bool Works()
    {
        try
        {
            Span<byte> result = stackalloc byte[Size];
            return Call("/\0"u8, 0, result) == 0 && (MemoryMarshal.Read<uint>(result) & (Kind | Mode)) == (Kind | Mode);
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            return false;
        }
    }

    [DllImport("libc", EntryPoint = "statx", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Statx(int folder, in byte path, int flags, uint mask, ref byte result);
}
