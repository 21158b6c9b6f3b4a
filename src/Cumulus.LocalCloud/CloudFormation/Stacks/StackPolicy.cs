using System.IO.Enumeration;
using System.Text.Json.Nodes;
using Cumulus.LocalCloud.CloudFormation.Templates;

namespace Cumulus.LocalCloud.CloudFormation.Stacks;

/// <summary>
/// Which updates of which resources are allowed (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/protect-stack-resources.html). Where
/// there is a policy, what no statement allows is denied, and a denial is stronger than what allows.
/// </summary>
internal sealed class StackPolicy(JsonNode? document)
{
    private static readonly string[] Tests = ["StringEquals", "StringLike"];

    public static StackPolicy Parse(string? text) => new(text is null ? null : TemplateReader.Read(text));

    /// <param name="action">Update:Modify, Update:Replace or Update:Delete.</param>
    /// <exception cref="TemplateException">The policy denies it.</exception>
    public void Require(ResourceDeclaration resource, string action)
    {
        if (document is null)
            return;
        var statements = TemplateValue.Items(TemplateValue.Child(document, "Statement"));
        var denied = statements.FirstOrDefault(statement => TemplateValue.Text(statement, "Effect") == "Deny" && Fits(statement, resource, action));
        if (denied is null && statements.Any(statement => TemplateValue.Text(statement, "Effect") == "Allow" && Fits(statement, resource, action)))
            return;
        var which = denied is null ? "no statement of it allows" : $"Statement [#{statements.ToList().IndexOf(denied) + 1}] does not allow";
        throw new TemplateException($"Action denied by stack policy: {which} [{action}] for resource [LogicalResourceId/{resource.LogicalId}]");
    }

    private static bool Fits(JsonNode? statement, ResourceDeclaration resource, string action)
    {
        bool Names(string name, string value) => TemplateValue.Texts(TemplateValue.Child(statement, name)).Any(pattern => FileSystemName.MatchesSimpleExpression(pattern, value, ignoreCase: false));
        bool Has(string name) => TemplateValue.Child(statement, name) is not null;

        var target = "LogicalResourceId/" + resource.LogicalId;
        var fits = (Has("NotAction") ? !Names("NotAction", action) : Names("Action", action)) &&
            (Has("NotResource") ? !Names("NotResource", target) : Names("Resource", target) || Names("Resource", "*"));
        var condition = TemplateValue.Child(statement, "Condition");
        return fits && (condition is null || Tests.SelectMany(test => TemplateValue.Texts(TemplateValue.Child(TemplateValue.Child(condition, test), "ResourceType")))
            .Any(pattern => FileSystemName.MatchesSimpleExpression(pattern, resource.Type, ignoreCase: false)));
    }
}
