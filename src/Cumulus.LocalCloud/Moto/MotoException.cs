using Cumulus.Engine;

namespace Cumulus.LocalCloud.Moto;

/// <summary>moto refused a call of the cloud's own.</summary>
/// <param name="code">The service's error code; empty when the answer names none.</param>
internal sealed class MotoException(string service, string action, int status, string code, string reason)
    : CumulusException(ErrorIds.AwsRequestFailed, FailureKind.OperationFailed, $"moto answered {service} {action} with {status}: {reason}")
{
    public string Service { get; } = service;

    public int Status { get; } = status;

    public string Code { get; } = code;

    public string Reason { get; } = reason;

    /// <summary>What was to be deleted or read is not there.</summary>
    public bool IsNotFound => Status == 404 || Code.Contains("NotFound", StringComparison.Ordinal) || Code.Contains("NoSuch", StringComparison.Ordinal) ||
        Code.Contains("NonExistent", StringComparison.Ordinal) || Code.Contains("DoesNotExist", StringComparison.Ordinal);
}
