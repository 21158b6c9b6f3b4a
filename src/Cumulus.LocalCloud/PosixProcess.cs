using System.Runtime.InteropServices;

namespace Cumulus.LocalCloud;

/// <summary>Signals, which .NET has no calls for.</summary>
internal static partial class PosixProcess
{
    private const int SigKill = 9;

    /// <summary>Ends a process group. That it is gone already is no failure.</summary>
    public static void KillGroup(int groupId) => _ = kill(-groupId, SigKill);

    public static void Kill(int processId) => _ = kill(processId, SigKill);

    [LibraryImport("libc")]
    private static partial int kill(int processId, int signal);
}
