using System.Security.Cryptography;
using Cumulus.Engine.Bundles;

namespace Cumulus.Engine.Hosts;

/// <summary>What planning asks of a host.</summary>
internal interface IHostView
{
    /// <returns>Null when nothing lies there.</returns>
    HostFile? Look(string hostPath);

    /// <summary>SHA-256 of a file's content.</summary>
    string Sha256(string hostPath);
}

/// <summary>The host as it is now.</summary>
internal sealed class DiskView(HostPaths paths, CancellationToken cancellationToken) : IHostView
{
    public HostFile? Look(string hostPath)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return HostDisk.Look(paths.Full(hostPath));
    }

    public string Sha256(string hostPath)
    {
        using FileStream stream = File.OpenRead(paths.Full(hostPath));
        return Hex.Of(SHA256.HashData(stream));
    }
}
