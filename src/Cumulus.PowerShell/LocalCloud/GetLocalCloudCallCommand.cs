using System.Management.Automation;
using Cumulus.LocalCloud;

namespace Cumulus.PowerShell;

/// <summary>The calls that were made to a local AWS, the oldest first.</summary>
[Cmdlet(VerbsCommon.Get, "LocalCloudCall")]
[OutputType(typeof(LocalCloudCall))]
public sealed class GetLocalCloudCallCommand : LocalCloudCmdlet
{
    /// <summary>Service, by the name that calls are signed with: s3, ec2, cloudformation. Wildcards are fine.</summary>
    [Parameter(Position = 0)]
    public string? Service { get; set; }

    /// <summary>Operation: PutObject, Describe*. Wildcards are fine.</summary>
    [Parameter(Position = 1)]
    public string? Operation { get; set; }

    /// <summary>Name, id or ARN that the call is about. Wildcards are fine.</summary>
    [Parameter]
    public string? Resource { get; set; }

    /// <summary>Only calls that were answered with an error, or cut.</summary>
    [Parameter]
    public SwitchParameter OnlyError { get; set; }

    /// <summary>Only the calls after the one with this number.</summary>
    [Parameter]
    [ValidateRange(0, long.MaxValue)]
    public long AfterNumber { get; set; }

    /// <summary>Only so many, the newest.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int Last { get; set; }

    /// <summary>Only the calls that the IAM policy in this file would not allow.</summary>
    [Parameter]
    public string? NotAllowedBy { get; set; }

    /// <summary>Folder of the cloud. Default: that of the one this session started, else the usual one.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? Path { get; set; }

    protected override async Task ProcessAsync(CancellationToken stop)
    {
        PolicyDocument? policy = NotAllowedBy is { } file ? PolicyDocument.Read(ResolvePath(file)) : null;
        using LocalCloudClient client = OpenCloud(Path);
        var query = new LocalCloudCallQuery { Service = Service, Operation = Operation, Resource = Resource, OnlyErrors = IsSet(OnlyError), AfterNumber = AfterNumber };
        IEnumerable<LocalCloudCall> calls = (await client.GetCallsAsync(query, stop)).Where(call => policy is null || policy.Missing(call).Count > 0);
        WriteObjects(IsBound(nameof(Last)) ? calls.TakeLast(Last) : calls);
    }
}
