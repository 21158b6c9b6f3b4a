using System.Management.Automation;
using Cumulus.Engine.Aws;
using Cumulus.Engine.Configuration;
using Cumulus.Engine.Processes;
using Cumulus.Engine.Templates;

namespace Cumulus.PowerShell;

/// <summary>Tests the templates of an environment's stacks, and the parameters that the configuration gives them.</summary>
[Cmdlet(VerbsDiagnostic.Test, "StackTemplate")]
[OutputType(typeof(StackTemplateTest))]
public sealed class TestStackTemplateCommand : EnvironmentCmdlet
{
    /// <summary>Environment of the configuration.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Name")]
    [ArgumentCompleter(typeof(EnvironmentCompleter))]
    public string Environment { get; set; } = "";

    /// <summary>Short or full names of stacks, wildcards are fine. Default: all of the environment.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    [Alias("StackName")]
    [ArgumentCompleter(typeof(StackCompleter))]
    public string[]? Stack { get; set; }

    /// <summary>Ask CloudFormation, too. Templates that are too long to be sent, and files that they name, go to the environment's bucket.</summary>
    [Parameter]
    public SwitchParameter Online { get; set; }

    /// <summary>Leave cfn-lint out, though it is installed.</summary>
    [Parameter]
    public SwitchParameter SkipLint { get; set; }

    protected override async Task ProcessAsync(CancellationToken stop)
    {
        EnvironmentSelection selection = EnvironmentSelection.Of(Configuration, Environment);
        IReadOnlyList<SelectedStack> stacks = selection.Stacks(Stack);
        bool online = IsSet(Online);
        using var http = new HttpClient();
        using AwsGateways? aws = online ? await OpenAwsAsync(AwsConnection.Of(selection.Environment), stop) : null;
        using TemplatePackager? packager = aws is null ? null : new TemplatePackager(aws.Objects, http);
        var destination = new TemplateDestination(selection.Environment.Bucket, aws?.Region ?? selection.Environment.Region ?? "us-east-1", aws?.EndpointUrl);
        var tester = new StackTemplateTester(
            selection,
            destination,
            new TemplateReading(aws?.Objects, http),
            IsSet(SkipLint) ? null : new TemplateLinter(new ProcessRunner()),
            aws is null ? null : new OnlineValidation(aws.Stacks, packager!));
        foreach (SelectedStack stack in stacks)
        {
            WriteProgress(new CmdletProgress(1, "Testing templates", stack.FullName));
            StackTemplateTest test = await tester.TestAsync(stack, stop);
            WriteObject(test);
            if (test.CheckedBy.Count == 0 && test.IsValid) WriteWarning($"Nothing could be checked of {test.Template}, the template of stack '{test.Stack}', without the service: give -Online.");
            if (!test.IsValid) WriteFailure(StackTemplateTester.Failure(test));
        }

        WriteProgress(new CmdletProgress(1, "Testing templates", "done", Completed: true));
    }
}
