namespace Cumulus.LocalCloud.CloudFormation.Stacks;

/// <summary>https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DeploymentConfig.html.</summary>
/// <param name="DisableRollback">Null: express mode does not roll back, the standard mode does.</param>
internal sealed record Deployment(bool IsExpress, bool? DisableRollback)
{
    public static Deployment Standard { get; } = new(false, null);

    public OnFailure OnFailure => DisableRollback ?? IsExpress ? OnFailure.DoNothing : OnFailure.Rollback;
}
