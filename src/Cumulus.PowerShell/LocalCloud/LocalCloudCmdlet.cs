using Cumulus.LocalCloud;

namespace Cumulus.PowerShell;

/// <summary>Base of the cmdlets about a local AWS that runs.</summary>
public abstract class LocalCloudCmdlet : CumulusCmdlet
{
    /// <summary>Full path of the cloud's folder: what the user gave, else that of the cloud which this session started, else the usual one.</summary>
    protected string CloudPath(string? given) => given is not null ? ResolvePath(given) : Session.LocalCloudPath ?? LocalCloudOptions.DefaultPath;

    /// <exception cref="Engine.CumulusException"><c>LocalCloudNotFound</c></exception>
    protected LocalCloudClient OpenCloud(string? path) => LocalCloudClient.Open(CloudPath(path));
}
