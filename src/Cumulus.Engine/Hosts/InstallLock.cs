using System.Diagnostics;
using System.Globalization;

namespace Cumulus.Engine.Hosts;

/// <summary>
/// One install at a time on a host (D-40). The operating system holds the lock for the open file, so that a dead holder's is
/// free at once; what is written in it only tells who has it.
/// </summary>
internal sealed class InstallLock : IDisposable
{
    private readonly FileStream file;

    private InstallLock(FileStream file) => this.file = file;

    /// <exception cref="CumulusException"><see cref="ErrorIds.InstallInProgress"/>, with the holder's process id.</exception>
    public static InstallLock Take(HostPaths paths)
    {
        string path = Path.Combine(paths.StateFolder, "install.lock");
        FileStream file;
        try
        {
            // On Unix only None is an exclusive lock; on Windows None would keep others from reading who has it.
            file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, OperatingSystem.IsWindows() ? FileShare.Read : FileShare.None);
        }
        catch (IOException e) when (e.GetType() == typeof(IOException))
        {
            throw new CumulusException(ErrorIds.InstallInProgress, FailureKind.Conflict, $"Another install is running on this host: {Holder(path)}.", e)
            {
                Target = path,
                Advice = "Wait for it to end.",
            };
        }

        using Process self = Process.GetCurrentProcess();
        string text = string.Create(CultureInfo.InvariantCulture, $"process {Environment.ProcessId}, started {self.StartTime.ToUniversalTime():yyyy-MM-dd HH:mm:ss} UTC");
        file.SetLength(0);
        file.Write(System.Text.Encoding.UTF8.GetBytes(text));
        file.Flush();
        return new InstallLock(file);
    }

    public void Dispose() => file.Dispose();

    private static string Holder(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd() is { Length: > 0 } text ? text : "it has just begun";
    }
}
