using System.Management.Automation;
using Cumulus.Engine.Configuration;

namespace Cumulus.PowerShell;

/// <summary>The environments of the configuration, by name.</summary>
[Cmdlet(VerbsCommon.Get, "Environment")]
[OutputType(typeof(EnvironmentDefinition))]
public sealed class GetEnvironmentCommand : CumulusCmdlet
{
    /// <summary>Names; wildcards are fine. Default: all.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Environment")]
    [ArgumentCompleter(typeof(EnvironmentCompleter))]
    public string[] Name { get; set; } = ["*"];

    /// <summary>Configuration files; a later one overrides an earlier one option by option. Default: the usual places.</summary>
    [Parameter]
    [Alias("Config")]
    public string[]? ConfigurationPath { get; set; }

    private CumulusConfiguration? _configuration;

    protected override Task ProcessAsync(CancellationToken stop)
    {
        _configuration ??= ConfigurationReading.Read(ConfigurationPath, Host);
        foreach (string name in Name)
        {
            WriteObjects(NamePattern.HasWildcard(name)
                ? _configuration.Environments.Where(e => NamePattern.Matches(name, e.Name))
                : [_configuration.Environment(name)]);
        }

        return Task.CompletedTask;
    }
}
