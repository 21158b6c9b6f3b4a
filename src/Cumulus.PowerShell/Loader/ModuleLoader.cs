using System.Management.Automation;

namespace Cumulus.PowerShell;

/// <summary>What PowerShell calls at import and at removal of the module.</summary>
public sealed class ModuleLoader : IModuleAssemblyInitializer, IModuleAssemblyCleanup
{
    /// <exception cref="InvalidOperationException">A part of the module is missing; the message names the file.</exception>
    public void OnImport() => EngineResolver.Install(Path.GetDirectoryName(typeof(ModuleLoader).Assembly.Location)!);

    /// <summary>
    /// The session is forgotten, credentials and all. The resolver stays: objects that the commands wrote outlive the module,
    /// and .NET unloads nothing of the default context.
    /// </summary>
    public void OnRemove(PSModuleInfo psModuleInfo) => PowerShellHost.ForgetSession();
}
