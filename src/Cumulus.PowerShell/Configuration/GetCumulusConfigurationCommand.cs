using System.Management.Automation;
using Cumulus.Engine.Configuration;

namespace Cumulus.PowerShell;

/// <summary>Reads the configuration files and shows what they say together.</summary>
[Cmdlet(VerbsCommon.Get, "CumulusConfiguration")]
[OutputType(typeof(CumulusConfiguration))]
public sealed class GetCumulusConfigurationCommand : CumulusCmdlet
{
    /// <summary>Configuration files; a later one overrides an earlier one option by option. Default: the usual places.</summary>
    [Parameter(Position = 0)]
    [Alias("Config", "Path")]
    public string[]? ConfigurationPath { get; set; }

    protected override Task ProcessAsync(CancellationToken stop)
    {
        WriteObject(ConfigurationReading.Read(ConfigurationPath, Host));
        return Task.CompletedTask;
    }
}
