using Cumulus.Engine.Configuration;

namespace Cumulus.Engine.Tests.Configuration;

public sealed class CheckTests
{
    [Fact]
    public void All_that_would_fail_later_is_told_at_once_with_place_and_nearest_name()
    {
        ConfigurationReport report = Check("""
            environments:
              stage:
                version: ../x
                stacks: [a, b, c, wbe, no_name]
              my_env: { stacks: [lone] }
            stacks:
              a: { template: a.yml, parameters: { X: "${c.Out}" } }
              b: { template: a.yml, depends-on: a }
              c: { template: a.yml, depends-on: [b], stack-policy: none.json }
              web: { template: gone.yml, timeout-in-minutes: soon }
              no_name: { template: a.yml }
              lone: { template: a.yml }
            bundles: { ../b: { paths: x } }
            """);

        Assert.False(report.IsValid);
        Assert.Equal(
            [
                "E cumulus.yml:3:5: environment: stage / version: The version '../x' is not allowed: use up to 128 letters, digits and -._+ with a letter, a digit or _ first, no '..' and no '.' at the end.",
                "E cumulus.yml:4:5: environment: stage / stacks: 'stage-no_name' cannot be the name of a stack: CloudFormation takes up to 128 letters, digits and '-', a letter first. It is made of prefix, environment, name and suffix.",
                "W cumulus.yml:4:23: environment: stage / stacks: There is no stack 'wbe'. Did you mean 'web'? [web]",
                "E cumulus.yml:5:13: environment: my_env / stacks: 'my_env-lone' cannot be the name of a stack: CloudFormation takes up to 128 letters, digits and '-', a letter first. It is made of prefix, environment, name and suffix.",
                "E cumulus.yml:7:3: stack: a: In the environment 'stage' stacks wait for each other in a circle: a -> c -> b -> a.",
                "E cumulus.yml:9:42: stack: c / stack-policy: The file /srv/project/none.json does not exist.",
                "E cumulus.yml:10:50: stack: web / timeout-in-minutes: 'soon' is not a whole number of 0 or more.",
                "E cumulus.yml:13:12: bundle: ../b: The name is not allowed: use up to 128 letters, digits and -._+ with a letter, a digit or _ first, no '..' and no '.' at the end.",
            ],
            report.Problems.Select(p => $"{p.Severity[0]} {p.ToString().Replace("/srv/project/cumulus", "cumulus", StringComparison.Ordinal)}{(p.Suggestion is { } near ? $" [{near}]" : "")}"));
    }

    [Fact]
    public void A_template_that_is_missing_in_one_environment_is_told()
    {
        ConfigurationReport report = Check("""
            environments: { e: { stacks: [s] }, f: { stacks: [s], overrides: { stacks: { s: { template: gone.yml } } } } }
            stacks: { s: { template: a.yml } }
            """);

        Assert.Equal("The template /srv/project/gone.yml does not exist.", Assert.Single(report.Problems).Message);
    }

    [Fact]
    public void A_sound_configuration_has_no_problems() => Assert.Empty(Check("environments: { e: { version: 1.0, stacks: [s] } }\nstacks: { s: { template: a.yml } }").Problems);

    [Fact]
    public void The_commented_start_is_sound_and_its_comments_are_options_that_are_known()
    {
        string text = ConfigurationStart.Text(["stage", "prod"], "eu-west-1", "acme", withSchema: true);
        var files = new MemoryFiles().Add("/srv/project/cumulus.yml", text).Add("/srv/project/app.template.yml", "");
        string uncommented = System.Text.RegularExpressions.Regex.Replace(text, @"(?m)^( *)# (?=[a-z ]*[a-z-]+:)(?!yaml-)", "$1").Replace("# (?", "", StringComparison.Ordinal);

        Assert.Empty(new ConfigurationLoader(files).Check(Loading.Request()).Problems);
        CumulusConfiguration all = Loading.Yml(uncommented);
        Assert.Equal(["cumulus.yml"], all.Sources.Select(Path.GetFileName));
        Assert.All(all.Warnings, w => Assert.Contains("has no stack 'network'", w.Message, StringComparison.Ordinal));
        Assert.Equal(("eu-west-1", "acme", "1.0.0"), (all.Environment("prod").Region, all.Environment("prod").Bucket, all.Environment("prod").Version));
        Assert.Equal("m7g.large", all.StackOf(all.Environment("prod"), "app").Parameters.Single(p => p.Key == "InstanceType").Value);
    }

    private static ConfigurationReport Check(string yaml) =>
        new ConfigurationLoader(new MemoryFiles().Add("/srv/project/cumulus.yml", yaml).Add("/srv/project/a.yml", "")).Check(Loading.Request());
}
