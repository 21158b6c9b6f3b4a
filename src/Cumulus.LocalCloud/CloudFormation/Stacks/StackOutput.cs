namespace Cumulus.LocalCloud.CloudFormation.Stacks;

internal sealed record StackOutput(string Key, string Value, string? Description, string? ExportName);
