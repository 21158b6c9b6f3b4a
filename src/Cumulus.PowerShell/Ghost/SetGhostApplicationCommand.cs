using System.Collections;
using System.Management.Automation;
using System.Text.Json.Nodes;
using Cumulus.Engine;
using Cumulus.Engine.Ghost;

namespace Cumulus.PowerShell;

/// <summary>Changes fields of applications. Nothing in AWS changes; Compare-GhostApplication tells which commands bring it into effect.</summary>
[Cmdlet(VerbsCommon.Set, "GhostApplication", SupportsShouldProcess = true)]
[OutputType(typeof(StoredApplication))]
public sealed class SetGhostApplicationCommand : ApplicationCmdlet
{
    /// <summary>New values of fields, by their paths: @{ 'autoscale.max' = 8; 'features.php.version' = '8.4' }.</summary>
    [Parameter]
    public IDictionary? Value { get; set; }

    /// <summary>Paths of fields and of entries to take away, such as features.php or env_vars.DEBUG.</summary>
    [Parameter]
    public string[] RemoveField { get; set; } = [];

    /// <summary>The revision that the change is made from. When the application has another one by now, nothing is written.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateRange(1, int.MaxValue)]
    public int Revision { get; set; }

    protected override async Task ProcessAsync(CancellationToken stop)
    {
        Dictionary<string, JsonNode?> values = FieldValues.Of(Value);
        if (values.Count == 0 && RemoveField.Length == 0)
        {
            throw new CumulusException(ErrorIds.ApplicationInvalid, FailureKind.InvalidInput, "What is to change was not said.") { Target = Name, Advice = "Give -Value or -RemoveField." };
        }

        ApplicationStore store = await StoreAsync(stop);
        IReadOnlyList<StoredApplication> found = await FindAsync(stop);
        foreach (StoredApplication there in found)
        {
            try
            {
                GhostApplication changed = DefinitionEdit.Apply(there.Definition, values, RemoveField);
                if (changed.Key != there.Definition.Key) throw Fixed(there.Definition.Key);
                IReadOnlyList<string> fields = DefinitionFields.Changed(DefinitionFields.Of(there.Definition), DefinitionFields.Of(changed));
                string what = fields.Count == 0 ? "Nothing is different in" : $"Change {string.Join(", ", fields)} of";
                if (!ShouldProcess(there.Definition.Key.Path, what)) continue;
                WriteObject(await store.UpdateAsync(changed, IsBound(nameof(Revision)) ? Revision : there.Revision, Caller, stop));
            }
            catch (CumulusException e)
            {
                WriteFailure(e, there.Definition.Key.Path);
            }
        }
    }

    private static CumulusException Fixed(ApplicationKey key) =>
        new(ErrorIds.ApplicationInvalid, FailureKind.InvalidInput, $"Name, environment, role and colour of {key} cannot change.") { Target = key.Path, Advice = "Copy the application (Copy-GhostApplication) and remove the old one." };
}
