using Cumulus.Engine.Configuration;

namespace Cumulus.PowerShell;

/// <summary>Reads the configuration for a cmdlet, and passes its warnings on, each once in a pipeline.</summary>
internal static class ConfigurationReading
{
    /// <param name="paths">As the user wrote them; null or empty: the usual places.</param>
    public static CumulusConfiguration Read(string[]? paths, ICmdletHost host)
    {
        string[] full = [.. (paths ?? []).Select(host.ResolvePath)];
        CumulusConfiguration configuration = new ConfigurationLoader().Load(ConfigurationRequest.Here(host.CurrentFolder, full));
        host.WriteVerbose($"configuration: {string.Join(", ", configuration.Sources)}");
        foreach (ConfigurationProblem warning in configuration.Warnings.Where(w => host.Session.Said.IsNew(w.ToString()))) host.WriteWarning(warning.ToString());
        return configuration;
    }
}
