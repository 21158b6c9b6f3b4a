using System.Management.Automation;
using Cumulus.Engine.Aws;
using Cumulus.Engine.Configuration;

namespace Cumulus.PowerShell;

/// <summary>Chooses how this session reaches AWS, after it has asked AWS who that is.</summary>
[Cmdlet(VerbsCommunications.Connect, "Cumulus", DefaultParameterSetName = "Chain")]
[OutputType(typeof(CumulusConnection))]
public sealed class ConnectCumulusCommand : CumulusCmdlet
{
    /// <summary>AWS region code.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(RegionCompleter))]
    public string? Region { get; set; }

    /// <summary>Profile of the AWS configuration files; SSO and role profiles too.</summary>
    [Parameter(Position = 0, ParameterSetName = "Chain")]
    [Alias("Profile")]
    [ArgumentCompleter(typeof(ProfileCompleter))]
    public string? ProfileName { get; set; }

    /// <summary>Role to assume, as an ARN.</summary>
    [Parameter]
    public string? RoleArn { get; set; }

    /// <summary>One endpoint for all services, for a local AWS.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("Endpoint")]
    public string? EndpointUrl { get; set; }

    /// <summary>Access key, for a local AWS; for AWS itself use a profile.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Keys", ValueFromPipelineByPropertyName = true)]
    public string? AccessKeyId { get; set; }

    /// <summary>Secret of the access key.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Keys", ValueFromPipelineByPropertyName = true)]
    public string? SecretAccessKey { get; set; }

    /// <summary>Say nothing to the build service that runs this, from now on: no groups, annotations, summary or outputs.</summary>
    [Parameter]
    public SwitchParameter NoCi { get; set; }

    protected override async Task ProcessAsync(CancellationToken stop)
    {
        if (IsBound(nameof(NoCi))) Session.SpeakToPipeline(!IsSet(NoCi));
        var connection = new AwsConnection
        {
            Region = Region,
            ProfileName = ProfileName,
            RoleArn = RoleArn,
            EndpointUrl = EndpointUrl,
            Keys = AccessKeyId is { } id && SecretAccessKey is { } secret ? new StaticKeys(id, secret) : null,
        };
        using AwsGateways aws = await AwsGateways.ConnectAsync(connection, stop);
        AwsIdentity identity = await aws.IdentityAsync(stop);
        Session.Connection = connection;
        WriteObject(new CumulusConnection
        {
            Account = identity.Account,
            Arn = identity.Arn,
            Region = aws.Region,
            CredentialSource = aws.CredentialSource,
            EndpointUrl = aws.EndpointUrl,
        });
    }
}
