using System.Xml.Linq;
using Cumulus.LocalCloud.CloudFormation.Stacks;
using Cumulus.LocalCloud.Proxy;

namespace Cumulus.LocalCloud.CloudFormation.Api;

/// <summary>Reads and writes how an operation is to be done.</summary>
internal static class Deployments
{
    /// <exception cref="AwsError">ValidationError: an older argument says something about rollbacks, too.</exception>
    public static Deployment Read(QueryForm form, params string[] older)
    {
        if (!form.Has("DeploymentConfig"))
            return Deployment.Standard;
        if (older.FirstOrDefault(form.Has) is { } name)
            throw StackEngine.Refused($"{name} cannot be specified together with DeploymentConfig");
        var config = form.Part("DeploymentConfig");
        return config.Text("Mode") switch
        {
            null or "STANDARD" => new Deployment(false, config.OptionalFlag("DisableRollback")),
            "EXPRESS" => new Deployment(true, config.OptionalFlag("DisableRollback")),
            var mode => throw StackEngine.Refused($"1 validation error detected: Value '{mode}' at 'deploymentConfig.mode' failed to satisfy constraint: Member must satisfy enum value set: [STANDARD, EXPRESS]"),
        };
    }

    public static XElement Describe(Deployment deployment) => Describe(deployment.IsExpress, deployment.OnFailure == OnFailure.DoNothing);

    public static XElement Describe(bool isExpress, bool disablesRollback) =>
        Wire.Part("DeploymentConfig", Wire.Text("Mode", isExpress ? "EXPRESS" : "STANDARD"), Wire.Flag("DisableRollback", disablesRollback));
}
