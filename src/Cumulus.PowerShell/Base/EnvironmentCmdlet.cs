using System.Management.Automation;
using Cumulus.Engine;
using Cumulus.Engine.Configuration;

namespace Cumulus.PowerShell;

/// <summary>Base of the cmdlets that act on environments of the configuration.</summary>
public abstract class EnvironmentCmdlet : AwsCmdlet
{
    private CumulusConfiguration? _configuration;

    /// <summary>Configuration files; a later one overrides an earlier one option by option. Default: the usual places.</summary>
    [Parameter]
    [Alias("Config")]
    public string[]? ConfigurationPath { get; set; }

    /// <summary>Read at first use, once for each command; warnings are written then.</summary>
    protected CumulusConfiguration Configuration => _configuration ??= ConfigurationReading.Read(ConfigurationPath, Host);

    /// <summary>Null where there is none and none was named: for a command that it helps and that can do without.</summary>
    protected CumulusConfiguration? ConfigurationIfAny
    {
        get
        {
            try
            {
                return Configuration;
            }
            catch (CumulusException e) when (e.ErrorId == ErrorIds.ConfigurationNotFound && ConfigurationPath is null)
            {
                return null;
            }
        }
    }
}
