using System.ComponentModel;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Cumulus.Engine.Bundles;
using Microsoft.Win32.SafeHandles;

namespace Cumulus.Engine.Hosts;

/// <summary>The few changes to a disk that an install is made of; each is atomic, or leaves what was there.</summary>
internal static class HostDisk
{
    private const int CrossDevice = 18;
    private const int InvalidForThis = 22;
    private const int DoNotFollow = 0;
    private static readonly int CurrentFolder = OperatingSystem.IsMacOS() ? -2 : -100;
    private static readonly LockedFiles Locked = new(new WindowsFiles());
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>What lies there, links not followed; null when nothing does.</summary>
    public static HostFile? Look(string path) => StatxFolderReader.IsAvailable ? LookByStatx(path) : LookPortably(path);

    /// <summary>Puts a second name on a file or link, so that the first can be replaced; copies where the file system has no such thing.</summary>
    /// <remarks>When <paramref name="to"/> is there, it is whole.</remarks>
    public static void KeepAside(string from, string to)
    {
        if (TryHardLink(from, to)) return;
        if (new FileInfo(from).LinkTarget is { } target)
        {
            File.CreateSymbolicLink(to, target);
            return;
        }

        File.Copy(from, to + ".part", overwrite: true);
        Rename(to + ".part", to);
    }

    /// <summary>Gives a file or link another name, over whatever file or link has it; never by halves, on another file system too.</summary>
    public static void Rename(string from, string to)
    {
        if (OperatingSystem.IsWindows())
        {
            Locked.Rename(from, to);
            return;
        }

        if (RenameUnix(from, to) == 0) return;
        int error = Marshal.GetLastPInvokeError();
        if (error != CrossDevice) throw Failure($"{from} could not be renamed to {to}", error);
        string beside = Path.Combine(Path.GetDirectoryName(to)!, $".cumulus-{Guid.NewGuid():N}");
        KeepAside(from, beside);
        File.Delete(from);
        if (RenameUnix(beside, to) != 0) throw Failure($"{beside} could not be renamed to {to}", Marshal.GetLastPInvokeError());
    }

    /// <param name="aside">On Windows, in a folder of Cumulus: where a file that a process has open may lie until it can be deleted.</param>
    public static void Delete(string path, string aside)
    {
        if (OperatingSystem.IsWindows()) Locked.Delete(path, aside);
        else File.Delete(path);
    }

    /// <summary>Whether both are files or links with the same content and mode.</summary>
    public static bool AreEqual(string one, string other) =>
        (Look(one), Look(other)) switch
        {
            ({ Type: BundleEntryType.File } a, { Type: BundleEntryType.File } b) => a.Mode == b.Mode && a.Size == b.Size && HashOf(one).SequenceEqual(HashOf(other)),
            ({ Type: BundleEntryType.Link } a, { Type: BundleEntryType.Link } b) => a.LinkTarget == b.LinkTarget,
            _ => false,
        };

    /// <summary>Brings everything that was written to the path's file system to the disk: one call for any number of files. False where the system has no such thing.</summary>
    /// <exception cref="IOException">The disk did not take all of it.</exception>
    public static bool SyncFileSystem(string path)
    {
        if (!OperatingSystem.IsLinux()) return false;
        int descriptor = OpenUnix(path, 0);
        if (descriptor < 0) throw Failure($"{path} could not be opened", Marshal.GetLastPInvokeError());
        int result = SyncFsUnix(descriptor);
        int error = Marshal.GetLastPInvokeError();
        _ = CloseUnix(descriptor);
        return result == 0 ? true : throw Failure($"The file system of {path} could not be written to the disk", error);
    }

    /// <summary>Brings a folder's names to the disk; Windows does so by itself.</summary>
    public static void FlushFolder(string path)
    {
        if (OperatingSystem.IsWindows()) return;
        int descriptor = OpenUnix(path, 0);
        if (descriptor < 0) throw Failure($"{path} could not be opened", Marshal.GetLastPInvokeError());
        int result = FsyncUnix(descriptor);
        int error = Marshal.GetLastPInvokeError();
        _ = CloseUnix(descriptor);
        if (result != 0 && error != InvalidForThis) throw Failure($"The names in {path} could not be written to the disk", error);
    }

    /// <summary>Brings a file's content to the disk.</summary>
    public static void FlushFile(string path)
    {
        using SafeFileHandle file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        RandomAccess.FlushToDisk(file);
    }

    public static void MakeFolder(string path, UnixFileMode mode)
    {
        Directory.CreateDirectory(path);
        SetMode(path, mode);
    }

    /// <summary>A folder for the owner alone: copies of secrets may lie in it.</summary>
    public static void MakePrivateFolder(string path)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(path);
        else Directory.CreateDirectory(path, OwnerOnly);
    }

    public static void SetMode(string path, UnixFileMode mode)
    {
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, mode);
    }

    /// <summary>Gives a file, a folder or a link itself to a user and a group; null leaves it.</summary>
    /// <exception cref="IOException">This user may not.</exception>
    public static void SetOwner(string path, int? user, int? group)
    {
        if (OperatingSystem.IsWindows()) return;
        if (ChangeOwner(path, user ?? -1, group ?? -1) != 0) throw Failure($"{path} could not be given to user {user?.ToString(CultureInfo.InvariantCulture) ?? "-"}, group {group?.ToString(CultureInfo.InvariantCulture) ?? "-"}", Marshal.GetLastPInvokeError());
    }

    public static bool IsEmptyFolder(string path) =>
        Look(path) is { Type: BundleEntryType.Folder } && !Directory.EnumerateFileSystemEntries(path).Any();

    private static HostFile? LookByStatx(string path)
    {
        if (StatxFolderReader.LookAt(path) is not { } item) return null;
        return item.Kind switch
        {
            ItemKind.Folder => new HostFile(BundleEntryType.Folder, item.Mode, 0, null),
            ItemKind.Link => new HostFile(BundleEntryType.Link, EntryMode.Link, 0, new FileInfo(path).LinkTarget, Directory.Exists(path)),
            _ => new HostFile(BundleEntryType.File, item.Mode, item.Size, null) { Stamp = item.Stamp },
        };
    }

    private static HostFile? LookPortably(string path)
    {
        var file = new FileInfo(path);
        if (file.LinkTarget is { } target)
        {
            return new HostFile(BundleEntryType.Link, EntryMode.Link, 0, OperatingSystem.IsWindows() ? target.Replace('\\', '/') : target, Directory.Exists(path));
        }

        if (Directory.Exists(path)) return new HostFile(BundleEntryType.Folder, Mode(new DirectoryInfo(path)), 0, null);
        return file.Exists ? new HostFile(BundleEntryType.File, Mode(file), file.Length, null) : null;
    }

    private static UnixFileMode Mode(FileSystemInfo item) =>
        !OperatingSystem.IsWindows() ? item.UnixFileMode
        : item is DirectoryInfo ? EntryMode.DefaultFolder : EntryMode.DefaultFile;

    // Of a link, the link itself: so it keeps its owner and its time.
    private static bool TryHardLink(string from, string to) =>
        OperatingSystem.IsWindows()
            ? LinkWindows(WindowsPath.Extended(to), WindowsPath.Extended(from), IntPtr.Zero)
            : LinkUnix(CurrentFolder, from, CurrentFolder, to, DoNotFollow) == 0;

    private static byte[] HashOf(string path)
    {
        using FileStream stream = File.OpenRead(path);
        return SHA256.HashData(stream);
    }

    private static IOException Failure(string what, int error) => new($"{what}: {new Win32Exception(error).Message}.");

    [DllImport("libc", EntryPoint = "linkat", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int LinkUnix(int fromFolder, [MarshalAs(UnmanagedType.LPUTF8Str)] string from, int toFolder, [MarshalAs(UnmanagedType.LPUTF8Str)] string to, int flags);

    [DllImport("libc", EntryPoint = "lchown", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int ChangeOwner([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int user, int group);

    [DllImport("libc", EntryPoint = "rename", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int RenameUnix([MarshalAs(UnmanagedType.LPUTF8Str)] string from, [MarshalAs(UnmanagedType.LPUTF8Str)] string to);

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int OpenUnix([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int CloseUnix(int descriptor);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int FsyncUnix(int descriptor);

    [DllImport("libc", EntryPoint = "syncfs", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SyncFsUnix(int descriptor);

    [DllImport("kernel32.dll", EntryPoint = "CreateHardLinkW", CharSet = CharSet.Unicode, SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static extern bool LinkWindows(string to, string from, IntPtr security);
}
