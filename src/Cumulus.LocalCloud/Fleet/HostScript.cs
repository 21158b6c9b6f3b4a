namespace Cumulus.LocalCloud.Fleet;

/// <summary>Puts a script where a sandbox can start it. PowerShell gets a starter beside it, since a kernel starts a file by one program with one argument.</summary>
internal static class HostScript
{
    private static readonly Lazy<string?> Pwsh = new(() => ProgramPath.Find("pwsh"));

    /// <summary>Whether hosts can run PowerShell.</summary>
    public static bool HasPowerShell => Pwsh.Value is not null;

    public static void Write(HostFolder folder, string name, string script)
    {
        var path = Path.Combine(folder.Scripts, name);
        if (!script.StartsWith(UserData.PowerShellMark, StringComparison.Ordinal))
        {
            PrivateFiles.WriteScript(path, script);
            return;
        }
        PrivateFiles.WriteScript(path + ".ps1", script[UserData.PowerShellMark.Length..]);
        PrivateFiles.WriteScript(path, $"#!/bin/sh\nexec '{Pwsh.Value?.Replace("'", "'\\''", StringComparison.Ordinal)}' -NoLogo -NoProfile -NonInteractive -File \"$0.ps1\"\n");
    }
}
