using Cumulus.Engine.Hosts.Service;

namespace Cumulus.PowerShell;

/// <summary>One file of the handler's service.</summary>
/// <param name="State">Written, Unchanged or Removed.</param>
public sealed record BundleHandlerFile(string Path, string State)
{
    internal static BundleHandlerFile Of(ServiceFileChange change) =>
        new(change.Path, change.Action switch { ServiceFileAction.Write => "Written", ServiceFileAction.Keep => "Unchanged", _ => "Removed" });

    internal static string Word(ServiceFileChange change) => change.Action switch { ServiceFileAction.Write => "write", ServiceFileAction.Keep => "keep", _ => "remove" };
}
