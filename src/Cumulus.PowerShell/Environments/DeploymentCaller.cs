using Cumulus.Engine;
using Cumulus.Engine.Aws;
using Cumulus.Engine.Environments;

namespace Cumulus.PowerShell;

/// <summary>Who runs the command, as records of deployments have it.</summary>
internal static class DeploymentCaller
{
    /// <summary>What AWS does not tell is left out: the record is better without it than not there.</summary>
    public static async Task<DeploymentOrigin> OfAsync(AwsGateways aws, ICmdletHost host, CancellationToken stop)
    {
        string? arn = null;
        try
        {
            arn = (await aws.IdentityAsync(stop)).Arn;
        }
        catch (CumulusException e)
        {
            host.WriteVerbose($"Who deploys is not known to AWS: {e.Message}");
        }

        return new DeploymentOrigin(Environment.UserName, Environment.MachineName, arn);
    }

    /// <summary>An alarm in the caller's account, by its name or its ARN.</summary>
    /// <exception cref="CumulusException"><see cref="ErrorIds.NameInvalid"/>: a name, and the account is not known.</exception>
    public static string AlarmArn(string alarm, string region, DeploymentOrigin origin)
    {
        if (alarm.StartsWith("arn:", StringComparison.Ordinal)) return alarm;
        if (origin.Principal?.Split(':') is [_, var partition, _, _, { Length: > 0 } account, ..]) return $"arn:{partition}:cloudwatch:{region}:{account}:alarm:{alarm}";
        throw new CumulusException(ErrorIds.NameInvalid, FailureKind.InvalidInput, $"The account of alarm '{alarm}' is not known.") { Target = alarm, Advice = "Give the alarm's ARN." };
    }
}
