using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Amazon.Runtime;

namespace Cumulus.Engine.Aws;

/// <summary>What was called, for the words of an error.</summary>
/// <param name="Service">As people call it: S3, CloudFormation.</param>
/// <param name="Bucket">For S3 calls.</param>
/// <param name="Key">For those about one object.</param>
/// <param name="Endpoint">Address or host that the call goes to.</param>
internal sealed record AwsCall(string Service, string Operation, string Endpoint, string? Bucket = null, string? Key = null)
{
    public string Subject => (Bucket, Key) switch
    {
        (null, _) => $"{Service} {Operation}",
        (_, null) => $"{Service} {Operation} on bucket '{Bucket}'",
        _ => $"{Service} {Operation} on bucket '{Bucket}', key '{Key}'",
    };

    public bool IsHead => Operation.StartsWith("Head", StringComparison.Ordinal);
}

/// <summary>
/// The one place where failures of the SDK become failures of Cumulus. Codes: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html and
/// https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/CommonErrors.html.
/// </summary>
internal static partial class AwsErrors
{
    private static readonly HashSet<string> Denied = new(StringComparer.Ordinal)
    {
        "AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "UnauthorizedAccess", "NotAuthorized", "OptInRequired", "AllAccessDisabled", "AccountProblem",
    };

    private static readonly HashSet<string> Rejected = new(StringComparer.Ordinal)
    {
        "ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired", "InvalidClientTokenId", "InvalidAccessKeyId", "InvalidToken",
        "SignatureDoesNotMatch", "AuthFailure", "UnrecognizedClientException", "IncompleteSignature", "MissingAuthenticationToken",
    };

    private static readonly HashSet<string> Expired = new(StringComparer.Ordinal) { "ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired" };

    /// <summary>Runs one call; what the SDK throws comes out as a <see cref="CumulusException"/>, a cancellation by the caller as it is.</summary>
    public static async Task<T> GuardAsync<T>(AwsCall call, Func<Task<T>> action, CancellationToken cancellationToken)
    {
        try
        {
            return await action();
        }
        catch (Exception e) when (Translate(e, call, cancellationToken) is { } failure)
        {
            throw failure;
        }
    }

    /// <summary>Null for what is no failure of a call: a cancellation, a defect.</summary>
    public static CumulusException? Translate(Exception exception, AwsCall call, CancellationToken cancellationToken) => exception switch
    {
        CumulusException => null,
        OperationCanceledException when cancellationToken.IsCancellationRequested => null,
        OperationCanceledException => Unreachable(exception, call, "it did not answer in time"),
        AmazonServiceException { StatusCode: not 0 } e => OfService(e, call),
        _ when Find<SocketException>(exception) is { } e => Unreachable(exception, call, e.Message),
        _ when Find<HttpRequestException>(exception) is { } e => Unreachable(exception, call, e.Message),
        AmazonServiceException e => OfService(e, call),
        AmazonClientException e when Find<AmazonServiceException>(e.InnerException) is { } cause => RejectedCredentials(e, call, cause.Message),
        AmazonClientException e when IsAboutCredentials(e) => NoCredentials(e.Message, e),
        AmazonClientException e => Failed(e, call, e.Message),
        IOException e when Find<HttpIOException>(e) is not null => Unreachable(e, call, e.Message),
        _ => null,
    };

    /// <param name="reason">A sentence to go with it; empty for none.</param>
    public static CumulusException NoCredentials(string reason, Exception? inner) =>
        new(ErrorIds.CredentialsNotFound, FailureKind.AccessDenied, $"No AWS credentials were found. {Sentence(reason)}".TrimEnd(), inner)
        { Advice = "Give -ProfileName, sign in (aws sso login), set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or run where an instance role is." };

    private static CumulusException OfService(AmazonServiceException e, AwsCall call)
    {
        string code = e.ErrorCode ?? "";
        if (code == "NoSuchBucket")
        {
            return BucketNotFound(call, e);
        }

        if (Rejected.Contains(code))
        {
            return RejectedCredentials(e, call, e.Message);
        }

        if (call.IsHead && e.StatusCode is (HttpStatusCode.BadRequest or HttpStatusCode.Forbidden))
        {
            return OfHead(e, call);
        }

        return Denied.Contains(code) || e.StatusCode == HttpStatusCode.Forbidden ? AccessDenied(e, call) : Failed(e, call, Describe(e));
    }

    /// <summary>The answer to a HEAD has no body, and so no code: https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html. The SDK's filler text is left out.</summary>
    private static CumulusException OfHead(AmazonServiceException e, AwsCall call) => e.StatusCode == HttpStatusCode.Forbidden
        ? new(ErrorIds.AccessDenied, FailureKind.AccessDenied, $"Access denied: {call.Subject}. S3 gives no reason for this call (HTTP 403).{RequestId(e)}", e)
        {
            Target = call.Bucket,
            Advice = "Allow s3:GetObject and s3:ListBucket to the principal, or connect as another one; policies of the bucket and of the organization count too. "
                + "Keys that are not valid are refused in the same way: Connect-Cumulus shows whether yours are.",
        }
        : new(ErrorIds.AwsRequestFailed, FailureKind.OperationFailed, $"{call.Subject} failed: S3 gives no reason for this call (HTTP 400).{RequestId(e)}", e)
        { Target = call.Bucket, Advice = "The usual causes are credentials that have expired (Connect-Cumulus shows it) and a bucket in another region." };

    public static CumulusException BucketNotFound(AwsCall call, Exception? inner) =>
        new(ErrorIds.BucketNotFound, FailureKind.NotFound, $"There is no bucket '{call.Bucket}' ({call.Service} {call.Operation} at {call.Endpoint}).", inner)
        { Target = call.Bucket, Advice = "Check the name, the account and the region, or create the bucket." };

    private static CumulusException AccessDenied(AmazonServiceException e, AwsCall call)
    {
        // Where the service names who was refused what, that is said; S3 often says only "Access Denied".
        Match detail = NotAuthorized().Match(e.Message ?? "");
        string who = detail.Success ? $" {detail.Groups["who"].Value} may not call {detail.Groups["what"].Value}." : "";
        string reason = detail.Success || string.IsNullOrWhiteSpace(e.Message) ? "" : $" {Sentence(e.Message)}";
        string permission = detail.Success ? detail.Groups["what"].Value : $"{call.Service.Replace(" ", "", StringComparison.Ordinal).ToLowerInvariant()}:{call.Operation}";
        return new CumulusException(ErrorIds.AccessDenied, FailureKind.AccessDenied, $"Access denied: {call.Subject}.{who}{reason}{RequestId(e)}", e)
        { Target = call.Bucket, Advice = $"Allow {permission} to the principal, or connect as another one; policies of the bucket and of the organization count too." };
    }

    private static CumulusException RejectedCredentials(Exception e, AwsCall call, string reason)
    {
        bool expired = e is AmazonServiceException { ErrorCode: { } code } && Expired.Contains(code);
        string what = expired ? "The AWS credentials have expired" : "AWS does not accept the credentials";
        return new CumulusException(ErrorIds.CredentialsRejected, FailureKind.AccessDenied, $"{what} ({call.Subject}): {Sentence(reason)}", e)
        { Advice = expired ? "Sign in again (aws sso login), or renew the session token." : "Check keys, profile and role, and the clock of this machine." };
    }

    private static CumulusException Unreachable(Exception e, AwsCall call, string reason) =>
        new(ErrorIds.EndpointUnreachable, FailureKind.Unavailable, $"{call.Endpoint} cannot be reached ({call.Subject}): {Sentence(reason)}", e)
        { Target = call.Endpoint, Advice = "Check network, proxy, region and endpoint." };

    private static CumulusException Failed(Exception e, AwsCall call, string reason) =>
        new(ErrorIds.AwsRequestFailed, e is AmazonServiceException { StatusCode: >= HttpStatusCode.InternalServerError } ? FailureKind.Unavailable : FailureKind.OperationFailed, $"{call.Subject} failed: {reason}", e)
        { Target = call.Bucket, Advice = Advice(e) };

    private static string Describe(AmazonServiceException e) =>
        $"{(string.IsNullOrWhiteSpace(e.Message) ? "no reason given." : Sentence(e.Message))} ({e.ErrorCode ?? "no code"}, HTTP {(int)e.StatusCode}){RequestId(e)}";

    private static string RequestId(AmazonServiceException e) => string.IsNullOrEmpty(e.RequestId) ? "" : $" Request id {e.RequestId}.";

    private static string? Advice(Exception e) => (e as AmazonServiceException)?.ErrorCode switch
    {
        "InsufficientCapabilitiesException" => "Name the capabilities that the template needs in 'capabilities' of the stack.",
        "Throttling" or "ThrottlingException" or "RequestLimitExceeded" or "SlowDown" => "Too many calls at once in the account: try again a little later.",
        { } code when code.StartsWith("KMS.", StringComparison.Ordinal) => "Check the KMS key: its id or ARN, that it is in the bucket's region and enabled, and that the principal may use it (kms:GenerateDataKey, kms:Decrypt).",
        "PermanentRedirect" or "AuthorizationHeaderMalformed" => "The bucket is in another region: connect to that one.",
        "LimitExceededException" => "A quota of the account is used up: remove something or ask AWS for more.",
        _ => null,
    };

    // The SDK has no type of its own for it.
    private static bool IsAboutCredentials(AmazonClientException e) => CredentialWords().IsMatch(e.Message);

    private static T? Find<T>(Exception? e)
        where T : Exception
    {
        while (e is not null and not T)
        {
            e = e.InnerException;
        }

        return (T?)e;
    }

    private static string Sentence(string text) => text.TrimEnd() is { Length: > 0 } t ? (t[^1] is '.' or '!' or '?' ? t : t + ".") : "";

    [GeneratedRegex(@"(?:User: )?(?<who>arn:\S+) is not authorized to perform: (?<what>[A-Za-z0-9]+:[A-Za-z0-9*]+)")]
    private static partial Regex NotAuthorized();

    [GeneratedRegex(@"credential|\bSSO\b|\bprofile\b|assum", RegexOptions.IgnoreCase)]
    private static partial Regex CredentialWords();
}
