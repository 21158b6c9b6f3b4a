using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Cumulus.LocalCloud;

/// <summary>
/// <c>localcloud.json</c> in the cloud's folder: how others find a running cloud. It holds the made-up credentials, so only its
/// owner may read it.
/// </summary>
internal static class StateFile
{
    public const string Name = "localcloud.json";

    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    public static string PathIn(string folder) => Path.Combine(folder, Name);

    public static void Write(LocalCloudInfo info)
    {
        var path = PathIn(info.Path);
        var draft = path + ".new";
        using (var stream = PrivateFiles.Create(draft))
            JsonSerializer.Serialize(stream, info, Format);
        File.Move(draft, path, overwrite: true);
    }

    /// <summary>The cloud that lives in this folder; null when there is none, or only the file of a process that is gone.</summary>
    public static LocalCloudInfo? ReadLive(string folder)
    {
        var info = Read(folder);
        return info is not null && IsAlive(info) ? info : null;
    }

    public static LocalCloudInfo? Read(string folder)
    {
        try
        {
            return JsonSerializer.Deserialize<LocalCloudInfo>(File.ReadAllText(PathIn(folder)), Format);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException or JsonException)
        {
            return null;
        }
    }

    /// <summary>A process id alone may have been given to another process since; its start time tells.</summary>
    public static bool IsAlive(LocalCloudInfo info)
    {
        var started = ProcessStart(info.ProcessId);
        return started is not null && (started.Value - info.StartedAt).Duration() < TimeSpan.FromSeconds(2);
    }

    /// <summary>When the process was started; null when it is gone (or only waits for its parent to notice).</summary>
    public static DateTimeOffset? ProcessStart(int processId)
    {
        try
        {
            using var process = Process.GetProcessById(processId);
            return process.HasExited || IsZombie(processId) ? null : new DateTimeOffset(process.StartTime);
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    private static bool IsZombie(int processId)
    {
        if (!OperatingSystem.IsLinux())
            return false;
        try
        {
            var stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/stat"));
            return stat[(stat.LastIndexOf(')') + 2)..].StartsWith('Z');
        }
        catch (IOException)
        {
            return true;
        }
    }
}
