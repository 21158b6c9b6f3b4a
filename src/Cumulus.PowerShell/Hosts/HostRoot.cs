namespace Cumulus.PowerShell;

/// <summary>Which host a command is about: the machine itself, or a folder that stands for one.</summary>
internal static class HostRoot
{
    /// <summary>What the parameter says, else the variable <c>CUMULUS_ROOT</c>; null: the host itself.</summary>
    public static string? Of(string? given, ICmdletHost host)
    {
        if (!string.IsNullOrEmpty(given)) return host.ResolvePath(given);
        string? variable = Environment.GetEnvironmentVariable("CUMULUS_ROOT");
        return string.IsNullOrEmpty(variable) ? null : variable;
    }
}
