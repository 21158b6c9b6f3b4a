using System.Net;
using System.Text;
using Cumulus.Engine;
using Cumulus.LocalCloud.CloudFormation.Api;
using Cumulus.LocalCloud.Fleet;
using Cumulus.LocalCloud.Ssm;

namespace Cumulus.LocalCloud.Proxy;

/// <summary>What happens to one request.</summary>
internal sealed class RequestHandler(
    Credentials credentials, Forwarder moto, HostFleet fleet, RunCommandApi runCommand, PlayedServices played, CloudFormationApi cloudFormation, WaitHandles waits, ControlRequests control, CloudLog log)
{
    private const int BodyLimit = 8 * 1024 * 1024;

    private static readonly HashSet<string> Changing = ["ec2", "autoscaling"];

    public async Task HandleAsync(HttpListenerContext context, CancellationToken cancellationToken)
    {
        var (request, response) = (context.Request, context.Response);
        var withBody = request.HttpMethod != "HEAD";
        var protocol = AwsProtocol.S3;
        try
        {
            if (ControlRequests.IsControl(request))
            {
                await (await control.AnswerAsync(request, cancellationToken)).WriteAsync(response, withBody, cancellationToken);
                return;
            }
            if (WaitHandles.IsSignal(request))
            {
                await waits.Answer(await ReadAsync(request, cancellationToken), request.Url!.AbsolutePath).WriteAsync(response, withBody, cancellationToken);
                return;
            }
            var call = AwsCall.FromHeaders(request);
            protocol = call?.Protocol ?? protocol;
            if (call is null || call.AccessKeyId != credentials.AccessKeyId)
                throw AwsError.UnknownCredentials(protocol);
            await AnswerAsync(call, request, response, withBody, cancellationToken);
        }
        catch (AwsError error)
        {
            // A client that still sends would take the closed connection for the answer.
            await request.InputStream.CopyToAsync(Stream.Null, cancellationToken);
            await error.ToAnswer(protocol).WriteAsync(response, withBody, cancellationToken);
        }
        catch (Exception e)
        {
            // The client went away, moto broke off, the cloud is stopping, or it has a defect: half an answer may be out already, and a
            // client must not wait for the rest.
            log.Write($"{request.HttpMethod} {request.Url?.AbsolutePath} broke off: {(IsExpected(e) ? e.Message : e)}");
            response.Abort();
        }
    }

    private async Task AnswerAsync(AwsCall call, HttpListenerRequest request, HttpListenerResponse response, bool withBody, CancellationToken cancellationToken)
    {
        // Only S3 bodies are large; the others name the operation.
        var body = call.Protocol is AwsProtocol.S3 or AwsProtocol.RestJson ? null : await ReadAsync(request, cancellationToken);
        if (call.Protocol is AwsProtocol.Query or AwsProtocol.Ec2 && body is { Length: > 0 })
            call = call.WithForm(Encoding.UTF8.GetString(body));
        if (call.Service == "ssm" && RunCommandApi.Handles(call))
        {
            await (await runCommand.AnswerAsync(call, body!, cancellationToken)).WriteAsync(response, withBody, cancellationToken);
            return;
        }
        if (call.Service == "cloudformation")
        {
            await (await cloudFormation.AnswerAsync(call, cancellationToken)).WriteAsync(response, withBody, cancellationToken);
            return;
        }
        if (await played.TryAnswerAsync(call, cancellationToken) is { } own)
        {
            await own.WriteAsync(response, withBody, cancellationToken);
            return;
        }
        using var answer = await moto.SendAsync(request, body, cancellationToken);
        await ThrowIfMotoCannotAsync(call, answer, cancellationToken);
        if (Changing.Contains(call.Service) && !call.IsReading)
            fleet.Signal(call.Region);
        await Forwarder.ReturnAsync(answer, response, withBody, cancellationToken);
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

    private static bool IsExpected(Exception e) =>
        e is HttpRequestException or IOException or HttpListenerException or OperationCanceledException or ObjectDisposedException or CumulusException;

    private static async Task<byte[]> ReadAsync(HttpListenerRequest request, CancellationToken cancellationToken)
    {
        using var body = new MemoryStream();
        var buffer = new byte[64 * 1024];
        int read;
        while ((read = await request.InputStream.ReadAsync(buffer, cancellationToken)) > 0)
        {
            body.Write(buffer, 0, read);
            if (body.Length > BodyLimit)
                throw new AwsError(HttpStatusCode.RequestEntityTooLarge, "RequestEntityTooLarge", $"The request is larger than {BodyLimit} bytes.");
        }
        return body.ToArray();
    }
}
