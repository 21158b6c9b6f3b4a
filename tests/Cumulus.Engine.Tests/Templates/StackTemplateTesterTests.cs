using Cumulus.Engine.Configuration;
using Cumulus.Engine.Processes;
using Cumulus.Engine.Templates;
using Cumulus.Engine.Tests.Environments;
using Cumulus.Engine.Tests.Support;

namespace Cumulus.Engine.Tests.Templates;

public sealed class StackTemplateTesterTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly FakeObjectStore _objects = new();
    private readonly HttpClient _http = new();

    public void Dispose()
    {
        _http.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Parameters_and_outputs_are_compared_with_the_templates_without_any_call()
    {
        _folder.Write("network.yml", "Resources: { }\nOutputs: { Vpc: { Value: x } }");
        _folder.Write("web.yml", "Parameters:\n  Vpc: { Type: String }\n  Size: { Type: Number }\n  Other: { Type: String }\nResources: { }");
        Write("""
            environments: { e: { stacks: [network, web] } }
            stacks:
              network: { template: network.yml }
              web: { template: web.yml, parameters: { Vpc: "${network.Vcp}", Size: big, Count: 1 } }
            """);

        StackTemplateTest test = await TestAsync("web");

        Assert.False(test.IsValid);
        Assert.Equal(["parameters"], test.CheckedBy);
        Assert.Equal(
            [
                "cumulus.yml: Count: The template declares no parameter 'Count'.",
                "cumulus.yml: Size: The parameter 'Size' has to be a number, and is 'big'.",
                "cumulus.yml: Vpc: The template of stack 'network' has no output 'Vcp'. Did you mean 'Vpc'?",
                "web.yml:4: Other: The template asks for the parameter 'Other', and it has no value.",
            ],
            test.Problems.Select(p => p.ToString().Replace(_folder.Path + "/", "", StringComparison.Ordinal)));
        Assert.True((await TestAsync("network")).IsValid);
        Assert.Equal(ErrorIds.TemplateInvalid, StackTemplateTester.Failure(test).ErrorId);
        Assert.Empty(_objects.Calls);
    }

    [Fact]
    public async Task A_template_that_is_missing_or_broken_is_a_result_and_the_others_are_tested()
    {
        _folder.Write("broken.yml", "Resources: {\n");
        Write("environments: { e: { stacks: [gone, broken] } }\nstacks: { gone: { template: gone.yml }, broken: { template: broken.yml } }");

        Assert.Contains("does not exist", Assert.Single((await TestAsync("gone")).Problems).Message, StringComparison.Ordinal);
        TemplateProblem problem = Assert.Single((await TestAsync("broken")).Problems);
        Assert.Equal((TemplateProblem.Error, "template", 2), (problem.Severity, problem.Source, problem.Line));
    }

    [Fact]
    public async Task The_service_is_asked_about_addresses_too_D18()
    {
        Write("environments: { e: { stacks: [far] } }\nstacks: { far: { template: 'https://acme.s3.amazonaws.com/t.yml' } }");
        var stacks = new FakeStackService { Before = call => throw new CumulusException(ErrorIds.TemplateInvalid, FailureKind.InvalidInput, $"refused {call}") };
        using var packager = new TemplatePackager(_objects, _http);

        StackTemplateTest test = await TestAsync("far", online: new OnlineValidation(stacks, packager));

        Assert.Equal(["CloudFormation"], test.CheckedBy);
        Assert.StartsWith("refused Validate", Assert.Single(test.Problems).Message, StringComparison.Ordinal);
    }

    [NeedsFact("cfn-lint")]
    public async Task The_linter_is_asked_where_it_is_installed()
    {
        _folder.Write("t.yml", "Resources:\n  T:\n    Type: AWS::SNS::Topic\n    Properties: { NoSuchProperty: 1 }\n");
        Write("environments: { e: { region: eu-west-1, stacks: [t] } }\nstacks: { t: { template: t.yml } }");

        StackTemplateTest test = await TestAsync("t", new TemplateLinter(new ProcessRunner()));

        Assert.Equal(["parameters", "cfn-lint"], test.CheckedBy);
        Assert.Contains(test.Problems, p => p is { Severity: TemplateProblem.Error, Source: "cfn-lint", Rule: "E3002", Line: 4 });
    }

    [Fact]
    public async Task Without_the_linter_nothing_is_linted() =>
        Assert.Null(await new TemplateLinter(new ProcessRunner(), "cumulus-no-such-program").LintAsync(_folder.Write("t.yml", ""), null, default));

    [Theory]
    [InlineData("/a/t.yml:4:19:4:33:E3002:Additional properties: 'x:y'", "Error /a/t.yml 4 19 E3002 Additional properties: 'x:y'")]
    [InlineData(@"C:\a\t.yml:1:2:3:4:W1001:text", @"Warning C:\a\t.yml 1 2 W1001 text")]
    [InlineData("t.yml:1:2:3:4:I3042:text", "Information t.yml 1 2 I3042 text")]
    [InlineData("Traceback (most recent call last):", null)]
    public void A_finding_of_the_linter_is_read(string line, string? finding) =>
        Assert.Equal(finding, TemplateLinter.Read(line) is { } p ? $"{p.Severity} {p.File} {p.Line} {p.Column} {p.Rule} {p.Message}" : null);

    private void Write(string configuration) => _folder.Write("cumulus.yml", configuration);

    private async Task<StackTemplateTest> TestAsync(string stack, TemplateLinter? linter = null, OnlineValidation? online = null)
    {
        CumulusConfiguration configuration = new ConfigurationLoader().Load(ConfigurationRequest.Here(_folder.Path, [_folder["cumulus.yml"]]));
        EnvironmentSelection selection = EnvironmentSelection.Of(configuration, "e");
        var tester = new StackTemplateTester(selection, new TemplateDestination("acme", "eu-west-1", null), new TemplateReading(null, _http), linter, online);
        return await tester.TestAsync(selection.Stacks([stack])[0], default);
    }
}
