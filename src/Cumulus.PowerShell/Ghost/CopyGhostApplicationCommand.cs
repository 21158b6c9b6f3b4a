using System.Collections;
using System.Management.Automation;
using System.Text.Json.Nodes;
using Cumulus.Engine.Ghost;

namespace Cumulus.PowerShell;

/// <summary>Defines an application as another one is, under another name, environment, role or colour. The copy has no image and nothing in effect.</summary>
[Cmdlet(VerbsCommon.Copy, "GhostApplication", SupportsShouldProcess = true)]
[OutputType(typeof(StoredApplication))]
public sealed class CopyGhostApplicationCommand : ApplicationCmdlet
{
    /// <summary>Name of the copy. Default: that of the original.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? ToName { get; set; }

    /// <summary>Environment of the copy. Default: that of the original.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? ToEnv { get; set; }

    /// <summary>Role of the copy. Default: that of the original.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? ToRole { get; set; }

    /// <summary>Colour of the copy. Default: that of the original.</summary>
    [Parameter]
    [ValidateSet("blue", "green")]
    public string? ToColour { get; set; }

    /// <summary>Fields that are different in the copy, by their paths, such as @{ 'autoscale.name' = 'web-preprod' }.</summary>
    [Parameter]
    public IDictionary? Value { get; set; }

    protected override async Task ProcessAsync(CancellationToken stop)
    {
        StoredApplication original = await SingleAsync(stop);
        Dictionary<string, JsonNode?> values = FieldValues.Of(Value);
        values["name"] = ToName ?? original.Name;
        values["env"] = ToEnv ?? original.Env;
        values["role"] = ToRole ?? original.Role;
        if ((ToColour ?? original.Colour) is { } colour) (values["blue_green.enable_blue_green"], values["blue_green.color"], values["blue_green.is_online"]) = (true, colour, false);
        GhostApplication copy = DefinitionEdit.Apply(original.Definition, values, ["ami"]);
        if (!ShouldProcess(copy.Key.Path, $"Copy {original.Definition.Key} to")) return;
        WriteObject(await (await StoreAsync(stop)).CreateAsync(copy, Caller, stop));
        if (copy.Autoscale is { Name: var group } && group == original.Definition.Autoscale?.Name)
        {
            WriteWarning($"{copy.Key} names the same Auto Scaling group as {original.Definition.Key}: {group}. Change autoscale.name before you update the group.");
        }
    }
}
