using System.Net;
using System.Security;
using System.Text;
using System.Text.Json;

namespace Cumulus.LocalCloud.Proxy;

/// <summary>An error answer, written in the words of the service's protocol so that every client understands it.</summary>
internal sealed class AwsError(HttpStatusCode status, string code, string message) : Exception(message)
{
    public HttpStatusCode Status { get; } = status;

    public string Code { get; } = code;

    /// <summary>
    /// The credentials are not those of this cloud. Each protocol has its own code for that
    /// (https://docs.aws.amazon.com/AWSEC2/latest/APIReference/CommonErrors.html, .../AmazonS3/latest/API/ErrorResponses.html).
    /// </summary>
    public static AwsError UnknownCredentials(AwsProtocol protocol)
    {
        const string message = "The credentials are not those of this local cloud. Start-LocalCloud returns the right ones.";
        return protocol switch
        {
            AwsProtocol.S3 => new(HttpStatusCode.Forbidden, "InvalidAccessKeyId", message),
            AwsProtocol.Ec2 => new(HttpStatusCode.Unauthorized, "AuthFailure", message),
            AwsProtocol.Query => new(HttpStatusCode.Forbidden, "InvalidClientTokenId", message),
            _ => new(HttpStatusCode.Forbidden, "UnrecognizedClientException", message),
        };
    }

    /// <summary>
    /// The key is one of this cloud, and the secret is not
    /// (https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html, https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html).
    /// </summary>
    public static AwsError WrongSignature(AwsProtocol protocol)
    {
        const string message = "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method.";
        return protocol switch
        {
            AwsProtocol.S3 or AwsProtocol.Query => new(HttpStatusCode.Forbidden, "SignatureDoesNotMatch", message),
            AwsProtocol.Ec2 => new(HttpStatusCode.Unauthorized, "AuthFailure", "AWS was not able to validate the provided access credentials"),
            _ => new(HttpStatusCode.BadRequest, "InvalidSignatureException", message),
        };
    }

    public static AwsError NotBuilt(AwsCall call, string? detail = null) => new(
        HttpStatusCode.BadRequest, "NotImplemented", $"LocalCloud does not do {call}{(detail is null ? "" : $" {detail}")}.");

    public Answer ToAnswer(AwsProtocol protocol)
    {
        var code = SecurityElement.Escape(Code);
        var message = SecurityElement.Escape(Message);
        var id = Guid.NewGuid().ToString();
        return protocol switch
        {
            AwsProtocol.S3 => Xml($"<Error><Code>{code}</Code><Message>{message}</Message><RequestId>{id}</RequestId></Error>"),
            AwsProtocol.Ec2 => Xml($"<Response><Errors><Error><Code>{code}</Code><Message>{message}</Message></Error></Errors><RequestID>{id}</RequestID></Response>"),
            AwsProtocol.Query => Xml($"<ErrorResponse><Error><Type>{((int)Status < 500 ? "Sender" : "Receiver")}</Type><Code>{code}</Code><Message>{message}</Message></Error><RequestId>{id}</RequestId></ErrorResponse>"),
            AwsProtocol.Cbor => new Answer(Status, "application/cbor", CborError.Write(Code, Message)) { IsCbor = true },
            _ => new Answer(Status, "application/x-amz-json-1.1", JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, string>
            {
                ["__type"] = Code,
                ["message"] = Message,
            }))
            { ErrorType = Code },
        };
    }

    private Answer Xml(string body) => new(Status, "text/xml", Encoding.UTF8.GetBytes("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + body));
}
