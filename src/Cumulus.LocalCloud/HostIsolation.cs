namespace Cumulus.LocalCloud;

/// <summary>
/// How far scripts of hosts are kept away from the machine. They are written for a machine of their own: they write to
/// absolute paths, install packages, remove trees.
/// </summary>
public enum HostIsolation
{
    /// <summary>
    /// Linux namespaces (user, mount, pid, uts) and an overlay over the machine's file system: a host reads what the machine has
    /// and writes to a folder of its own; it sees its own processes only. This guards against scripts that mean
    /// another machine, not against hostile code: the network and the machine's readable files are the user's own.
    /// </summary>
    Isolated,

    /// <summary>
    /// Plain processes that start in the host's folder with <c>CUMULUS_ROOT</c> set to it. Nothing keeps a script from writing
    /// elsewhere. Chosen by <see cref="LocalCloudOptions.AllowUnisolated"/> only.
    /// </summary>
    Unisolated,

    /// <summary>Isolation is not to be had here (macOS, Windows, a locked-down container), so scripts are not run at all.</summary>
    Refused,
}
