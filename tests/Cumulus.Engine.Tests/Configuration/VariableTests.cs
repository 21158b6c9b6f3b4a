using Cumulus.Engine.Configuration;
using Xunit;

namespace Cumulus.Engine.Tests.Configuration;

public sealed class VariableTests
{
    [Fact]
    public void The_nearest_variable_counts_in_each_environment()
    {
        CumulusConfiguration c = Loading.Yml("""
            variables: { size: small, name: "${environment}-x", region: eu-west-1 }
            environments:
              stage: { stacks: [web], bundles: [b], region: "${region}", bucket: "acme-${environment}" }
              prod: { stacks: [web], bundles: [b], variables: { size: large, region: us-east-1 }, region: "${region}" }
            stacks:
              web: { template: "${environment}/web.yml", parameters: { Size: "${size}", Name: "a ${name} b" }, tags: { size: "${size}" } }
            bundles:
              b: { paths: "site/${size}" }
            """);

        EnvironmentDefinition stage = c.Environment("stage"), prod = c.Environment("prod");
        Assert.Equal(("eu-west-1", "acme-stage", "us-east-1"), (stage.Region, stage.Bucket, prod.Region));
        Assert.Equal([new("Size", "small"), new("Name", "a stage-x b")], c.StackOf(stage, "web").Parameters);
        Assert.Equal([new("Size", "large"), new("Name", "a prod-x b")], c.StackOf(prod, "web").Parameters);
        Assert.Equal("/srv/project/prod/web.yml", c.StackOf(prod, "web").Template);
        Assert.Equal([new("size", "large")], c.StackOf(prod, "web").Tags);
        Assert.Equal("/srv/project/site/large", Assert.Single(c.BundleOf(prod, "b").Paths).FullPath);
        Assert.Equal([new("Size", "small"), new("Name", "a ${environment}-x b")], c.Stack("web").Parameters);
        Assert.Empty(c.Warnings);
    }

    [Theory]
    [InlineData("a$b $ c$", "a$b $ c$")]
    [InlineData("$${size}", "${size}")]
    [InlineData("$$${size}", "$${size}")]
    [InlineData("${env:HOME_TOWN}", "Ulm")]
    [InlineData("${size}${size}", "smallsmall")]
    [InlineData("${twice}", "smallsmall!")]
    [InlineData("${ssm:/db/url}", "{{resolve:ssm:/db/url}}")]
    [InlineData("${ssm-secure:pw:3}", "{{resolve:ssm-secure:pw:3}}")]
    [InlineData("x${secretsmanager:id:SecretString:pw}", "x{{resolve:secretsmanager:id:SecretString:pw}}")]
    [InlineData("{{resolve:ssm:/db/url}}", "{{resolve:ssm:/db/url}}")]
    [InlineData("%(size)s 100%", "%(size)s 100%")]
    public void What_stands_in_a_value(string written, string value)
    {
        string text = $"variables: {{ size: small, twice: '${{size}}${{size}}!' }}\nenvironments: {{ e: {{ stacks: [s] }} }}\nstacks: {{ s: {{ template: t, parameters: {{ A: '{written}' }} }} }}";
        var files = new MemoryFiles().Add("/srv/project/cumulus.yml", text);

        CumulusConfiguration c = new ConfigurationLoader(files).Load(Loading.Request() with { Variables = new Dictionary<string, string> { ["HOME_TOWN"] = "Ulm" } });

        Assert.Equal([new("A", value)], c.StackOf(c.Environment("e"), "s").Parameters);
        Assert.Empty(c.StackOf(c.Environment("e"), "s").LinkedParameters);
    }

    [Fact]
    public void What_takes_an_output_of_another_stack_is_a_link_and_an_order()
    {
        CumulusConfiguration c = Loading.Yml("""
            variables: { domain: "${network.Domain}" }
            environments: { e: { stacks: [network, db, web] } }
            stacks:
              network: { template: n.yml }
              db: { template: d.yml, depends-on: network }
              web:
                template: w.yml
                depends-on: [db]
                parameters: { Url: "http://${domain}:80/${network.Path}", Subnets: ["${network.A}", b], Plain: x }
            """);

        StackDefinition web = c.StackOf(c.Environment("e"), "web");
        Assert.Equal([new("Plain", "x")], web.Parameters);
        Assert.Equal(["db", "network"], web.Prerequisites);
        Assert.Equal(["network"], c.Stack("db").Prerequisites);
        LinkedValue url = web.LinkedParameters.Single(p => p.Key == "Url").Value;
        Assert.Equal([new OutputReference("network", "Domain"), new OutputReference("network", "Path")], url.References);
        Assert.Equal("http://<network/Domain>:80/<network/Path>", url.Resolve(r => $"<{r.Stack}/{r.Output}>"));
        Assert.Equal("http://${network.Domain}:80/${network.Path}", url.ToString());
        Assert.Equal("<A>,b", web.LinkedParameters.Single(p => p.Key == "Subnets").Value.Resolve(r => $"<{r.Output}>"));
        Assert.Empty(c.Warnings);
    }

    [Theory]
    [InlineData("${siz}", "There is no variable 'siz'. Did you mean 'size'?")]
    [InlineData("${env:CUMULUS_NO_SUCH}", "The environment variable 'CUMULUS_NO_SUCH' is not set.")]
    [InlineData("${a", "A '${' has no '}'. Write '$${' for the characters themselves.")]
    [InlineData("${}", "'${}' is neither a variable nor an output of a stack.")]
    [InlineData("${a b}", "'${a b}' is neither a variable nor an output of a stack.")]
    [InlineData("${smm:/x}", "'${smm:...}' is not known. Known: env, ssm, ssm-secure, secretsmanager.")]
    [InlineData("${loop}", "The variable 'loop' leads in a circle: loop, pool, loop.")]
    [InlineData("${network.Vpc}", "Outputs of stacks can stand in parameters of stacks only.")]
    public void What_cannot_be_put_in_is_an_error_at_its_place(string written, string problem)
    {
        string found = Assert.Single(Loading.YmlProblems($"variables: {{ size: small, loop: '${{pool}}', pool: '${{loop}}' }}\nenvironments:\n  e:\n    region: '{written}'\n"));

        Assert.StartsWith($"cumulus.yml:4:13: environment: e / region: {problem}", found, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_that_no_variable_can_have_are_errors() => Assert.Equal(
        [
            "cumulus.yml:1:20: general / variables: '1x' is no name of a variable: letters, digits, '-' and '_', no digit first.",
            "cumulus.yml:1:38: general / variables: 'environment' always is the name of the environment.",
        ],
        Loading.YmlProblems("variables: { '1x': a, environment:   b }"));

    [Fact]
    public void A_stack_that_no_environment_lists_may_have_open_variables_with_a_warning()
    {
        CumulusConfiguration c = Loading.Yml("stacks: { s: { template: 't-${size}.yml' } }");

        Assert.Equal("/srv/project/t-${size}.yml", c.Stack("s").Template);
        Assert.Equal(["cumulus.yml:1:26: stack: s / template: There is no variable 'size'."], Loading.Warnings(c));
    }

    [Fact]
    public void Hooks_are_a_shells_and_nothing_is_put_into_them() =>
        Assert.Equal("echo ${HOME} ${size}", Loading.Yml("environments: { e: { pre-deploy-hook: 'echo ${HOME} ${size}' } }").Environment("e").PreDeployHook);

    [Fact]
    public void Nothing_is_put_into_the_old_format()
    {
        CumulusConfiguration c = Loading.Conf("[environment: e]\nstacks = s\n[stack: s]\ntemplate = t\nparameters =\n  A = ${size} ${network.Vpc} $${x}\n");

        Assert.Equal([new("A", "${size} ${network.Vpc} $${x}")], c.StackOf(c.Environment("e"), "s").Parameters);
        Assert.Empty(c.Warnings);
    }

    [Fact]
    public void Variables_that_multiply_end_in_an_error()
    {
        string variables = string.Join('\n', Enumerable.Range(1, 60).Select(i => $"  v{i}: \"{string.Concat(Enumerable.Repeat($"${{v{i - 1}}}", 9))}\""));

        string problem = Assert.Single(Loading.YmlProblems($"variables:\n  v0: 0123456789\n{variables}\nenvironments: {{ e: {{ region: '${{v60}}' }} }}"));

        Assert.EndsWith("With its variables put in, the value is too long.", problem, StringComparison.Ordinal);
    }
}
