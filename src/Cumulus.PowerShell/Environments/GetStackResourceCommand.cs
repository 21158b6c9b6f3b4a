using System.Management.Automation;
using Cumulus.Engine.Aws;
using Cumulus.Engine.Configuration;
using Cumulus.Engine.Environments;

namespace Cumulus.PowerShell;

/// <summary>The resources of stacks, those of nested stacks included.</summary>
[Cmdlet(VerbsCommon.Get, "StackResource")]
[OutputType(typeof(EnvironmentStackResource))]
public sealed class GetStackResourceCommand : StackCmdlet
{
    /// <summary>Resource types, such as AWS::SNS::Topic; wildcards are fine. Default: all.</summary>
    [Parameter]
    public string[]? Type { get; set; }

    protected override async Task ProcessAsync(CancellationToken stop)
    {
        using AwsGateways aws = await OpenAsync(stop);
        IReadOnlyList<EnvironmentStackResource> all = await Inspector(aws).ResourcesAsync(Configuration, Environment, Stack ?? [], stop);
        WriteObjects(all.Where(r => Type is null || Type.Any(t => NamePattern.Matches(t, r.ResourceType))));
    }
}
