using System.Reflection;
using System.Runtime.Loader;

namespace Cumulus.PowerShell;

/// <summary>
/// Holds the engine and all that it stands on, out of sight of other modules' versions of the same libraries. What is not in
/// the folder (.NET itself) comes from the default context.
/// </summary>
internal sealed class PrivateLoadContext(string folder) : AssemblyLoadContext("Cumulus")
{
    protected override Assembly? Load(AssemblyName assemblyName)
    {
        var path = Path.Combine(folder, assemblyName.Name + ".dll");
        return File.Exists(path) ? LoadFromAssemblyPath(path) : null;
    }
}
