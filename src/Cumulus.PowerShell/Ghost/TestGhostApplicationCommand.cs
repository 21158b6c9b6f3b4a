using System.Management.Automation;
using Cumulus.Engine;
using Cumulus.Engine.Aws;
using Cumulus.Engine.Ghost;

namespace Cumulus.PowerShell;

/// <summary>Looks for everything that is wrong with definitions: by their rules, and with -Online whether AWS has what they name.</summary>
[Cmdlet(VerbsDiagnostic.Test, "GhostApplication", DefaultParameterSetName = "Stored")]
[OutputType(typeof(ApplicationTest))]
public sealed class TestGhostApplicationCommand : ApplicationCmdlet
{
    /// <summary>Files with definitions; wildcards are fine. Default: those in the state.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "File")]
    public string[] Path { get; set; } = [];

    /// <summary>Ask AWS too: role, image, VPC, subnets, security groups, key, instance type and zones, by calls that change nothing.</summary>
    [Parameter]
    public SwitchParameter Online { get; set; }

    protected override async Task ProcessAsync(CancellationToken stop)
    {
        if (Path.Length > 0)
        {
            foreach (string path in Path.SelectMany(p => DefinitionFile.Matching(ResolvePath(p))))
            {
                await TestAsync(path, await DefinitionFile.ReadAsync(path, stop), stop);
            }

            return;
        }

        foreach (StoredApplication application in await FindAsync(stop))
        {
            await TestAsync(application.Definition.Key.Path, DefinitionReader.Read(DefinitionWriter.ToJson(application.Definition), application.Definition.Key.Path), stop);
        }
    }

    private async Task TestAsync(string source, DefinitionReading reading, CancellationToken stop)
    {
        IReadOnlyList<string> missing = [];
        if (reading.Application is { } application && IsSet(Online)) missing = await OnlineAsync(application, stop);
        var test = new ApplicationTest(source, reading.Application?.Key.Path, [.. reading.Errors.Select(e => e.ToString()), .. missing], [.. reading.Warnings.Select(w => w.ToString())]);
        WriteObject(test);
        if (test.IsValid) return;
        WriteFailure(new CumulusException(ErrorIds.ApplicationTestFailed, FailureKind.InvalidInput, $"{source} has {test.Problems.Length} problem{(test.Problems.Length == 1 ? "" : "s")}:{string.Concat(test.Problems.Select(p => $"\n  {p}"))}") { Target = source });
    }

    private async Task<IReadOnlyList<string>> OnlineAsync(GhostApplication application, CancellationToken stop)
    {
        try
        {
            using AwsGateways aws = await OpenAwsAsync(application, stop);
            return await new ApplicationProbe(aws.Machines).TestAsync(application, stop);
        }
        catch (CumulusException e) when (e.ErrorId is ErrorIds.AccessDenied or ErrorIds.CredentialsRejected && application.RoleArn is { } role)
        {
            return [$"assumed_role_name: the role {role} cannot be assumed: {e.Message}"];
        }
    }
}
