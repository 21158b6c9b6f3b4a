using System.Collections;
using System.Management.Automation;
using System.Text.Json.Nodes;
using Cumulus.Engine.Ghost;

namespace Cumulus.PowerShell;

/// <summary>Defines an application. All of it can be given in -Value; the parameters are for what each one has.</summary>
[Cmdlet(VerbsCommon.New, "GhostApplication", SupportsShouldProcess = true)]
[OutputType(typeof(StoredApplication))]
public sealed class NewGhostApplicationCommand : GhostCmdlet
{
    /// <summary>Name of the application.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string Name { get; set; } = "";

    /// <summary>Environment, such as prod, preprod, staging, dev.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true)]
    [Alias("Environment")]
    public string Env { get; set; } = "";

    /// <summary>Role, such as webfront, worker, database.</summary>
    [Parameter(Mandatory = true, Position = 2, ValueFromPipelineByPropertyName = true)]
    public string Role { get; set; } = "";

    /// <summary>Makes it one half of a blue/green pair.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("Color")]
    public string? Colour { get; set; }

    /// <summary>VPC of the instances.</summary>
    [Parameter]
    public string? VpcId { get; set; }

    /// <summary>Instance type, such as t3.small.</summary>
    [Parameter]
    public string? InstanceType { get; set; }

    /// <summary>Image to begin with: its id, or the name of an SSM parameter that has it.</summary>
    [Parameter]
    public string? SourceImage { get; set; }

    /// <summary>Subnet of the build instance.</summary>
    [Parameter]
    public string? BuildSubnetId { get; set; }

    /// <summary>Fields by their paths: @{ 'autoscale.name' = 'web-prod'; 'autoscale.max' = 4; 'features.php.version' = '8.3' }.</summary>
    [Parameter]
    public IDictionary? Value { get; set; }

    protected override async Task ProcessAsync(CancellationToken stop)
    {
        var store = new ApplicationStore(await StateAsync(Env, stop), TimeProvider.System);
        var fields = new Dictionary<string, JsonNode?> { ["name"] = Name, ["env"] = Env, ["role"] = Role };
        if (!string.IsNullOrEmpty(Colour)) (fields["blue_green.enable_blue_green"], fields["blue_green.color"]) = (true, Colour);
        if (VpcId is not null) fields["vpc_id"] = VpcId;
        if (InstanceType is not null) fields["instance_type"] = InstanceType;
        if (BuildSubnetId is not null) fields["build_infos.subnet_id"] = BuildSubnetId;
        if (SourceImage is not null) fields[SourceImage.StartsWith("ami-", StringComparison.Ordinal) ? "build_infos.source_ami" : "build_infos.source_ami_parameter"] = SourceImage;
        if ((Region ?? Session.Connection?.Region) is { } region) fields["region"] = region;
        foreach ((string path, JsonNode? value) in FieldValues.Of(Value)) fields[path] = value;
        DefinitionReading reading = DefinitionEdit.Make(fields, $"{Name}/{Env}/{Role}");
        foreach (var warning in reading.Warnings) WriteWarning(warning.ToString());
        GhostApplication application = reading.Require();
        if (!ShouldProcess(application.Key.Path, "Define the application")) return;
        WriteObject(await store.CreateAsync(application, Caller, stop));
    }
}
