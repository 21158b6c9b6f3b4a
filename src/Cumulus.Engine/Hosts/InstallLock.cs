using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Cumulus.Engine.Hosts;

/// <summary>
/// One install at a time on a host (D-40). The operating system holds the lock for the open file, so that a dead holder's is
/// free at once; who has it stands in a file beside, since a locked file cannot be read by others.
/// </summary>
internal sealed class InstallLock : IDisposable
{
    private const string HolderSuffix = ".holder";
    private readonly FileStream _file;
    private readonly string _holder;

    private InstallLock(FileStream file, string holder)
    {
        _file = file;
        _holder = holder;
    }

    /// <exception cref="CumulusException"><see cref="ErrorIds.InstallInProgress"/>, with the holder's process id.</exception>
    public static InstallLock Take(HostPaths paths)
    {
        string path = PathOf(paths);
        string holder = path + HolderSuffix;
        FileStream file;
        try
        {
            file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (e.GetType() == typeof(IOException))
        {
            string who = Holder(holder);
            throw new CumulusException(ErrorIds.InstallInProgress, FailureKind.Conflict, $"Another install is running on this host: {who}.", e)
            {
                Target = path,
                Advice = "Wait for it to end.",
            };
        }

        using Process self = Process.GetCurrentProcess();
        File.WriteAllText(holder, $"process {Environment.ProcessId}, started {Started(self)} UTC");
        return new InstallLock(file, holder);
    }

    /// <summary>Whether an install runs now, as far as its note tells; the lock itself is not touched, which could make an install fail.</summary>
    public static bool IsHeld(HostPaths paths)
    {
        string path = PathOf(paths) + HolderSuffix;
        if (!File.Exists(path) || Regex.Match(Holder(path), @"^process (\d+), started (.+) UTC$") is not { Success: true } holder) return false;
        try
        {
            using Process process = Process.GetProcessById(int.Parse(holder.Groups[1].Value, CultureInfo.InvariantCulture));
            return Started(process) == holder.Groups[2].Value;
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            return false; // It has ended.
        }
        catch (Win32Exception)
        {
            return true; // It is there, and another user's.
        }
    }

    public void Dispose()
    {
        File.Delete(_holder);
        _file.Dispose();
    }

    private static string PathOf(HostPaths paths) => Path.Combine(paths.StateFolder, "install.lock");

    private static string Started(Process process) => process.StartTime.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    private static string Holder(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (FileNotFoundException)
        {
            return "it has just begun, or is about to end";
        }
    }
}
