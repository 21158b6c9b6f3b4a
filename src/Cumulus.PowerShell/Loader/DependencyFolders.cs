using System.Runtime.InteropServices;

namespace Cumulus.PowerShell;

/// <summary>Where the assemblies lie that the module stands on.</summary>
internal static class DependencyFolders
{
    /// <summary>The folder of those that were compiled ahead of time for this system, which need not be there, and then that of all.</summary>
    public static string[] Of(string moduleFolder)
    {
        string system = OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : "linux";
        string all = Path.Combine(moduleFolder, "deps");
        return [Path.Combine(all, $"{system}-{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}"), all];
    }
}
