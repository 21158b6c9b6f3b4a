namespace Cumulus.LocalCloud.CloudFormation.Api;

/// <summary>What a template is read for.</summary>
internal enum TemplateUse
{
    /// <summary>An operation that nobody reviews: what transforms make of the template must be acknowledged.</summary>
    Operation,

    ChangeSet,
}
