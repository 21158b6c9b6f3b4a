using System.Text.Json;
using Cumulus.Engine.Configuration;
using Xunit;

namespace Cumulus.Engine.Tests.Configuration;

public sealed class YmlReadingTests
{
    [Fact]
    public void Every_option_of_the_YAML_format_is_read()
    {
        CumulusConfiguration c = Loading.Yml("""
            log-level: error
            environments:
              stage:
                region: eu-west-1
                bucket: my-bucket
                version: 1.10
                stacks: [zeta, alpha]
                bundles: web, db
                stack-name-prefix: acme
                stack-name-suffix: 7
                profile: stage-admin
                role-arn: arn:aws:iam::123456789012:role/deploy
                pre-deploy-hook: ./before.sh 100%
                post-deploy-hook: |
                  ./after.sh
                  ./mail.sh
            stacks:
              zeta:
                template: zeta.yml
                parameters:
                  InstanceType: t3.micro
                  Debug: true
                  Port: 0080
                  Subnets: [subnet-1, subnet-2]
                  Text: "a: b = c"
                  Nothing:
                tags: { team: shop }
                disable-rollback: yes
                timeout-in-minutes: 30
                capabilities: [CAPABILITY_NAMED_IAM, capability_auto_expand]
                update-hosts: true
              alpha:
                template: https://example.com/alpha.json
            bundles:
              web:
                paths: [site, '.\conf\app']
                path-rewrites: [ "site -> srv/web" ]
                pre-bundle-hook: make
                post-bundle-hook: make clean
              db:
                paths: sql
                path-rewrites: { sql: /, conf: etc/db }
              ready:
                pre-built-bundle: out/ready.zip
            """);

        EnvironmentDefinition stage = c.Environment("stage");
        Assert.Equal(
            ("eu-west-1", "my-bucket", "1.10", "acme", "7", "stage-admin", "arn:aws:iam::123456789012:role/deploy"),
            (stage.Region, stage.Bucket, stage.Version, stage.StackNamePrefix, stage.StackNameSuffix, stage.ProfileName, stage.RoleArn));
        Assert.Equal(("./before.sh 100%", "./after.sh\n./mail.sh"), (stage.PreDeployHook, stage.PostDeployHook));
        Assert.Equal(["zeta", "alpha"], stage.Stacks);
        Assert.Equal(["web", "db"], stage.Bundles);

        StackDefinition zeta = c.Stack("zeta");
        Assert.Equal(("/srv/project/zeta.yml", true, 30, true), (zeta.Template, zeta.DisableRollback, zeta.TimeoutInMinutes, zeta.UpdateHosts));
        Assert.Equal(
            [new("InstanceType", "t3.micro"), new("Debug", "true"), new("Port", "0080"), new("Subnets", "subnet-1,subnet-2"), new("Text", "a: b = c"), new("Nothing", "")],
            zeta.Parameters);
        Assert.Equal([new("team", "shop")], zeta.Tags);
        Assert.Equal(["CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"], zeta.Capabilities);
        Assert.Equal("https://example.com/alpha.json", c.Stack("alpha").Template);

        Assert.Equal([new("/srv/project/site", "site"), new("/srv/project/conf/app", "conf/app")], c.Bundle("web").Paths);
        Assert.Equal([new("site", "srv/web")], c.Bundle("web").PathRewrites);
        Assert.Equal([new("sql", ""), new("conf", "etc/db")], c.Bundle("db").PathRewrites);
        Assert.Equal("/srv/project/out/ready.zip", c.Bundle("ready").PreBuiltBundle);
        Assert.Equal(LogLevel.Error, c.LogLevel);
        Assert.Empty(c.Warnings);
    }

    [Theory]
    [InlineData("1.0", "1.0")]
    [InlineData("1.10", "1.10")]
    [InlineData("007", "007")]
    [InlineData("1e3", "1e3")]
    [InlineData("2026-01-02", "2026-01-02")]
    [InlineData("'1.0'", "1.0")]
    [InlineData("true", "true")]
    [InlineData("'null'", "null")]
    [InlineData("!!str 1.0", "1.0")]
    public void A_version_is_the_text_that_is_written(string written, string version) =>
        Assert.Equal(version, Loading.Yml($"environments: {{ e: {{ version: {written} }} }}").Environment("e").Version);

    [Theory]
    [InlineData("")]
    [InlineData("~")]
    [InlineData("null")]
    [InlineData("''")]
    public void An_empty_version_is_no_version_D12(string written) =>
        Assert.Null(Loading.Yml($"environments: {{ e: {{ version: {written} }} }}").Environment("e").Version);

    [Fact]
    public void Anchors_and_merge_keys_work()
    {
        CumulusConfiguration c = Loading.Yml("""
            x-common: &common
              region: eu-west-1
              bucket: shared
            x-more: &more { bucket: other, profile: p }
            environments:
              a: &a
                <<: *common
                bucket: own
              b:
                <<: [*a, *more]
              c: *a
            """);

        Assert.Equal(("eu-west-1", "own", null), (c.Environment("a").Region, c.Environment("a").Bucket, c.Environment("a").ProfileName));
        Assert.Equal(("eu-west-1", "own", "p"), (c.Environment("b").Region, c.Environment("b").Bucket, c.Environment("b").ProfileName));
        Assert.Equal("own", c.Environment("c").Bucket);
        Assert.Empty(c.Warnings);
    }

    [Fact]
    public void Wrong_types_are_errors_all_at_once_with_line_and_column()
    {
        string[] problems = Loading.YmlProblems("""
            environments:
              stage:
                region: [eu-west-1]
                bucket: |
                  a
                  b
                stacks: { web: }
                stacks: [web]
            stacks:
              web:
                template: { a: b }
                parameters: [A=1]
                tags: { team: { a: b } }
                disable-rollback: maybe
                timeout-in-minutes: -1
                capabilities: [CAPABILITY_IMA]
            bundles:
              - web
            """);

        Assert.Equal(
            [
                "cumulus.yml:3:13: environment: stage / region: Expected a text, found a list.",
                "cumulus.yml:4:13: environment: stage / bucket: Expected one line, found several lines.",
                "cumulus.yml:7:13: environment: stage / stacks: Expected a list of texts, found a mapping.",
                "cumulus.yml:8:5: The key 'stacks' stands here a second time; the first is in line 7.",
                "cumulus.yml:11:15: stack: web / template: Expected a text, found a mapping.",
                "cumulus.yml:12:17: stack: web / parameters: Expected a mapping of keys to values, found a list.",
                "cumulus.yml:13:19: stack: web / tags: Expected a text or a list of texts for 'team', found a mapping.",
                "cumulus.yml:14:23: stack: web / disable-rollback: 'maybe' is neither yes nor no; write true or false.",
                "cumulus.yml:15:25: stack: web / timeout-in-minutes: '-1' is not a whole number of 0 or more.",
                "cumulus.yml:16:20: stack: web / capabilities: 'CAPABILITY_IMA' is no capability of CloudFormation. Did you mean 'CAPABILITY_IAM'? Known: CAPABILITY_IAM, CAPABILITY_NAMED_IAM, CAPABILITY_AUTO_EXPAND.",
                "cumulus.yml:18:3: bundles: Expected a mapping of names, found a list.",
            ],
            problems);
    }

    [Fact]
    public void Unknown_keys_are_warnings_with_line_column_and_the_nearest_name()
    {
        CumulusConfiguration c = Loading.Yml("""
            enviroments: {}
            environments:
              stage:
                Region: eu-west-1
                bukcet: b
                stacks: [wbe]
            stacks:
              web: { template: t.yml }
            bundles:
              a: { pre-build-bundle: a.zip }
            """);

        Assert.Equal(
            [
                "cumulus.yml:1:1: The key 'enviroments' is not known and is ignored. Did you mean 'environments'? Known: environments, stacks, bundles, include, log-level, state-bucket, tags, variables.",
                "cumulus.yml:4:5: environment: stage: The option 'Region' is not known and is ignored. Did you mean 'region'?",
                "cumulus.yml:5:5: environment: stage: The option 'bukcet' is not known and is ignored. Did you mean 'bucket'?",
                "cumulus.yml:6:14: environment: stage / stacks: There is no stack 'wbe'. Did you mean 'web'?",
                "cumulus.yml:10:8: bundle: a / pre-build-bundle: The option's name is 'pre-built-bundle'; it is read as that.",
            ],
            Loading.Warnings(c));
        Assert.Equal("/srv/project/a.zip", c.Bundle("a").PreBuiltBundle);
    }

    [Theory]
    [InlineData("environments: [", "cumulus.yml:")]
    [InlineData("a: b: c", "cumulus.yml:1:")]
    [InlineData("environments:\n\tstage: {}", "cumulus.yml:2:")]
    [InlineData("- a\n- b", "cumulus.yml:1:1: The configuration must be a mapping")]
    [InlineData("just text", "cumulus.yml:1:1: The configuration must be a mapping")]
    [InlineData("environments: *nowhere", "cumulus.yml:1:15: The anchor 'nowhere' is not defined before this alias.")]
    [InlineData("environments: &a { e: *a }", "cumulus.yml:1:23: The anchor 'a' is not defined before this alias.")]
    [InlineData("{}\n---\n{}", "cumulus.yml:2:1: A second document starts here; a configuration is one document.")]
    [InlineData("environments: { e: { <<: 3 } }", "cumulus.yml:1:22: '<<' takes a mapping, or a list of them.")]
    [InlineData("{ [a]: b }", "cumulus.yml:1:3: A key must be a single text.")]
    [InlineData("!<>", "cumulus.yml:1:4: This is not YAML from here on.")]
    [InlineData("...\n  !<tag:yaml.org,2002:str> x'é\uFEFF1.0include:|: #", "cumulus.yml:1:1: This is not YAML from here on.")]
    [InlineData("environments: { '': {} }", "cumulus.yml:1:17: The name is empty.")]
    public void A_broken_document_is_one_line_with_its_place(string text, string problem)
    {
        string found = Assert.Single(Loading.YmlProblems(text));

        Assert.StartsWith(problem, found, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', found);
    }

    [Theory]
    [InlineData("!!python/object:os.system x")]
    [InlineData("!System.Diagnostics.Process {}")]
    [InlineData("!Ref x")]
    public void A_tag_makes_no_type_but_an_error(string value) =>
        Assert.NotEmpty(Loading.YmlProblems($"environments: {{ e: {{ region: {value} }} }}"));

    [Fact]
    public void Nesting_without_end_is_an_error_not_a_crash()
    {
        string problem = Assert.Single(Loading.YmlProblems("environments: " + new string('[', 100_000)));

        Assert.Contains("deeper", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Aliases_and_merges_that_multiply_stay_small()
    {
        string text = "x0: &x0 { a: 1 }\n"
            + string.Concat(Enumerable.Range(1, 40).Select(i => $"x-{i}: &x{i} {{ <<: [{string.Join(", ", Enumerable.Repeat($"*x{i - 1}", 9))}], k{i}: [{string.Join(", ", Enumerable.Repeat($"*x{i - 1}", 9))}] }}\n"))
            + "environments: { e: { <<: *x40, region: r } }";

        Assert.Equal("r", Loading.Yml(text).Environment("e").Region);
    }

    [Fact]
    public void An_empty_file_is_an_empty_configuration()
    {
        Assert.Empty(Loading.Yml("").Environments);
        Assert.Empty(Loading.Yml("# nothing yet\n").Environments);
        Assert.Empty(Loading.Yml("environments:\nstacks:\n").Environments);
    }

    [Fact]
    public void Keys_are_read_with_a_warning_and_half_a_key_is_an_error_D33()
    {
        CumulusConfiguration c = Loading.Yml("environments: { e: { access-key-id: AKIAEXAMPLE, secret-access-key: s3cr3t } }");

        Assert.Equal("s3cr3t", c.Environment("e").Keys!.SecretAccessKey);
        Assert.DoesNotContain("s3cr3t", string.Concat(Loading.Warnings(c)), StringComparison.Ordinal);
        Assert.DoesNotContain("s3cr3t", JsonSerializer.Serialize(c), StringComparison.Ordinal);
        Assert.Contains("AKIAEXAMPLE", JsonSerializer.Serialize(c), StringComparison.Ordinal);
        Assert.Single(Loading.Warnings(c));
        Assert.Single(Loading.YmlProblems("environments: { e: { secret-access-key: s3cr3t } }"));
    }
}
