using System.Diagnostics;
using System.Net;
using Cumulus.Engine;
using Cumulus.LocalCloud.Calls;
using Cumulus.LocalCloud.CloudFormation.Api;
using Cumulus.LocalCloud.Faults;
using Cumulus.LocalCloud.Signing;

namespace Cumulus.LocalCloud.Proxy;

/// <summary>What happens to one request: who calls is checked, what shall go wrong goes wrong, and all of it is written down.</summary>
internal sealed class RequestHandler(
    CredentialStore credentials, CallRouter router, FaultSchedule faults, CallJournal journal, WaitHandles waits, ControlRequests control, TimeProvider clock, CloudLog log)
{
    private const int BodyLimit = 8 * 1024 * 1024;

    public async Task HandleAsync(HttpListenerContext context, CancellationToken cancellationToken)
    {
        var (request, response) = (context.Request, context.Response);
        var withBody = request.HttpMethod != "HEAD";
        try
        {
            if (ControlRequests.IsControl(request))
                await (await control.AnswerAsync(request, cancellationToken)).WriteAsync(response, withBody, cancellationToken);
            else if (WaitHandles.IsSignal(request))
                await waits.Answer(await ReadAsync(request, cancellationToken), request.Url!.AbsolutePath).WriteAsync(response, withBody, cancellationToken);
            else
                await HandleCallAsync(request, response, withBody, cancellationToken);
        }
        catch (AwsError error)
        {
            await RefuseAsync(error, AwsProtocol.S3, request, response, withBody, cancellationToken);
        }
        catch (Exception e)
        {
            // The client went away, moto broke off, the cloud is stopping, or it has a defect: half an answer may be out already, and a
            // client must not wait for the rest.
            log.Write($"{request.HttpMethod} {request.Url?.AbsolutePath} broke off: {(IsExpected(e) ? e.Message : e)}");
            Cut(response);
        }
    }

    private async Task HandleCallAsync(HttpListenerRequest request, HttpListenerResponse response, bool withBody, CancellationToken cancellationToken)
    {
        var (time, start) = (clock.GetUtcNow(), Stopwatch.GetTimestamp());
        var signature = SignatureCheck.Read(request);
        var call = signature is null ? null : AwsCall.FromHeaders(request, signature);
        var caller = credentials.Find(call?.AccessKeyId ?? "");
        CallFault? fault = null;
        var isNoted = false;
        void Note(int? status, string? errorCode)
        {
            isNoted = true;
            journal.Add(new LocalCloudCall
            {
                Time = time,
                Service = call?.Service ?? "",
                Operation = call?.Operation ?? request.HttpMethod,
                Region = call?.Region ?? "",
                AccessKeyId = call?.AccessKeyId ?? "",
                Principal = caller?.Principal,
                Resources = call?.Resources ?? [],
                Arns = call?.Arns ?? [],
                Status = status,
                ErrorCode = errorCode,
                Duration = Stopwatch.GetElapsedTime(start),
                Fault = fault?.Id,
            });
        }

        try
        {
            // Bodies of S3 may be large.
            var body = call is null || IsStreamed(call, request) ? null : await ReadAsync(request, cancellationToken);
            call = body is null ? call : call!.WithBody(body);
            if (call is null || caller is null)
                throw AwsError.UnknownCredentials(call?.Protocol ?? AwsProtocol.S3);
            if (!SignatureCheck.IsValid(request, signature!, caller.SecretAccessKey, body))
                throw AwsError.WrongSignature(call.Protocol);
            fault = faults.Next<CallFault>(candidate => Fits(candidate, call));
            using var reply = await MeetAsync(fault, call, caller, request, body, cancellationToken);
            Note(reply?.Status, reply?.ErrorCode);
            if (reply is null)
                Cut(response);
            else
                await reply.WriteAsync(response, withBody, cancellationToken);
        }
        catch (AwsError error)
        {
            Note((int)error.Status, error.Code);
            await RefuseAsync(error, call?.Protocol ?? AwsProtocol.S3, request, response, withBody, cancellationToken);
        }
        catch (Exception) when (!isNoted)
        {
            Note(null, null);
            throw;
        }
    }

    /// <returns>Null when the connection is to be cut.</returns>
    private async Task<Reply?> MeetAsync(CallFault? fault, AwsCall call, Credentials caller, HttpListenerRequest request, byte[]? body, CancellationToken cancellationToken)
    {
        switch (fault?.Kind)
        {
            case null:
                break;
            case CallFaultKind.Delay:
                await Task.Delay(fault.Delay, clock, cancellationToken);
                break;
            case CallFaultKind.Reset:
                return null;
            case CallFaultKind.ResetAfter:
                (await router.AnswerAsync(call, caller, request, body, cancellationToken)).Dispose();
                return null;
            default:
                throw FaultErrors.Of(fault, call, caller.Principal);
        }
        return await router.AnswerAsync(call, caller, request, body, cancellationToken);
    }

    private static bool Fits(CallFault fault, AwsCall call) =>
        FaultSchedule.Fits(fault.Service, call.Service) && FaultSchedule.Fits(fault.Operation, call.Operation ?? "") &&
        (fault.Resource is null || call.Resources.Concat(call.Arns).Any(name => FaultSchedule.Fits(fault.Resource, name)));

    private static bool IsStreamed(AwsCall call, HttpListenerRequest request) =>
        call.Protocol == AwsProtocol.S3 || (call.Protocol == AwsProtocol.RestJson && request.Headers["X-Amz-Content-Sha256"] is not null);

    private static async Task RefuseAsync(AwsError error, AwsProtocol protocol, HttpListenerRequest request, HttpListenerResponse response, bool withBody, CancellationToken cancellationToken)
    {
        // A client that still sends would take the closed connection for the answer.
        await request.InputStream.CopyToAsync(Stream.Null, cancellationToken);
        await error.ToAnswer(protocol).WriteAsync(response, withBody, cancellationToken);
    }

    /// <summary>
    /// Ends the connection. <see cref="HttpListener"/> outside of Windows ends an aborted response in good order, as a success without content; after a
    /// preliminary answer (RFC 9110, 15.2) clients take it for what it is, and do not silently try again on another connection.
    /// </summary>
    private static void Cut(HttpListenerResponse response)
    {
        try
        {
            response.StatusCode = (int)HttpStatusCode.Continue;
            response.ContentLength64 = 0;
        }
        catch (InvalidOperationException)
        {
            // Half an answer is out: its length tells that the rest is missing.
        }
        response.Abort();
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
