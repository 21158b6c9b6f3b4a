using System.Runtime.InteropServices;
using System.Text;

namespace Cumulus.Engine.Bundles;

/// <summary>Exchanges two folders of one file system at one instant: whoever looks finds the one or the other (renameat2(2), Linux).</summary>
internal static class FolderExchange
{
    private const int CurrentFolder = -100;
    private const uint Exchange = 2;

    /// <summary>False where the system or the file system cannot do it; then nothing was changed.</summary>
    public static bool TrySwap(string one, string other)
    {
        if (!OperatingSystem.IsLinux()) return false;
        try
        {
            return Rename(CurrentFolder, Name(one), CurrentFolder, Name(other), Exchange) == 0;
        }
        catch (EntryPointNotFoundException)
        {
            // A C library from before 2018.
            return false;
        }
    }

    private static byte[] Name(string path) => Encoding.UTF8.GetBytes(path + '\0');

    [DllImport("libc", EntryPoint = "renameat2")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Rename(int oldFolder, byte[] oldPath, int newFolder, byte[] newPath, uint flags);
}
