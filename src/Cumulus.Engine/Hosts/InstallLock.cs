using System.Diagnostics;
using System.Globalization;

namespace Cumulus.Engine.Hosts;

/// <summary>
/// One install at a time on a host (D-40). The operating system holds the lock for the open file, so that a dead holder's is
/// free at once; who has it stands in a file beside, since a locked file cannot be read by others.
/// </summary>
internal sealed class InstallLock : IDisposable
{
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
        string path = Path.Combine(paths.StateFolder, "install.lock");
        string holder = path + ".holder";
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
        File.WriteAllText(holder, string.Create(CultureInfo.InvariantCulture, $"process {Environment.ProcessId}, started {self.StartTime.ToUniversalTime():yyyy-MM-dd HH:mm:ss} UTC"));
        return new InstallLock(file, holder);
    }

    public void Dispose()
    {
        File.Delete(_holder);
        _file.Dispose();
    }

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
