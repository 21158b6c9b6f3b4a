using System.Runtime.InteropServices;

namespace Cumulus.Engine.Hosts;

/// <summary>The calls of Windows that matter for files in use.</summary>
internal interface IWindowsFiles
{
    bool Exists(string path);

    void Move(string from, string to, bool overwrite);

    void Delete(string path);

    /// <summary>Windows deletes the file when it starts the next time. Without the right to ask for that, nothing happens.</summary>
    void DeleteAtNextBoot(string path);
}

/// <summary>
/// Replaces and removes files on Windows, where a program that runs or a library that is loaded can be neither overwritten nor
/// deleted, but renamed: it moves aside, its name is free at once, and it is deleted when nobody has it open or at the next boot (D-43).
/// </summary>
internal sealed class LockedFiles(IWindowsFiles files)
{
    private const int AccessDenied = unchecked((int)0x80070005);
    private const int SharingViolation = unchecked((int)0x80070020);
    private const int LockViolation = unchecked((int)0x80070021);

    /// <summary>Gives a file another name, over whatever has it. When that fails, both have their old names.</summary>
    /// <param name="from">In a folder of Cumulus, where what was replaced may lie until it can be deleted.</param>
    public void Rename(string from, string to)
    {
        try
        {
            files.Move(from, to, overwrite: true);
            return;
        }
        catch (Exception e) when (IsInUse(e) && files.Exists(to))
        {
            // Then it is moved out of the way.
        }

        string aside = from + ".replaced";
        files.Move(to, aside, overwrite: true);
        try
        {
            files.Move(from, to, overwrite: false);
        }
        catch
        {
            files.Move(aside, to, overwrite: false);
            throw;
        }

        DeleteSoon(aside);
    }

    /// <param name="aside">In a folder of Cumulus on the same drive: where the file may lie until it can be deleted.</param>
    public void Delete(string path, string aside)
    {
        try
        {
            files.Delete(path);
        }
        catch (Exception e) when (IsInUse(e) && files.Exists(path))
        {
            files.Move(path, aside, overwrite: true);
            DeleteSoon(aside);
        }
    }

    /// <summary>Whether a call failed since a process has the file open. A loaded program tells of denied access.</summary>
    public static bool IsInUse(Exception e) =>
        e is IOException or UnauthorizedAccessException && e.HResult is AccessDenied or SharingViolation or LockViolation;

    private void DeleteSoon(string path)
    {
        try
        {
            files.Delete(path);
        }
        catch (Exception e) when (IsInUse(e))
        {
            files.DeleteAtNextBoot(path);
        }
    }
}

/// <summary>The real ones.</summary>
internal sealed class WindowsFiles : IWindowsFiles
{
    // https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-movefileexw
    private const int DelayUntilReboot = 4;

    public bool Exists(string path) => File.Exists(path);

    public void Move(string from, string to, bool overwrite) => File.Move(from, to, overwrite);

    public void Delete(string path) => File.Delete(path);

    public void DeleteAtNextBoot(string path) => _ = MoveFileEx(WindowsPath.Extended(path), null, DelayUntilReboot);

    [DllImport("kernel32.dll", EntryPoint = "MoveFileExW", CharSet = CharSet.Unicode, SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static extern bool MoveFileEx(string from, string? to, int flags);
}
