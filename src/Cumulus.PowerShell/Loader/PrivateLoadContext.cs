using System.Reflection;
using System.Runtime.Loader;

namespace Cumulus.PowerShell;

/// <summary>
/// Holds the engine and all that it stands on, out of sight of other modules' versions of the same libraries. What is not in
/// the folders (.NET itself) comes from the default context.
/// </summary>
internal sealed class PrivateLoadContext(string[] folders) : AssemblyLoadContext("Cumulus")
{
    protected override Assembly? Load(AssemblyName assemblyName)
    {
        var path = Array.Find(Array.ConvertAll(folders, f => Path.Combine(f, assemblyName.Name + ".dll")), File.Exists);
        return path is null ? null : LoadFromAssemblyPath(path);
    }
}
