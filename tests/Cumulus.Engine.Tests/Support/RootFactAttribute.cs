namespace Cumulus.Engine.Tests.Support;

/// <summary>Skipped, with a reason, where a file system cannot be mounted or a file made immutable.</summary>
public sealed class RootFactAttribute : FactAttribute
{
    private static readonly string? Reason = WhyNot();

    public RootFactAttribute() => Skip = Reason;

    private static string? WhyNot()
    {
        if (!OperatingSystem.IsLinux() || !Programs.Has("mount") || !Programs.Has("chattr")) return "needs Linux with mount and chattr";
        using var folder = new TempFolder();
        if (Programs.Try("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder.Path).ExitCode != 0) return "this user may not mount a file system";
        bool canFreeze = Programs.Try("sh", "-c", $"touch {folder["x"]} && chattr +i {folder["x"]} && chattr -i {folder["x"]}").ExitCode == 0;
        Tool.Run("umount", folder.Path);
        return canFreeze ? null : "no file can be made immutable here";
    }
}
