using System.Management.Automation;
using System.Reflection;
using System.Runtime.Loader;
using Cumulus.Engine;
using Cumulus.PowerShell;

namespace Cumulus.Fixture;

/// <summary>Loads an assembly as the engine would and tells which one came, and where it lives.</summary>
[Cmdlet(VerbsCommon.Get, "EngineAssembly")]
public sealed class GetEngineAssemblyCommand : CumulusCmdlet
{
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    public string Name { get; set; } = "";

    protected override Task ProcessAsync(CancellationToken stop)
    {
        var ofEngine = AssemblyLoadContext.GetLoadContext(typeof(CumulusException).Assembly)!;
        var assembly = ofEngine.LoadFromAssemblyName(new AssemblyName(Name));
        WriteObject(new EngineAssembly(
            Name, assembly.GetName().Version!, AssemblyLoadContext.GetLoadContext(assembly)!.Name!, assembly.Location));
        return Task.CompletedTask;
    }
}
