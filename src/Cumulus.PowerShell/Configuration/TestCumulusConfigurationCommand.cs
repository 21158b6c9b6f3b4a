using System.Management.Automation;
using Cumulus.Engine;
using Cumulus.Engine.Configuration;

namespace Cumulus.PowerShell;

/// <summary>Looks through the configuration files and writes all that is wrong with them.</summary>
[Cmdlet(VerbsDiagnostic.Test, "CumulusConfiguration")]
[OutputType(typeof(ConfigurationProblem))]
public sealed class TestCumulusConfigurationCommand : CumulusCmdlet
{
    /// <summary>Configuration files; a later one overrides an earlier one option by option. Default: the usual places.</summary>
    [Parameter(Position = 0)]
    [Alias("Config", "Path")]
    public string[]? ConfigurationPath { get; set; }

    protected override Task ProcessAsync(CancellationToken stop)
    {
        string[] paths = [.. (ConfigurationPath ?? []).Select(ResolvePath)];
        ConfigurationReport report = new ConfigurationLoader().Check(ConfigurationRequest.Here(Host.CurrentFolder, paths));
        WriteVerbose($"configuration: {string.Join(", ", report.Sources)}");
        WriteObjects(report.Problems);
        int errors = report.Problems.Count(p => p.IsError);
        if (errors > 0)
        {
            WriteFailure(new CumulusException(
                ErrorIds.ConfigurationInvalid,
                FailureKind.InvalidInput,
                $"The configuration ({string.Join(", ", report.Sources)}) has {errors} {(errors == 1 ? "error" : "errors")}: {report.Problems.First(p => p.IsError)}{(errors > 1 ? " (and others)" : "")}")
            { Target = report.Sources[^1], Advice = "All problems are in the objects that the command has written." });
        }

        return Task.CompletedTask;
    }
}
