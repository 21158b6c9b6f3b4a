using System.Management.Automation;
using Cumulus.Engine.Aws;
using Cumulus.Engine.Configuration;

namespace Cumulus.PowerShell;

/// <summary>Base of the cmdlets that call AWS: where, and as whom.</summary>
public abstract class AwsCmdlet : CumulusCmdlet
{
    /// <summary>AWS region code, such as eu-west-1. Default: the environment's, then the session's, then the SDK's own.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? Region { get; set; }

    /// <summary>Profile of the AWS configuration files. Default: the session's, then the environment's, then the SDK's own chain.</summary>
    [Parameter]
    [Alias("Profile")]
    public string? ProfileName { get; set; }

    /// <summary>One endpoint for all services, for a local AWS.</summary>
    [Parameter]
    public string? EndpointUrl { get; set; }

    /// <summary>Clients for one environment, or for none; the verbose stream gets where the settings came from.</summary>
    protected AwsGateways OpenAws(EnvironmentDefinition? environment = null)
    {
        var given = new AwsConnection { Region = Region, ProfileName = ProfileName, EndpointUrl = EndpointUrl };
        var gateways = new AwsGateways(AwsConnection.Choose(given, Session.Connection, environment));
        WriteVerbose($"AWS: region {gateways.Region}, credentials from {gateways.CredentialSource}{(gateways.EndpointUrl is { } url ? $", endpoint {url}" : "")}");
        return gateways;
    }
}
