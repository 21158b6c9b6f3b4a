using System.Management.Automation;
using Cumulus.Engine.Configuration;

namespace Cumulus.PowerShell;

/// <summary>Writes a first cumulus.yml, with comments.</summary>
[Cmdlet(VerbsCommon.New, "CumulusConfiguration", SupportsShouldProcess = true)]
[OutputType(typeof(ConfigurationFile))]
public sealed class NewCumulusConfigurationCommand : CumulusCmdlet
{
    /// <summary>The file to write.</summary>
    [Parameter(Position = 0)]
    public string Path { get; set; } = "cumulus.yml";

    /// <summary>Names of environments.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] Environment { get; set; } = ["stage", "prod"];

    /// <summary>AWS region code of the environments.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(RegionCompleter))]
    public string? Region { get; set; }

    /// <summary>S3 bucket of the bundles.</summary>
    [Parameter]
    public string? Bucket { get; set; }

    /// <summary>Put the JSON schema beside it, by which editors complete and check.</summary>
    [Parameter]
    public SwitchParameter IncludeSchema { get; set; }

    /// <summary>Replace files that are there.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    protected override async Task ProcessAsync(CancellationToken stop)
    {
        string path = ResolvePath(Path), schema = System.IO.Path.Combine(System.IO.Path.GetDirectoryName(path)!, ConfigurationStart.SchemaName);
        bool withSchema = IsSet(IncludeSchema);
        string text = ConfigurationStart.Text(Environment, Region, Bucket, withSchema);
        if (ShouldProcess(path, "Write a configuration"))
            WriteObject(await ConfigurationFile.WriteAsync(path, text, IsSet(Force), stop));

        // The schema is not the user's text: a newer one replaces it.
        if (withSchema && ShouldProcess(schema, "Write the JSON schema"))
            WriteObject(await ConfigurationFile.WriteAsync(schema, ConfigurationStart.Schema(), replace: true, stop));
    }
}
