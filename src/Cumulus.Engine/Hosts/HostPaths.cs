using Cumulus.Engine.Configuration;

namespace Cumulus.Engine.Hosts;

/// <summary>Where things are on a host (section 11.1 of the old behaviour).</summary>
public sealed record HostPaths
{
    private HostPaths()
    {
    }

    public required string Metadata { get; init; }

    /// <summary>Folder of the <c>K*</c> and <c>S*</c> scripts.</summary>
    public required string InitScripts { get; init; }

    /// <summary>Where a bundle without an extraction path goes.</summary>
    public required string DefaultRoot { get; init; }

    /// <summary>The old handler's list of the files that it had installed.</summary>
    public required string OldCache { get; init; }

    public static HostPaths Of(PathStyle style) => style == PathStyle.Windows
        ? new HostPaths
        {
            Metadata = @"C:\cumulus\conf\metadata.conf",
            InitScripts = @"C:\cumulus\init.d",
            DefaultRoot = @"C:\",
            OldCache = @"C:\cumulus\cache\cumulus-bundle-handler.cache",
        }
        : new HostPaths
        {
            Metadata = "/etc/cumulus/metadata.conf",
            InitScripts = "/etc/cumulus-init.d",
            DefaultRoot = "/",
            OldCache = "/var/local/cumulus-bundle-handler.cache",
        };
}
