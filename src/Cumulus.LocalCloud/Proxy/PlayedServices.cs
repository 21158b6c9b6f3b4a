using System.Net;
using System.Xml.Linq;
using Cumulus.LocalCloud.Moto;

namespace Cumulus.LocalCloud.Proxy;

/// <summary>All that the cloud plays itself. Clients' calls and those that stacks make come here alike.</summary>
internal sealed class PlayedServices(params IPlayedService[] services)
{
    /// <summary>A client's call; null when it is moto's.</summary>
    /// <exception cref="AwsError">The request is refused, be it by moto.</exception>
    public async Task<Answer?> TryAnswerAsync(AwsCall call, CancellationToken cancellationToken)
    {
        if (Find(call) is not { } service)
            return null;
        try
        {
            return QueryXml.ToAnswer(call, await service.AnswerAsync(call, cancellationToken));
        }
        catch (MotoException e)
        {
            throw new AwsError((HttpStatusCode)e.Status, e.Code == "" ? "InternalFailure" : e.Code, e.Reason);
        }
    }

    /// <summary>A call of the cloud's own; null when it is moto's.</summary>
    /// <exception cref="MotoException">The request is refused, be it here.</exception>
    public async Task<XElement?> TryCallAsync(AwsCall call, CancellationToken cancellationToken)
    {
        if (Find(call) is not { } service)
            return null;
        try
        {
            return await service.AnswerAsync(call, cancellationToken);
        }
        catch (AwsError e)
        {
            throw new MotoException(call.Service, call.Operation!, (int)e.Status, e.Code, e.Message);
        }
    }

    private IPlayedService? Find(AwsCall call) => call.Operation is null ? null : Array.Find(services, service => service.Handles(call));
}
