using Cumulus.Engine.Bundles;

namespace Cumulus.Engine.Hosts;

/// <summary>
/// Where things lie on a host, for both platforms; pure. A <em>host path</em> is a path as the host itself would name it, with
/// <c>/</c> between and none leading: <c>srv/web/index.html</c>, <c>C:/web/index.html</c>. Under another root it lies below that.
/// </summary>
public sealed record HostPaths
{
    private HostPaths(string? root, bool windows)
    {
        Root = root;
        Windows = windows;
    }

    /// <summary>Full path of the folder that stands for the host's root; null: the host itself.</summary>
    public string? Root { get; }

    public bool Windows { get; }

    /// <summary>How two host paths are compared.</summary>
    public StringComparer Comparer => Windows ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal;

    /// <summary>What is installed, and the work of a running install.</summary>
    public string StateFolder => Full(StateFolderPath);

    /// <summary><c>/etc/cumulus-init.d</c>, <c>C:\cumulus\init.d</c> (section 11.1 of the old behaviour).</summary>
    public string InitScripts => Full(InitScriptsPath);

    /// <summary><c>/etc/cumulus/metadata.conf</c>, <c>C:\cumulus\conf\metadata.conf</c>.</summary>
    public string MetadataFile => Full(Windows ? "C:/cumulus/conf/metadata.conf" : "etc/cumulus/metadata.conf");

    /// <summary>Public keys that this host trusts: <c>/etc/cumulus/keys</c>, <c>C:\cumulus\conf\keys</c>.</summary>
    public string TrustedKeys => Full(Windows ? "C:/cumulus/conf/keys" : "etc/cumulus/keys");

    /// <summary><c>/var/log/cumulus-bundle-handler.log</c>, <c>C:\cumulus\logs\cumulus-bundle-handler.log</c> (section 11.1 of the old behaviour).</summary>
    public string LogFile => Full(Windows ? "C:/cumulus/logs/cumulus-bundle-handler.log" : "var/log/cumulus-bundle-handler.log");

    /// <summary>Where scripts start.</summary>
    public string WorkingFolder => Root ?? (Windows ? @"C:\" : "/");

    internal string InitScriptsPath => Windows ? "C:/cumulus/init.d" : "etc/cumulus-init.d";

    internal string StateFolderPath => Windows ? "C:/cumulus/state" : "var/lib/cumulus";

    /// <param name="rootPath">Full path; null, empty, <c>/</c>: the host itself.</param>
    public static HostPaths For(string? rootPath, bool windows)
    {
        string? root = rootPath?.TrimEnd('/', windows ? '\\' : '/');
        return new HostPaths(string.IsNullOrEmpty(root) || (windows && root.EndsWith(':')) ? null : root, windows);
    }

    /// <summary>The host path of an absolute path that a configuration names; empty for <c>/</c>.</summary>
    /// <exception cref="CumulusException"><see cref="ErrorIds.MetadataInvalid"/>: not absolute, or with <c>..</c> or a name in it that the system does not allow.</exception>
    public string HostPath(string absolute)
    {
        string path = Windows ? absolute.Replace('\\', '/') : absolute;
        string drive = Windows ? "C:" : "";
        if (Windows && path.StartsWith("//", StringComparison.Ordinal)) throw Invalid(absolute, "is on no drive of this machine");
        if (Windows && path.Length >= 2 && char.IsAsciiLetter(path[0]) && path[1] == ':')
        {
            drive = path[..2].ToUpperInvariant();
            path = path.Length == 2 ? "/" : path[2..];
        }

        // C:x means a place in the current folder of that drive.
        if (!path.StartsWith('/')) throw Invalid(absolute, "is not absolute");
        string rest = string.Join('/', path.Split('/').Where(p => p.Length > 0 && p != "."));
        if (rest.Length > 0 && ArchiveName.Problem(rest, Windows) is { } problem) throw Invalid(absolute, problem);
        return ArchiveName.Join(drive, rest);
    }

    /// <summary>Full path on this machine.</summary>
    public string Full(string hostPath)
    {
        if (Windows)
        {
            string native = hostPath.Replace('/', '\\');
            if (Root is not null) return $@"{Root}\{native.Replace(":", "", StringComparison.Ordinal)}";
            return native.EndsWith(':') ? native + '\\' : native;
        }

        return $"{Root}/{hostPath}".TrimEnd('/') is { Length: > 0 } full ? full : "/";
    }

    /// <summary>A host path as people on the host write it.</summary>
    public string Display(string hostPath) => Windows ? hostPath.Replace('/', '\\') : "/" + hostPath;

    internal static IEnumerable<string> Parents(string hostPath) => ArchiveName.Parents(hostPath);

    private static CumulusException Invalid(string path, string why) =>
        new(ErrorIds.MetadataInvalid, FailureKind.InvalidInput, $"The extraction path '{path}' {why}.") { Target = path };
}
