using System.Xml.Linq;
using Cumulus.LocalCloud.CloudFormation.Resources;
using Cumulus.LocalCloud.CloudFormation.Stacks;
using Cumulus.LocalCloud.CloudFormation.Templates;

namespace Cumulus.LocalCloud.CloudFormation.Api;

/// <summary>ValidateTemplate, GetTemplateSummary, GetTemplate, EstimateTemplateCost.</summary>
internal sealed class TemplateCalls(StackEngine engine, ChangeSetCalls changeSets, TemplateSource templates)
{
    // https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ValidateTemplate.html
    public async Task<IEnumerable<XElement?>> ValidateAsync(QueryForm form, string region, CancellationToken cancellationToken)
    {
        var template = await RequireAsync(form, region, cancellationToken);
        return
        [
            Wire.List("Parameters", template.Parameters.Select(parameter => Wire.Member(
                Wire.Text("ParameterKey", parameter.Key),
                Wire.Text("DefaultValue", parameter.Default),
                Wire.Flag("NoEcho", parameter.NoEcho),
                Wire.Text("Description", parameter.Description)))),
            .. Common(template),
        ];
    }

    // https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_GetTemplateSummary.html
    public async Task<IEnumerable<XElement?>> SummarizeAsync(QueryForm form, string region, CancellationToken cancellationToken)
    {
        var template = form.Text("StackName") is { } name
            ? engine.Require(region, name, $"Stack with id {name} does not exist").Definition.Template
            : await RequireAsync(form, region, cancellationToken);
        return
        [
            Wire.List("Parameters", template.Parameters.Select(parameter => Wire.Member(
                Wire.Text("ParameterKey", parameter.Key),
                Wire.Text("DefaultValue", parameter.Default),
                Wire.Text("ParameterType", parameter.Type),
                Wire.Flag("NoEcho", parameter.NoEcho),
                Wire.Text("Description", parameter.Description),
                Wire.Part("ParameterConstraints", parameter.AllowedValues.Count == 0 ? null : Wire.Texts("AllowedValues", parameter.AllowedValues))))),
            .. Common(template),
            Wire.Texts("ResourceTypes", template.ResourceTypes),
            Wire.Text("Version", template.Version),
            Wire.Text("Metadata", template.Metadata?.ToJsonString()),
            Wire.List("ResourceIdentifierSummaries", template.Resources.GroupBy(resource => resource.Type).Where(group => TypeTable.Find(group.Key) is { PrimaryIdentifier.Count: > 0 })
                .Select(group => Wire.Member(
                    Wire.Text("ResourceType", group.Key),
                    Wire.Texts("LogicalResourceIds", group.Select(resource => resource.LogicalId)),
                    Wire.Texts("ResourceIdentifiers", TypeTable.Find(group.Key)!.PrimaryIdentifier)))),
        ];
    }

    // https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_GetTemplate.html
    public IEnumerable<XElement?> Get(QueryForm form, string region)
    {
        var name = form.Text("StackName");
        var template = changeSets.Named(form, region)?.Target.Template ?? engine.Require(region, form.Required("StackName"), $"Stack with id {name} does not exist").Definition.Template;
        return [Wire.Text("TemplateBody", form.Text("TemplateStage") == "Processed" ? template.ProcessedText : template.Text), Wire.Texts("StagesAvailable", ["Original", "Processed"])];
    }

    // https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_EstimateTemplateCost.html: an address, behind which here is nothing.
    public async Task<IEnumerable<XElement?>> EstimateCostAsync(QueryForm form, string region, CancellationToken cancellationToken)
    {
        _ = await RequireAsync(form, region, cancellationToken);
        return [Wire.Text("Url", $"http://calculator.s3.amazonaws.com/calc5.html?key=cloudformation/{Guid.NewGuid()}")];
    }

    private async Task<Template> RequireAsync(QueryForm form, string region, CancellationToken cancellationToken) =>
        await templates.FindAsync(form, region, cancellationToken) ?? throw StackEngine.Refused("Either Template URL or Template Body must be specified.");

    private static IEnumerable<XElement?> Common(Template template) =>
    [
        Wire.Text("Description", template.Description),
        Wire.Texts("Capabilities", template.Capabilities),
        template.IamTypes.Any() ? Wire.Text("CapabilitiesReason", $"The following resource(s) require capabilities: [{string.Join(", ", template.IamTypes)}]") : null,
        Wire.Texts("DeclaredTransforms", template.DeclaredTransforms),
    ];
}
