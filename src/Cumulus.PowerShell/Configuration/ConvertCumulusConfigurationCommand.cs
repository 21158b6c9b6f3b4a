using System.Management.Automation;
using Cumulus.Engine;
using Cumulus.Engine.Configuration;
using Cumulus.Engine.Configuration.Conversion;

namespace Cumulus.PowerShell;

/// <summary>Writes what a cumulus.conf says as cumulus.yml.</summary>
[Cmdlet(VerbsData.Convert, "CumulusConfiguration", SupportsShouldProcess = true)]
[OutputType(typeof(ConfigurationFile))]
public sealed class ConvertCumulusConfigurationCommand : CumulusCmdlet
{
    /// <summary>The file in the old format.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [Alias("FullName", "PSPath")]
    public string Path { get; set; } = "";

    /// <summary>The YAML file, in the same folder. Default: the same name with .yml.</summary>
    [Parameter(Position = 1)]
    public string? Destination { get; set; }

    /// <summary>Replace a file that is there.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    protected override async Task ProcessAsync(CancellationToken stop)
    {
        string path = ResolvePath(Path), destination = Destination is null ? System.IO.Path.ChangeExtension(path, ".yml") : ResolvePath(Destination);
        if (System.IO.Path.GetDirectoryName(destination) != System.IO.Path.GetDirectoryName(path))
        {
            throw new CumulusException(ErrorIds.PathInvalid, FailureKind.InvalidInput, $"{destination} lies in another folder than {path}, and the paths in it start from there.")
            { Target = destination, Advice = "Convert it in its folder, then move it with what it names." };
        }

        ConvertedConfiguration converted = ConfigurationConverter.Convert(path, ConfigurationRequest.Here(Host.CurrentFolder), new DiskConfigurationFiles());
        foreach (ConfigurationProblem warning in converted.Warnings) WriteWarning(warning.ToString());
        if (!ShouldProcess(destination, $"Write what {path} says")) return;
        WriteObject(await ConfigurationFile.WriteAsync(destination, converted.Text, IsSet(Force), stop));
        WriteVerbose($"{path} is still read, before {destination}. Take it away when nothing needs it any more.");
    }
}
