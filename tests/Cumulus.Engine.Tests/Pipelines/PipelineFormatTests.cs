using Cumulus.Engine.Pipelines;

namespace Cumulus.Engine.Tests.Pipelines;

public sealed class PipelineFormatTests
{
    private static readonly GitHubActionsFormat GitHub = new("/summary", "/output", () => "EOF1");
    private static readonly AzurePipelinesFormat Azure = new(() => "/tmp/new.md");

    [Fact]
    public void GitHub_groups_and_annotations_are_workflow_commands()
    {
        Assert.Equal("::group::Deploy stage 100%25", GitHub.Group("Deploy stage 100%"));
        Assert.Equal("::endgroup::", GitHub.GroupEnd);
        Assert.Equal("::error title=Deploy-Environment%3A StackBusy::two%0Alines: 50%25, so", GitHub.Error(new("Deploy-Environment", "two\nlines: 50%, so", "StackBusy")));
        Assert.Equal("::warning title=a%2Cb::careful", GitHub.Warning(new("a,b", "careful")));
    }

    [Fact]
    public void Azure_groups_and_annotations_are_logging_commands()
    {
        Assert.Equal("##[group]Deploy stage", Azure.Group("Deploy stage"));
        Assert.Equal("##[endgroup]", Azure.GroupEnd);
        Assert.Equal("##vso[task.logissue type=error;code=StackBusy]Deploy-Environment: two%0D%0Alines: 50%AZP25; ]", Azure.Error(new("Deploy-Environment", "two\r\nlines: 50%; ]", "StackBusy")));
        Assert.Equal("##vso[task.logissue type=warning]New-Bundle: careful", Azure.Warning(new("New-Bundle", "careful")));
    }

    [Fact]
    public void GitHub_outputs_go_to_the_file_between_delimiters_and_secrets_are_masked()
    {
        PipelineMessage plain = GitHub.Output("web_Url", "http://x\ny", secret: false);
        Assert.Equal(new PipelineFile("/output", "web_Url<<EOF1\nhttp://x\ny\nEOF1\n", Append: true), plain.File);
        Assert.Empty(plain.Lines);
        Assert.Equal(["::add-mask::one", "::add-mask::t%25wo"], GitHub.Output("db_Password", "one\nt%wo", secret: true).Lines);
    }

    [Fact]
    public void Azure_outputs_are_output_variables()
    {
        Assert.Equal(["##vso[task.setvariable variable=web_Url;isoutput=true]http://x%0Ay"], Azure.Output("web_Url", "http://x\ny", secret: false).Lines);
        Assert.Equal(["##vso[task.setvariable variable=k;isoutput=true;issecret=true]v"], Azure.Output("k", "v", secret: true).Lines);
    }

    [Fact]
    public void Summaries_are_appended_to_the_step_s_file_or_uploaded_as_a_file()
    {
        Assert.Equal(new PipelineFile("/summary", "# t\n", Append: true), GitHub.Summary("# t").File);
        Assert.Equal(new PipelineFile("/tmp/new.md", "# t\n", Append: false), Azure.Summary("# t").File);
        Assert.Equal(["##vso[task.uploadsummary]/tmp/new.md"], Azure.Summary("# t").Lines);
        Assert.Null(new GitHubActionsFormat(null, null, () => "x").Summary("# t").File);
        Assert.Null(new GitHubActionsFormat(null, null, () => "x").Output("n", "v", secret: false).File);
    }

    [Theory]
    [InlineData("::set-env name=PATH::/evil")]
    [InlineData("fine\n   ::stop-commands::x")]
    [InlineData("boot log: ##[error]x")]
    public void What_scripts_say_is_no_command_in_GitHub(string text)
    {
        string plain = GitHub.Plain(text);
        Assert.DoesNotContain("##[", plain);
        Assert.All(plain.Split('\n'), line => Assert.False(line.TrimStart().StartsWith("::", StringComparison.Ordinal)));
        Assert.Equal("host::port", GitHub.Plain("host::port"));
    }

    [Theory]
    [InlineData("x ##vso[task.setvariable variable=a]b")]
    [InlineData("##VSO[task.complete]")]
    [InlineData("##[section]x")]
    public void What_scripts_say_is_no_command_in_Azure(string text)
    {
        string plain = Azure.Plain(text);
        Assert.DoesNotContain("##vso[", plain, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("##[", plain);
    }

    [Theory]
    [InlineData("GITHUB_ACTIONS=true", typeof(GitHubActionsFormat))]
    [InlineData("TF_BUILD=True", typeof(AzurePipelinesFormat))]
    [InlineData("CI=true", null)]
    [InlineData("GITHUB_ACTIONS=false", null)]
    [InlineData("GITHUB_ACTIONS=true;CUMULUS_NO_CI=1", null)]
    [InlineData("TF_BUILD=True;CUMULUS_NO_CI=0", typeof(AzurePipelinesFormat))]
    public void The_service_is_told_by_the_environment(string variables, Type? expected)
    {
        var environment = variables.Split(';').Select(v => v.Split('=')).ToDictionary(v => v[0], v => v[1]);
        Assert.Equal(expected, PipelineDetection.Find(environment.GetValueOrDefault)?.GetType());
    }
}
