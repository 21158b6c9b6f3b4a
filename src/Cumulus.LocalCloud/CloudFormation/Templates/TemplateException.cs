namespace Cumulus.LocalCloud.CloudFormation.Templates;

/// <summary>What is wrong with a template, in CloudFormation's words.</summary>
internal sealed class TemplateException(string message, Exception? inner = null) : Exception(message, inner);
