using Amazon.CloudFormation;
using Amazon.Runtime;

namespace Cumulus.Engine.Aws;

/// <summary>How CloudFormation is called: within the budget, with its failures translated. What is throttled was not done, and is tried again.</summary>
/// <param name="endpoint">Where the client goes, for errors.</param>
internal sealed class CloudFormationCalls(IAmazonCloudFormation client, string endpoint, ApiBudget budget)
{
    // On top of the SDK's own tries, and with the budget's rate halved each time.
    private const int ThrottledTries = 3;

    // The code for everything that the service does not like about a request.
    private const string ValidationError = "ValidationError";

    private static readonly HashSet<string> Throttles = new(StringComparer.Ordinal)
    {
        "Throttling", "ThrottlingException", "ThrottledException", "RequestThrottled", "RequestThrottledException", "RequestLimitExceeded",
        "TooManyRequestsException", "BandwidthLimitExceeded", "SlowDown",
    };

    // What a service says that does not know an operation: emulators, and partitions where it is not there yet.
    private static readonly HashSet<string> Unknown = new(StringComparer.Ordinal)
    {
        "NotImplemented", "InvalidAction", "UnknownOperationException", "UnsupportedOperation", "501", "InternalFailure",
    };

    public IAmazonCloudFormation Client => client;

    public async Task<T> CallAsync<T>(string operation, Func<Task<T>> call, CancellationToken cancellationToken)
    {
        for (int tries = 1; ; tries++)
        {
            await budget.EnterAsync(cancellationToken);
            try
            {
                T answer = await AwsErrors.GuardAsync(new AwsCall("CloudFormation", operation, endpoint), call, cancellationToken);
                budget.Succeeded();
                return answer;
            }
            catch (CumulusException e) when (Code(e) is { } code && Throttles.Contains(code))
            {
                budget.Throttled();
                if (tries == ThrottledTries) throw;
            }
        }
    }

    /// <summary>Null for a stack that is not there: it has no error code of its own.</summary>
    public async Task<T?> OrAbsentAsync<T>(string operation, Func<Task<T>> call, CancellationToken cancellationToken)
        where T : AmazonWebServiceResponse
    {
        try
        {
            return await CallAsync(operation, call, cancellationToken);
        }
        catch (CumulusException e) when (IsRefusal(e, out string reason) && reason.Contains("does not exist", StringComparison.Ordinal))
        {
            return null;
        }
        catch (CumulusException e) when (Code(e) is "ChangeSetNotFound" or "ChangeSetNotFoundException")
        {
            return null;
        }
    }

    /// <summary>Null where the service does not know the operation, or the caller may not use it: for what is a help and no need.</summary>
    public async Task<T?> IfKnownAsync<T>(string operation, Func<Task<T>> call, CancellationToken cancellationToken)
        where T : AmazonWebServiceResponse
    {
        try
        {
            return await OrAbsentAsync(operation, call, cancellationToken);
        }
        catch (CumulusException e) when (e.ErrorId == ErrorIds.AccessDenied || (Code(e) is { } code && Unknown.Contains(code)))
        {
            return null;
        }
    }

    public static bool IsRefusal(CumulusException e, out string reason)
    {
        reason = e.InnerException?.Message ?? "";
        return Code(e) == ValidationError;
    }

    public static string? Code(CumulusException e) => (e.InnerException as AmazonServiceException)?.ErrorCode;

    public static string? Text(string? text) => string.IsNullOrEmpty(text) ? null : text;

    public static DateTimeOffset Time(DateTime? time) => time is { } t ? new DateTimeOffset(t.ToUniversalTime(), TimeSpan.Zero) : default;
}
