using System.Xml.Linq;
using Cumulus.LocalCloud.CloudFormation.Resources;
using Cumulus.LocalCloud.CloudFormation.Stacks;
using Cumulus.LocalCloud.Moto;

namespace Cumulus.LocalCloud.CloudFormation.ChangeSets;

/// <summary>
/// Looks for what would fail, before anything is made: properties against their schemas, names that are taken, and, as a warning, buckets that
/// cannot be deleted (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/validate-stack-deployments.html).
/// </summary>
internal static class EarlyValidation
{
    /// <summary>AWS's words; clients look for them.</summary>
    public static string Words(IEnumerable<Finding> findings)
    {
        var validations = findings.Where(finding => !finding.IsWarning)
            .Select(finding => finding.Validation == "NAME_CONFLICT_VALIDATION" ? "AWS::EarlyValidation::ResourceExistenceCheck" : "AWS::EarlyValidation::PropertyValidation").Distinct();
        return $"The following hook(s)/validation failed: [{string.Join(", ", validations)}]. To troubleshoot Early Validation errors, use the DescribeEvents API for detailed failure information.";
    }

    /// <param name="changes">Those of the imports are done with: what is left to add must not be there.</param>
    public static async Task<IReadOnlyList<Finding>> FindAsync(
        StackServices services, Stack stack, StackDefinition target, IReadOnlyList<ResourceChange> changes, CancellationToken cancellationToken)
    {
        var declared = target.Template.Resources.ToDictionary(resource => resource.LogicalId);
        var findings = new List<Finding>();
        foreach (var change in changes)
        {
            var path = $"/Resources/{change.LogicalId}";
            Finding Of(string validation, bool isWarning, string reason, string? property = null) =>
                new(validation, isWarning, reason, property is null ? path : $"{path}/Properties/{property}", change.LogicalId, change.Type);

            if (change.Action is "Add" or "Modify" && change.After is { } after)
                findings.AddRange(PropertyRules.Check(TypeTable.Find(change.Type)!, after).Select(problem => Of("PROPERTY_VALIDATION", false, problem.Reason, problem.Property)));
            if (change.Action == "Add" && await ResourceImport.FindNamesakeAsync(services, stack, declared[change.LogicalId], change.After!, cancellationToken) is { } taken)
                findings.Add(Of("NAME_CONFLICT_VALIDATION", false, $"Resource of type '{change.Type}' with identifier '{taken}' already exists."));
            if (change is { Action: "Remove", Type: "AWS::S3::Bucket", PolicyAction: "Delete" } && await HasObjectsAsync(services.Moto, stack.Region, change.PhysicalId, cancellationToken))
            {
                findings.Add(Of("BUCKET_EMPTINESS_VALIDATION", true,
                    $"The bucket '{change.PhysicalId}' is not empty. You must either delete all objects and versions or use the deletion policy to retain it, otherwise the delete operation will fail."));
            }
        }
        return findings;
    }

    private static async Task<bool> HasObjectsAsync(MotoClient moto, string region, string bucket, CancellationToken cancellationToken)
    {
        try
        {
            var answer = XElement.Parse(await moto.CallS3Async(HttpMethod.Get, $"/{bucket}?list-type=2&max-keys=1", region, null, cancellationToken));
            return answer.Elements().Any(element => element.Name.LocalName == "Contents");
        }
        catch (MotoException e) when (e.IsNotFound)
        {
            return false;
        }
    }
}
