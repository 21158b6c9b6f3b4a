using System.Net;
using Cumulus.LocalCloud.CloudFormation.Api;
using Cumulus.LocalCloud.Fleet;
using Cumulus.LocalCloud.Signing;
using Cumulus.LocalCloud.Ssm;

namespace Cumulus.LocalCloud.Proxy;

/// <summary>Finds who does a call: the cloud itself what moto cannot, moto the rest.</summary>
internal sealed class CallRouter(Forwarder moto, HostFleet fleet, RunCommandApi runCommand, PlayedServices played, CloudFormationApi cloudFormation, CredentialStore credentials)
{
    private static readonly HashSet<string> Changing = ["ec2", "autoscaling"];

    /// <param name="body">Null when it is to be streamed.</param>
    /// <exception cref="AwsError">The call is refused.</exception>
    public async Task<Reply> AnswerAsync(AwsCall call, Credentials caller, HttpListenerRequest request, byte[]? body, CancellationToken cancellationToken)
    {
        if (call.Service == "ssm" && RunCommandApi.Handles(call))
            return Reply.Of(await runCommand.AnswerAsync(call, body!, cancellationToken));
        if (call.Service == "cloudformation")
            return Reply.Of(await cloudFormation.AnswerAsync(call, cancellationToken));
        if (await played.TryAnswerAsync(call, cancellationToken) is { } own)
            return Reply.Of(own);
        var answer = await ForwardAsync(call, request, body, cancellationToken);
        if (Changing.Contains(call.Service) && !call.IsReading)
            fleet.Signal(call.Region);
        if (answer.IsSuccessStatusCode && CredentialStore.AreHandedOutBy(call.Service, call.Operation))
        {
            await answer.Content.LoadIntoBufferAsync();
            credentials.AddFrom(await answer.Content.ReadAsStringAsync(cancellationToken), caller);
        }
        return await Reply.OfAsync(answer, cancellationToken);
    }

    private async Task<HttpResponseMessage> ForwardAsync(AwsCall call, HttpListenerRequest request, byte[]? body, CancellationToken cancellationToken)
    {
        HttpResponseMessage answer;
        try
        {
            answer = await moto.SendAsync(request, body, cancellationToken);
        }
        catch (HttpRequestException e) when (e.HttpRequestError == HttpRequestError.ConnectionError)
        {
            throw new AwsError(HttpStatusCode.ServiceUnavailable, "ServiceUnavailable", $"LocalCloud cannot do {call}: moto_server does not answer ({e.Message}). See moto.log in the cloud's folder.");
        }
        await ThrowIfMotoCannotAsync(call, answer, cancellationToken);
        return answer;
    }

    /// <summary>
    /// moto's answer to what it does not have (and to its own defects) is an HTML page with status 500, which clients cannot read and try
    /// again and again; where the path names the operation, it is its web server's page with status 404 or 405.
    /// </summary>
    private static async Task ThrowIfMotoCannotAsync(AwsCall call, HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        if (answer.Content.Headers.ContentType?.MediaType == "text/html" &&
            (answer.StatusCode == HttpStatusCode.InternalServerError || await IsPageOfServerAsync(answer, cancellationToken)))
        {
            answer.Dispose();
            throw new AwsError(HttpStatusCode.NotImplemented, "NotImplemented",
                $"LocalCloud cannot do {call}: moto does not implement it, or failed at it (see moto.log in the cloud's folder).");
        }
    }

    /// <summary>text/html is also what moto says of some answers in JSON: only the text tells.</summary>
    private static async Task<bool> IsPageOfServerAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        if (answer.StatusCode is not (HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed))
            return false;
        await answer.Content.LoadIntoBufferAsync();
        return (await answer.Content.ReadAsStringAsync(cancellationToken)).StartsWith("<!doctype html>", StringComparison.OrdinalIgnoreCase);
    }
}
