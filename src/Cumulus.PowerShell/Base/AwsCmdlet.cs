using System.Management.Automation;
using Cumulus.Engine.Aws;

namespace Cumulus.PowerShell;

/// <summary>Base of the cmdlets that call AWS: where, and as whom.</summary>
public abstract class AwsCmdlet : CumulusCmdlet
{
    /// <summary>AWS region code, such as eu-west-1. Default: the environment's, then the session's, then the SDK's own.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(RegionCompleter))]
    public string? Region { get; set; }

    /// <summary>Profile of the AWS configuration files. Default: the environment's, then the session's, then the SDK's own chain; a session at a local AWS comes before the environment.</summary>
    [Parameter]
    [Alias("Profile")]
    [ArgumentCompleter(typeof(ProfileCompleter))]
    public string? ProfileName { get; set; }

    /// <summary>One endpoint for all services, for a local AWS.</summary>
    [Parameter]
    public string? EndpointUrl { get; set; }

    /// <summary>Clients; the verbose stream gets where the settings came from.</summary>
    /// <param name="instance">For a command that runs on hosts by itself: the instance's role comes before the SDK's chain.</param>
    protected Task<AwsGateways> OpenAwsAsync(AwsConnection? configured, CancellationToken stop, InstanceMetadata? instance = null)
    {
        var given = new AwsConnection { Region = Region, ProfileName = ProfileName, EndpointUrl = EndpointUrl };
        return ConnectAsync(ConnectionChoice.Of(given, Session.Connection, configured), stop, instance);
    }

    private protected async Task<AwsGateways> ConnectAsync(AwsConnection connection, CancellationToken stop, InstanceMetadata? instance = null)
    {
        AwsGateways gateways = await AwsGateways.ConnectAsync(connection, stop, instance);
        string endpoint = gateways.EndpointUrl is { } url ? $", endpoint {url}" : "";
        WriteVerbose($"AWS: region {gateways.Region} ({gateways.RegionSource}), {gateways.CredentialSource}{endpoint}");
        return gateways;
    }
}
