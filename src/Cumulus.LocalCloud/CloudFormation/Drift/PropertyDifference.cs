namespace Cumulus.LocalCloud.CloudFormation.Drift;

/// <summary>One value that is not as the template has it (https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_PropertyDifference.html).</summary>
/// <param name="Path">A JSON pointer among the resource's properties.</param>
/// <param name="Expected">As text or JSON; <c>null</c> in words where there is none.</param>
/// <param name="Kind">ADD, REMOVE or NOT_EQUAL.</param>
internal sealed record PropertyDifference(string Path, string Expected, string Actual, string Kind)
{
    /// <summary>The top-level property that it is a part of.</summary>
    public string Property => Path.Split('/')[1];
}
