using System.Management.Automation;
using Cumulus.Engine;
using Cumulus.LocalCloud;

namespace Cumulus.PowerShell;

/// <summary>Makes calls, resources of stacks or instances of a local AWS fail, hang or be slow.</summary>
[Cmdlet(VerbsCommon.Set, "LocalCloudFault", SupportsShouldProcess = true)]
[OutputType(typeof(LocalCloudFault))]
public sealed class SetLocalCloudFaultCommand : LocalCloudCmdlet
{
    private static readonly string[] OfCalls = [nameof(Service), nameof(Resource)];
    private static readonly string[] OfStacks = [nameof(StackName), nameof(LogicalId), nameof(ResourceType)];
    private static readonly string[] OfHosts = [nameof(InstanceId), nameof(AutoScalingGroup)];

    /// <summary>What goes wrong.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ValidateSet(
        "Throttle", "ServerError", "Unavailable", "AccessDenied", "ExpiredToken", "Reset", "ResetAfter", "Delay",
        "ResourceFails", "ResourceHangs", "ResourceDelay",
        "HostNeverBoots", "HostDies", "HostLosesNetwork", "TargetStaysUnhealthy")]
    public string Kind { get; set; } = "";

    /// <summary>Of calls: the service, by the name that they are signed with: s3, ec2, cloudformation. Wildcards are fine.</summary>
    [Parameter]
    public string? Service { get; set; }

    /// <summary>Of calls: PutObject, Describe*; wildcards are fine. Of resources: Create, Update or Delete.</summary>
    [Parameter]
    public string? Operation { get; set; }

    /// <summary>Of calls: a name, id or ARN that they are about. Wildcards are fine.</summary>
    [Parameter]
    public string? Resource { get; set; }

    /// <summary>Of resources: the stack. Wildcards are fine.</summary>
    [Parameter]
    public string? StackName { get; set; }

    /// <summary>Of resources: the name in the template. Wildcards are fine.</summary>
    [Parameter]
    public string? LogicalId { get; set; }

    /// <summary>Of resources: AWS::S3::Bucket, AWS::EC2::*.</summary>
    [Parameter]
    public string? ResourceType { get; set; }

    /// <summary>Of instances: the id. Wildcards are fine.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? InstanceId { get; set; }

    /// <summary>Of instances: the group that launched them. Wildcards are fine.</summary>
    [Parameter]
    public string? AutoScalingGroup { get; set; }

    /// <summary>Words of the error, or the resource's reason.</summary>
    [Parameter]
    public string? Message { get; set; }

    /// <summary>How much longer it takes; of instances: how long after the launch it happens.</summary>
    [Parameter]
    public double DelaySec { get; set; }

    /// <summary>Let so many through first.</summary>
    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int After { get; set; }

    /// <summary>How often it happens. Default: always.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int Times { get; set; }

    /// <summary>How likely it happens each time, from above 0 to 1.</summary>
    [Parameter]
    public double Probability { get; set; } = 1;

    /// <summary>The same seed meets the same ones again.</summary>
    [Parameter]
    public int Seed { get; set; }

    /// <summary>By which it is listed and removed; one of the same id is replaced.</summary>
    [Parameter]
    public string? Id { get; set; }

    /// <summary>Folder of the cloud. Default: that of the one this session started, else the usual one.</summary>
    [Parameter]
    public string? Path { get; set; }

    protected override async Task ProcessAsync(CancellationToken stop)
    {
        LocalCloudFault fault = Target() with
        {
            Id = Id,
            After = After,
            Times = IsBound(nameof(Times)) ? Times : null,
            Probability = IsBound(nameof(Probability)) ? Probability : null,
            Seed = Seed,
        };
        using LocalCloudClient client = OpenCloud(Path);
        if (ShouldProcess(fault.Subject, $"Set the fault {Kind} in the local cloud")) WriteObject(await client.SetFaultAsync(fault, stop));
    }

    private LocalCloudFault Target() => Kind switch
    {
        "ResourceFails" => OfResource(StackFaultKind.Fail),
        "ResourceHangs" => OfResource(StackFaultKind.Hang),
        "ResourceDelay" => OfResource(StackFaultKind.Delay),
        "HostNeverBoots" => OfHost(HostFaultKind.NeverBoots),
        "HostDies" => OfHost(HostFaultKind.Dies),
        "HostLosesNetwork" => OfHost(HostFaultKind.LosesNetwork),
        "TargetStaysUnhealthy" => OfHost(HostFaultKind.StaysUnhealthy),
        _ => OfCall(Enum.Parse<CallFaultKind>(Kind, ignoreCase: true)),
    };

    private CallFault OfCall(CallFaultKind kind)
    {
        Refuse([.. OfStacks, .. OfHosts]);
        return new CallFault { Kind = kind, Service = Service, Operation = Operation, Resource = Resource, Message = Message, Delay = TimeSpan.FromSeconds(DelaySec) };
    }

    private StackFault OfResource(StackFaultKind kind)
    {
        Refuse([.. OfCalls, .. OfHosts]);
        var operation = StackFaultOperation.Any;
        if (Operation is not null && !Enum.TryParse(Operation, ignoreCase: true, out operation)) throw Invalid($"-Operation of a resource is Create, Update or Delete, not '{Operation}'.");
        var fault = new StackFault { Kind = kind, StackName = StackName, LogicalId = LogicalId, ResourceType = ResourceType, Operation = operation, Delay = TimeSpan.FromSeconds(DelaySec) };
        return Message is null ? fault : fault with { Reason = Message };
    }

    private HostFault OfHost(HostFaultKind kind)
    {
        Refuse([.. OfCalls, .. OfStacks, nameof(Operation), nameof(Message)]);
        return new HostFault { Kind = kind, InstanceId = InstanceId, AutoScalingGroup = AutoScalingGroup, Delay = TimeSpan.FromSeconds(DelaySec) };
    }

    // What is given and would be ignored is a mistake: a fault for one thing would hit all.
    private void Refuse(string[] parameters)
    {
        if (parameters.FirstOrDefault(IsBound) is { } given) throw Invalid($"-{given} says nothing of {Kind}.");
    }

    private CumulusException Invalid(string message) =>
        new(ErrorIds.LocalCloudFaultInvalid, FailureKind.InvalidInput, message) { Target = Kind, Advice = "See Get-Help Set-LocalCloudFault." };
}
