namespace Cumulus.PowerShell;

/// <summary>Who a session is, and where.</summary>
public sealed record CumulusConnection
{
    /// <summary>Twelve digits.</summary>
    public required string Account { get; init; }

    /// <summary>The caller as AWS names it.</summary>
    public required string Arn { get; init; }

    /// <summary>AWS region code.</summary>
    public required string Region { get; init; }

    /// <summary>Where the credentials came from. Never a secret.</summary>
    public required string CredentialSource { get; init; }

    /// <summary>The one endpoint of all services; null: each service's own.</summary>
    public string? EndpointUrl { get; init; }
}
