using System.Xml.Linq;
using Cumulus.LocalCloud.CloudFormation.Resources;
using Cumulus.LocalCloud.Moto;

namespace Cumulus.LocalCloud.Ec2;

/// <summary>A version of a launch template.</summary>
/// <param name="Data">As EC2 describes it, names without namespace.</param>
internal sealed record LaunchTemplateVersion(string Id, string Name, string Number, XElement Data);

/// <summary>Reads launch templates: moto keeps them well, but launches from few of them and then ignores most of what they say.</summary>
internal sealed class LaunchTemplates(MotoClient moto)
{
    /// <param name="version">A number, <c>$Latest</c> or <c>$Default</c>; null is the default.</param>
    /// <exception cref="MotoException">There is no such template or version.</exception>
    public async Task<LaunchTemplateVersion> ReadAsync(string region, string? id, string? name, string? version, CancellationToken cancellationToken)
    {
        var answer = await moto.CallAsync("ec2", region, "DescribeLaunchTemplateVersions", new QueryArguments
        {
            { "LaunchTemplateId", id },
            { "LaunchTemplateName", id is null ? name : null },
            { "LaunchTemplateVersion.1", string.IsNullOrEmpty(version) ? "$Default" : version },
        }, cancellationToken);
        var found = answer.Elements("launchTemplateVersionSet").Elements("item").FirstOrDefault() ??
            throw new MotoException("ec2", "DescribeLaunchTemplateVersions", 400, "InvalidLaunchTemplateId.VersionNotFound",
                $"Could not find the specified version {version} for the launch template with ID {id ?? name}.");
        return new LaunchTemplateVersion(
            found.Element("launchTemplateId")!.Value, found.Element("launchTemplateName")!.Value, found.Element("versionNumber")!.Value,
            found.Element("launchTemplateData") ?? new XElement("launchTemplateData"));
    }
}
