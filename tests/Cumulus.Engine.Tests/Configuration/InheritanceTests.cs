using Cumulus.Engine.Configuration;
using Xunit;

namespace Cumulus.Engine.Tests.Configuration;

public sealed class InheritanceTests
{
    [Fact]
    public void Options_come_from_what_is_extended_and_maps_are_put_together()
    {
        CumulusConfiguration c = Loading.Yml("""
            environments:
              base: { abstract: true, region: eu-west-1, bucket: base, stacks: [web], tags: { team: shop, tier: low }, variables: { a: 1, b: 2 } }
              named: { abstract: yes, region: us-east-1, profile: p, version: 7 }
              prod: { extends: [base, named], bucket: own, version: , tags: { tier: high }, variables: { b: "3${a}" } }
            stacks:
              any: { abstract: true, template: any.yml, parameters: { A: "${a}", B: "${b}" }, capabilities: CAPABILITY_IAM }
              web: { extends: any, parameters: { B: "b${b}", C: c }, capabilities: [CAPABILITY_AUTO_EXPAND] }
            """);

        EnvironmentDefinition prod = Assert.Single(c.Environments);
        Assert.Equal(("eu-west-1", "own", "p", null), (prod.Region, prod.Bucket, prod.ProfileName, prod.Version));
        Assert.Equal([new("team", "shop"), new("tier", "high")], prod.Tags);
        Assert.Equal(["web"], c.Stacks.Select(s => s.Name));
        StackDefinition web = c.StackOf(prod, "web");
        Assert.Equal("/srv/project/any.yml", web.Template);
        Assert.Equal([new("A", "1"), new("B", "b31"), new("C", "c")], web.Parameters);
        Assert.Equal(["CAPABILITY_AUTO_EXPAND"], web.Capabilities);
        Assert.Empty(c.Warnings);
    }

    [Fact]
    public void An_environment_overrides_options_of_its_stacks_and_bundles_and_its_heirs_do_too()
    {
        CumulusConfiguration c = Loading.Yml("""
            environments:
              stage: { stacks: [web], bundles: [b] }
              prod:
                extends: stage
                overrides:
                  stacks: { web: { parameters: { Size: large }, termination-protection: true, template: prod.yml } }
                  bundles: { b: { format: tar.gz } }
              blue: { extends: prod, overrides: { stacks: { web: { parameters: { Colour: blue } } } } }
            stacks: { web: { template: web.yml, parameters: { Size: small, Name: n } } }
            bundles: { b: { paths: site } }
            """);

        string Parameters(string environment) => string.Join(' ', c.StackOf(c.Environment(environment), "web").Parameters.Select(p => $"{p.Key}={p.Value}"));
        Assert.Equal("Size=small Name=n", Parameters("stage"));
        Assert.Equal("Size=large Name=n", Parameters("prod"));
        Assert.Equal("Size=large Name=n Colour=blue", Parameters("blue"));
        Assert.Equal(("/srv/project/prod.yml", true), (c.StackOf(c.Environment("blue"), "web").Template, c.StackOf(c.Environment("blue"), "web").TerminationProtection));
        Assert.Null(c.StackOf(c.Environment("stage"), "web").TerminationProtection);
        Assert.Equal("TarGz", c.BundleOf(c.Environment("prod"), "b").Format.ToString());
        Assert.Equal("large", EnvironmentSelection.Of(c, "prod").Stacks()[0].Definition.Parameters[0].Value);
        Assert.Empty(c.Warnings);
    }

    [Fact]
    public void Nearer_files_override_what_is_extended_option_by_option()
    {
        var files = new MemoryFiles()
            .Add("/etc/cumulus.yml", "environments: { base: { abstract: true, region: far, bucket: far, overrides: { stacks: { s: { template: far.yml } } } } }")
            .Add("/srv/project/cumulus.conf", "[environment: base]\nregion = near\n[stack: s]\ntemplate = own.yml\n")
            .Add("/srv/project/cumulus.yml", "environments: { e: { extends: base, stacks: [s] } }");

        CumulusConfiguration c = Loading.Load(files);

        Assert.Equal(("near", "far"), (c.Environment("e").Region, c.Environment("e").Bucket));
        Assert.Equal("/etc/far.yml", c.StackOf(c.Environment("e"), "s").Template);
    }

    [Fact]
    public void What_cannot_be_extended_or_overridden_is_said_with_its_place()
    {
        string[] problems = Loading.YmlProblems("""
            environments:
              a: { extends: b }
              b: { extends: [c, bsae] }
              c: { extends: a, overrides: { stacks: { wbe: { extends: x, parmeters: {} } }, stack: {} } }
              base: {}
            stacks: { web: { template: t } }
            """);

        Assert.Equal(
            [
                "cumulus.yml:2:17: environment: a / extends: The sections extend each other in a circle: b, c, a, b.",
                "cumulus.yml:3:18: environment: b / extends: The sections extend each other in a circle: c, a, b, c.",
                "cumulus.yml:3:21: environment: b / extends: There is no 'environment: bsae' to extend. Did you mean 'base'?",
                "cumulus.yml:4:17: environment: c / extends: The sections extend each other in a circle: a, b, c, a.",
            ],
            problems);
        CumulusConfiguration c = Loading.Yml("""
            environments: { c: { stacks: [web], overrides: { stacks: { wbe: { extends: x, parmeters: {} } }, stack: {} } } }
            stacks: { web: { template: t } }
            """);
        Assert.Equal(
            [
                "cumulus.yml:1:60: environment: c / overrides / stack: wbe: There is no 'stack: wbe' to override. Did you mean 'web'?",
                "cumulus.yml:1:67: environment: c / overrides / stack: wbe: The option 'extends' is not known and is ignored.",
                "cumulus.yml:1:79: environment: c / overrides / stack: wbe: The option 'parmeters' is not known and is ignored. Did you mean 'parameters'?",
                "cumulus.yml:1:98: environment: c / overrides: The key 'stack' is not known and is ignored. Did you mean 'stacks'? Known: stacks, bundles.",
            ],
            Loading.Warnings(c));
    }

    [Fact]
    public void Sections_that_multiply_by_extending_stay_small()
    {
        string text = "stacks:\n  s0: { template: t.yml }\n" + string.Concat(Enumerable.Range(1, 60).Select(i => $"  s{i}: {{ extends: [s{i - 1}, s{i - 1}, s{Math.Max(0, i - 2)}] }}\n"));

        Assert.Equal("/srv/project/t.yml", Loading.Yml(text).Stack("s60").Template);
    }

    [Fact]
    public void What_needs_YAML_is_ignored_in_the_old_format_with_a_warning()
    {
        CumulusConfiguration c = Loading.Conf("[DEFAULT]\nabstract = yes\n[environment: e]\nextends = x\nvariables =\n  a = b\n");

        Assert.Single(c.Environments);
        Assert.Equal(
            [
                "cumulus.conf:2: DEFAULT / abstract: Nothing uses the option.",
                "cumulus.conf:4: environment: e: The option 'extends' is one of cumulus.yml and is ignored here.",
                "cumulus.conf:5: environment: e: The option 'variables' is one of cumulus.yml and is ignored here.",
            ],
            Loading.Warnings(c));
    }
}
