using Cumulus.Engine.State;

namespace Cumulus.Engine.Hosts.Service;

/// <summary>What a host that follows is to install now.</summary>
/// <param name="Request">The install, without what the command adds to each.</param>
/// <param name="Deployment">Of the pointer that names this version; null: only <c>metadata.conf</c> does.</param>
public sealed record HandlerTarget(InstallRequest Request, string Bucket, string? Deployment)
{
    /// <summary>Whether this asks for nothing that <paramref name="other"/> did not ask for.</summary>
    public bool IsSameAs(HandlerTarget? other) =>
        other is not null
        && (Bucket, Deployment, Request.Environment, Request.Version, Request.RemoveUnlisted) == (other.Bucket, other.Deployment, other.Request.Environment, other.Request.Version, other.Request.RemoveUnlisted)
        && Request.Bundles.SequenceEqual(other.Request.Bundles);

    /// <summary>
    /// The later word counts: that of the environment's pointer, if the deployment ended after <c>metadata.conf</c> was written, else that of the file. So a host that slept
    /// through a deployment catches up, and one that boots in the middle of one, or was told another version by hand, is not thrown back.
    /// </summary>
    /// <param name="metadata">Null: there is none, and the selection says all but the version.</param>
    /// <param name="written">When <paramref name="metadata"/> was written.</param>
    /// <param name="deployed">Null: the environment was never deployed with success.</param>
    /// <returns>Null: nothing says a version yet.</returns>
    /// <exception cref="CumulusException">As <see cref="InstallSelection.Request"/>.</exception>
    public static HandlerTarget? Of(InstallSelection selection, HostMetadata? metadata, DateTimeOffset written, VersionPointer? deployed)
    {
        if (metadata is null && deployed is null) return null;
        string version = deployed is not null && (metadata is null || deployed.DeployedAt > written) ? deployed.Version : metadata!.Version;
        return new HandlerTarget((selection with { Version = version }).Request(metadata), selection.BucketOf(metadata), deployed?.Version == version ? deployed.Deployment : null);
    }
}
