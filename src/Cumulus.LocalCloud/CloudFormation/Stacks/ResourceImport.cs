using System.Text.Json.Nodes;
using Cumulus.LocalCloud.CloudFormation.Drift;
using Cumulus.LocalCloud.CloudFormation.Resources;
using Cumulus.LocalCloud.CloudFormation.Templates;
using Cumulus.LocalCloud.Moto;

namespace Cumulus.LocalCloud.CloudFormation.Stacks;

/// <summary>Finds what is there already (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/import-resources.html).</summary>
internal static class ResourceImport
{
    /// <summary>The physical id of what has these values of its type's primary identifier; the values that come last make the name.</summary>
    public static string PhysicalId(TypeFacts type, Func<string, string?> value) => value(type.PrimaryIdentifier[^1]) ?? "";

    /// <summary>The thing under this id; null when there is none. Of a type that nothing real is made of, everything is there.</summary>
    public static async Task<ResourceState?> FindAsync(StackServices services, ResourceWork work, string type, string physicalId, CancellationToken cancellationToken) => services.Types(type) switch
    {
        IReadableType readable => (await DriftDetector.FindAsync(readable, work, physicalId, cancellationToken))?.State,
        RecordedType recorded => await recorded.CreateAsync(work, cancellationToken) with { PhysicalId = physicalId },
        _ => throw new TemplateException($"Resource type {type} is not supported for import"),
    };

    /// <summary>The physical id of a real thing that has the name which the template gives; null when there is none, or the name is the service's.</summary>
    public static async Task<string?> FindNamesakeAsync(StackServices services, Stack stack, ResourceDeclaration declaration, JsonObject properties, CancellationToken cancellationToken)
    {
        var type = TypeTable.Find(declaration.Type)!;
        if (services.Types(declaration.Type) is not IReadableType || type.PrimaryIdentifier.Count == 0 || !type.PrimaryIdentifier.All(name => IsKnown(TemplateValue.Text(properties, name))))
            return null;
        var physicalId = PhysicalId(type, name => TemplateValue.Text(properties, name));
        var work = services.Work(stack, new StackResource(declaration), properties);
        try
        {
            return await FindAsync(services, work, declaration.Type, physicalId, cancellationToken) is null ? null : physicalId;
        }
        catch (MotoException)
        {
            // What a service does not look for, as it is no name, is not there.
            return null;
        }
    }

    private static bool IsKnown(string? text) => !string.IsNullOrEmpty(text) && !text.Contains("{{", StringComparison.Ordinal);
}
