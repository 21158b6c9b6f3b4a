using System.Globalization;

namespace Cumulus.Engine.Hosts;

/// <summary>Tells one run of the operating system from the next.</summary>
internal static class HostBoot
{
    private const string File = "/proc/sys/kernel/random/boot_id";

    /// <summary>Differs after each boot; where the system has no such id, the minute of the boot stands for it.</summary>
    public static string Id { get; } = Read();

    private static string Read()
    {
        if (OperatingSystem.IsLinux() && System.IO.File.Exists(File)) return System.IO.File.ReadAllText(File).Trim();
        DateTimeOffset started = TimeProvider.System.GetUtcNow() - TimeSpan.FromMilliseconds(Environment.TickCount64);
        return started.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
    }
}
