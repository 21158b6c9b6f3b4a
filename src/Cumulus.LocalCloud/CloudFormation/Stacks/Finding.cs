namespace Cumulus.LocalCloud.CloudFormation.Stacks;

/// <summary>
/// What is wrong with a template before anything is made of it
/// (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/validate-stack-deployments.html).
/// </summary>
/// <param name="Validation">PROPERTY_VALIDATION, NAME_CONFLICT_VALIDATION or BUCKET_EMPTINESS_VALIDATION.</param>
/// <param name="IsWarning">Whether the operation may go on.</param>
/// <param name="Path">In the template.</param>
internal sealed record Finding(string Validation, bool IsWarning, string Reason, string Path, string LogicalId, string Type);
