using System.Net;
using Cumulus.LocalCloud.Proxy;

namespace Cumulus.LocalCloud.Faults;

/// <summary>
/// The errors that services answer with, in the words of each protocol: the common errors of EC2
/// (https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html), S3
/// (https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html), the query protocol
/// (https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/CommonErrors.html) and JSON
/// (https://docs.aws.amazon.com/systems-manager/latest/APIReference/CommonErrors.html). SNS and SQS have some of their own in their service models.
/// </summary>
internal static class FaultErrors
{
    /// <param name="principal">ARN of the caller.</param>
    public static AwsError Of(CallFault fault, AwsCall call, string principal)
    {
        var (status, code, words) = fault.Kind switch
        {
            CallFaultKind.Throttle => Throttled(call),
            CallFaultKind.ServerError => Failed(call),
            CallFaultKind.Unavailable => Unavailable(call),
            CallFaultKind.AccessDenied => Denied(call, principal),
            CallFaultKind.ExpiredToken => Expired(call),
            _ => throw new ArgumentOutOfRangeException(nameof(fault), fault.Kind, "This is no fault that answers with an error."),
        };
        return new AwsError((HttpStatusCode)status, code, fault.Message ?? words);
    }

    private static (int, string, string) Throttled(AwsCall call) => (call.Protocol, call.Service) switch
    {
        (AwsProtocol.S3, _) => (503, "SlowDown", "Please reduce your request rate."),
        (AwsProtocol.Ec2, _) => (503, "RequestLimitExceeded", "Request limit exceeded."),
        (AwsProtocol.Query, "sns") => (429, "Throttled", "Rate exceeded"),
        (AwsProtocol.Query, _) => (400, "Throttling", "Rate exceeded"),
        (AwsProtocol.Json, "sqs") => (400, "RequestThrottled", "Rate exceeded"),
        (AwsProtocol.RestJson, _) => (429, "TooManyRequestsException", "Rate exceeded"),
        _ => (400, "ThrottlingException", "Rate exceeded"),
    };

    private static (int, string, string) Failed(AwsCall call) => (call.Protocol, call.Service) switch
    {
        (AwsProtocol.S3, _) => (500, "InternalError", "We encountered an internal error. Please try again."),
        (AwsProtocol.Ec2, _) => (500, "InternalError", "An internal error has occurred"),
        (AwsProtocol.Query, "sns") => (500, "InternalError", "An internal error has occurred"),
        (AwsProtocol.Json, "ssm") => (500, "InternalServerError", "An error occurred on the server side."),
        _ => (500, "InternalFailure", "The request processing has failed because of an unknown error, exception or failure."),
    };

    private static (int, string, string) Unavailable(AwsCall call) => call.Protocol switch
    {
        AwsProtocol.S3 => (503, "ServiceUnavailable", "Please reduce your request rate."),
        AwsProtocol.Ec2 => (503, "Unavailable", "The service is unavailable. Please try again shortly."),
        _ => (503, "ServiceUnavailable", "The request has failed due to a temporary failure of the server."),
    };

    private static (int, string, string) Denied(AwsCall call, string principal)
    {
        var action = $"{call.Service}:{call.Operation}";
        var words = $"User: {principal} is not authorized to perform: {action} on resource: {(call.Arns is [var first, ..] ? first : "*")}";
        return (call.Protocol, call.Service) switch
        {
            (AwsProtocol.S3, _) => (403, "AccessDenied", words),
            (AwsProtocol.Ec2, _) => (403, "UnauthorizedOperation", $"You are not authorized to perform this operation. {words}"),
            (AwsProtocol.Query, "sns") => (403, "AuthorizationError", words),
            (AwsProtocol.Query, _) => (403, "AccessDenied", words),
            (AwsProtocol.RestJson, _) => (403, "AccessDeniedException", words),
            _ => (400, "AccessDeniedException", words),
        };
    }

    private static (int, string, string) Expired(AwsCall call) => call.Protocol switch
    {
        AwsProtocol.S3 => (400, "ExpiredToken", "The provided token has expired."),
        AwsProtocol.Ec2 => (400, "RequestExpired", "Request has expired."),
        AwsProtocol.Query => (403, "ExpiredToken", "The security token included in the request is expired"),
        AwsProtocol.RestJson => (403, "ExpiredTokenException", "The security token included in the request is expired"),
        _ => (400, "ExpiredTokenException", "The security token included in the request is expired"),
    };
}
