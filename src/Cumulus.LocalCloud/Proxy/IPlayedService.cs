using System.Xml.Linq;

namespace Cumulus.LocalCloud.Proxy;

/// <summary>A part of AWS that the cloud plays itself, in front of moto.</summary>
internal interface IPlayedService
{
    bool Handles(AwsCall call);

    /// <returns>The whole answer of the query protocol, names without namespace.</returns>
    /// <exception cref="AwsError">The request is refused.</exception>
    /// <exception cref="Moto.MotoException">moto, asked on the way, has refused.</exception>
    Task<XElement> AnswerAsync(AwsCall call, CancellationToken cancellationToken);
}
