using System.Globalization;
using System.Xml.Linq;
using Cumulus.LocalCloud.CloudFormation.Resources;

namespace Cumulus.LocalCloud.Ec2;

/// <summary>
/// The arguments of RunInstances that a launch template stands for
/// (https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ResponseLaunchTemplateData.html): names in upper case, lists without "Set".
/// </summary>
internal static class LaunchArguments
{
    /// <param name="tags">Of the instance, beside those of the template; these win.</param>
    public static QueryArguments From(LaunchTemplateVersion template, IEnumerable<KeyValuePair<string, string>> tags)
    {
        var arguments = new QueryArguments();
        var all = template.Data.Elements("tagSpecificationSet").Elements("item")
            .Where(specification => specification.Element("resourceType")?.Value == "instance")
            .SelectMany(specification => specification.Elements("tagSet").Elements("item"))
            .ToDictionary(tag => tag.Element("key")!.Value, tag => tag.Element("value")?.Value ?? "");
        // EC2 adds these by itself: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/launch-instances-from-launch-template.html
        all["aws:ec2launchtemplate:id"] = template.Id;
        all["aws:ec2launchtemplate:version"] = template.Number;
        foreach (var (key, value) in tags)
            all[key] = value;
        arguments.Add("TagSpecification.1.ResourceType", "instance");
        arguments.AddTags("TagSpecification.1.Tag", all);
        foreach (var element in template.Data.Elements())
        {
            // moto takes no groups of an interface; those of the first one are the instance's own.
            if (element.Name == "networkInterfaceSet")
                arguments.AddList("SecurityGroupId", element.Elements().Take(1).Elements("groupSet").Elements().Select(group => group.Value));
            else if (element.Name != "tagSpecificationSet")
                Add(arguments, element, "");
        }
        return arguments;
    }

    private static void Add(QueryArguments arguments, XElement element, string prefix)
    {
        var name = prefix + char.ToUpperInvariant(element.Name.LocalName[0]) + element.Name.LocalName[1..];
        if (name.EndsWith("Set", StringComparison.Ordinal))
        {
            foreach (var (item, index) in element.Elements().Select((item, index) => (item, index)))
                AddContent(arguments, item, string.Create(CultureInfo.InvariantCulture, $"{name[..^3]}.{index + 1}"));
        }
        else
        {
            AddContent(arguments, element, name);
        }
    }

    private static void AddContent(QueryArguments arguments, XElement element, string name)
    {
        if (!element.HasElements)
            arguments.Add(name, element.Value);
        foreach (var child in element.Elements())
            Add(arguments, child, name + ".");
    }
}
