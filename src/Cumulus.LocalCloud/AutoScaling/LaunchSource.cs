using System.Text.Json.Nodes;
using Cumulus.LocalCloud.CloudFormation.Templates;

namespace Cumulus.LocalCloud.AutoScaling;

/// <summary>What instances are launched from: a version of a launch template, alone or in a mixed instances policy, or a launch configuration.</summary>
/// <param name="InstanceType">Of the policy's first override; null: the template's. LocalCloud has enough of every type, so the first is always the one that is taken.</param>
internal sealed record LaunchSource(string? TemplateId, string? TemplateName, string? Version, string? Configuration, string? InstanceType = null, string? ImageId = null)
{
    /// <summary>Neither template nor configuration.</summary>
    public bool IsEmpty => TemplateId is null && TemplateName is null && Configuration is null;

    /// <summary>From the members of a group, or of the desired configuration of an instance refresh.</summary>
    public static LaunchSource Read(JsonNode? members)
    {
        var policy = TemplateValue.Child(TemplateValue.Child(members, "MixedInstancesPolicy"), "LaunchTemplate");
        if (policy is null)
            return Of(TemplateValue.Child(members, "LaunchTemplate"), TemplateValue.Text(members, "LaunchConfigurationName"));
        var first = TemplateValue.Items(TemplateValue.Child(policy, "Overrides")) is [var given, ..] ? given : null;
        var template = TemplateValue.Child(first, "LaunchTemplateSpecification") ?? TemplateValue.Child(policy, "LaunchTemplateSpecification");
        return Of(template, null) with { InstanceType = TemplateValue.Text(first, "InstanceType"), ImageId = TemplateValue.Text(first, "ImageId") };
    }

    private static LaunchSource Of(JsonNode? template, string? configuration) =>
        new(TemplateValue.Text(template, "LaunchTemplateId"), TemplateValue.Text(template, "LaunchTemplateName"), TemplateValue.Text(template, "Version"), configuration);
}
