using Cumulus.Engine;

namespace Cumulus.LocalCloud;

/// <summary>The one folder that a local cloud writes to.</summary>
internal sealed class CloudFolder(string path)
{
    public const string LogName = "localcloud.log";

    private const string MotoLogName = "moto.log";

    private const string CallsName = "calls.jsonl";

    private const string FormerCallsName = "calls-former.jsonl";

    private const string LockName = "localcloud.lock";

    private static readonly string[] Marks = [StateFile.Name, LogName];
    private static readonly string[] Known = [.. Marks, LockName, MotoLogName, CallsName, FormerCallsName, "hosts", "bin", "images", "mailbox"];

    public string Path { get; } = System.IO.Path.GetFullPath(path);

    public string Log => System.IO.Path.Combine(Path, LogName);

    public string MotoLog => System.IO.Path.Combine(Path, MotoLogName);

    /// <summary>The journal of calls, a line of JSON each.</summary>
    public string Calls => System.IO.Path.Combine(Path, CallsName);

    /// <summary>What was in the journal before its file was full.</summary>
    public string FormerCalls => System.IO.Path.Combine(Path, FormerCallsName);

    public string Hosts => System.IO.Path.Combine(Path, "hosts");

    /// <summary>Files of images that were made here.</summary>
    public string Images => System.IO.Path.Combine(Path, "images");

    /// <summary>What was sent by SES and SNS.</summary>
    public string Mailbox => System.IO.Path.Combine(Path, "mailbox");

    public string Bin => System.IO.Path.Combine(Path, "bin");

    /// <summary>Makes the folder, or makes sure that it is one that a cloud may take.</summary>
    /// <exception cref="CumulusException"><c>LocalCloudAlreadyRunning</c>, <c>LocalCloudPathNotEmpty</c></exception>
    public void Prepare()
    {
        if (StateFile.ReadLive(Path) is { } live)
            throw AlreadyRunning($"A local cloud already runs in {Path} (process {live.ProcessId}, {live.Endpoint}).");
        if (File.Exists(Path) || (Directory.Exists(Path) && !IsEmptyOrFormer()))
        {
            throw new CumulusException(ErrorIds.LocalCloudPathNotEmpty, FailureKind.Conflict,
                $"{Path} holds files that no local cloud has made.")
            {
                Target = Path,
                Advice = "Give -Path a folder that is empty or does not exist.",
            };
        }
        PrivateFiles.CreateFolder(Path);
    }

    /// <summary>
    /// Takes the folder, so that of two clouds that start in it at once only one does, and empties it of what a former cloud left.
    /// </summary>
    /// <exception cref="CumulusException"><c>LocalCloudAlreadyRunning</c></exception>
    public IDisposable Take()
    {
        try
        {
            var taken = new FileStream(System.IO.Path.Combine(Path, LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            Empty(except: [LogName, LockName]);
            return taken;
        }
        catch (IOException)
        {
            throw AlreadyRunning($"A local cloud is being started in {Path}.");
        }
    }

    /// <summary>Removes all that a cloud has written, and the folder itself.</summary>
    public void Remove()
    {
        if (!Directory.Exists(Path))
            return;
        Empty(except: []);
        if (!Directory.EnumerateFileSystemEntries(Path).Any())
            Directory.Delete(Path);
    }

    /// <summary>Removes all but the logs, which tell why a cloud did not start.</summary>
    public void RemoveAllButLogs() => Empty(except: [LogName, MotoLogName]);

    /// <summary>Removes what is of no use or of harm after the end: the credentials.</summary>
    public void RemoveCredentials() => File.Delete(StateFile.PathIn(Path));

    private CumulusException AlreadyRunning(string message) => new(ErrorIds.LocalCloudAlreadyRunning, FailureKind.Conflict, message)
    {
        Target = Path,
        Advice = "Stop it with Stop-LocalCloud, or give another -Path.",
    };

    private bool IsEmptyOrFormer()
    {
        var names = Directory.EnumerateFileSystemEntries(Path).Select(System.IO.Path.GetFileName).ToList();
        return names.Count == 0 || (names.All(Known.Contains) && names.Any(Marks.Contains));
    }

    private void Empty(string[] except)
    {
        foreach (var name in Known.Where(name => !except.Contains(name)))
        {
            var path = System.IO.Path.Combine(Path, name);
            if (Directory.Exists(path))
                RemoveTree(path);
            else
                File.Delete(path);
        }
    }

    public static void RemoveTree(string path)
    {
        // An overlay's work folder has mode 000, and scripts may leave such folders too: open them first.
        if (!OperatingSystem.IsWindows())
            MakeWritable(new DirectoryInfo(path));
        Directory.Delete(path, recursive: true);
    }

    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    private static void MakeWritable(DirectoryInfo folder)
    {
        folder.UnixFileMode |= UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        foreach (var child in folder.EnumerateDirectories().Where(child => child.LinkTarget is null))
            MakeWritable(child);
    }
}
