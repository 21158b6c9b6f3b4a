using Cumulus.Engine.Configuration;
using Xunit;

namespace Cumulus.Engine.Tests.Configuration;

public sealed class ConfReadingTests
{
    private const string Whole = """
        # An old configuration
        [general]
        log-level: warning

        [environment: stage]
        region = eu-west-1
        bucket: my-bucket
        version = 1.10
        stacks = zeta, alpha,
                 mid
        bundles = web
        stack-name-prefix = acme
        stack-name-suffix = blue
        pre-deploy-hook = ./before.sh
        post-deploy-hook = ./after.sh

        [stack: zeta]
        template = zeta.json
        disable-rollback = Yes
        timeout-in-minutes = 30
        parameters =
            InstanceType = t3.micro
            Query = a=b&c=d

            Empty =
        tags =
            team = shop

        [stack:alpha]
        template = https://example.com/alpha.json
        timeout-in-minutes = 0

        [ stack : mid ]
        template: ~/mid.json

        [bundle: web]
        paths =
            site
            /srv/web
            ./conf/
        path-rewrites =
            site -> srv/www
            /srv/web -> /
        pre-bundle-hook = make
        post-bundle-hook = make clean
        """;

    [Fact]
    public void Every_option_of_the_old_format_is_read()
    {
        CumulusConfiguration c = Loading.Conf(Whole);

        EnvironmentDefinition stage = c.Environment("stage");
        Assert.Equal(
            ("eu-west-1", "my-bucket", "1.10", "acme", "blue", "./before.sh", "./after.sh"),
            (stage.Region, stage.Bucket, stage.Version, stage.StackNamePrefix, stage.StackNameSuffix, stage.PreDeployHook, stage.PostDeployHook));
        Assert.Equal(["web"], stage.Bundles);
        Assert.Null(stage.Keys);
        Assert.Equal("/srv/project/cumulus.conf", stage.SourceFile);

        StackDefinition zeta = c.Stack("zeta");
        Assert.Equal(("/srv/project/zeta.json", true, 30), (zeta.Template, zeta.DisableRollback, zeta.TimeoutInMinutes));
        Assert.Equal([new("InstanceType", "t3.micro"), new("Query", "a=b&c=d"), new("Empty", "")], zeta.Parameters);
        Assert.Equal([new("team", "shop")], zeta.Tags);
        Assert.Equal("https://example.com/alpha.json", c.Stack("alpha").Template);
        Assert.Null(c.Stack("alpha").TimeoutInMinutes);
        Assert.Equal("/home/ann/mid.json", c.Stack("mid").Template);

        BundleDefinition web = c.Bundle("web");
        Assert.Equal([new("/srv/project/site", "site"), new("/srv/web", "srv/web"), new("/srv/project/conf", "conf")], web.Paths);
        Assert.Equal([new("site", "srv/www"), new("srv/web", "")], web.PathRewrites);
        Assert.Equal(("make", "make clean"), (web.PreBundleHook, web.PostBundleHook));
        Assert.Equal(LogLevel.Warning, c.LogLevel);
        Assert.Equal([29, 33], c.Warnings.Select(w => w.Line));
        Assert.All(c.Warnings, w => Assert.Contains("not exactly one blank after the colon", w.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void Stacks_keep_the_declared_order_D05() =>
        Assert.Equal(["zeta", "alpha", "mid"], Loading.Conf(Whole).Environment("stage").Stacks);

    [Fact]
    public void Disable_rollback_parameters_bucket_and_version_may_be_absent_D12()
    {
        CumulusConfiguration c = Loading.Conf("[environment: e]\nstacks = s\nversion =\n[stack: s]\ntemplate = t.json\n");

        Assert.Null(c.Environment("e").Version);
        Assert.Null(c.Environment("e").Bucket);
        Assert.False(c.Stack("s").DisableRollback);
        Assert.Empty(c.Stack("s").Parameters);
        Assert.Empty(c.Warnings);
    }

    [Fact]
    public void Both_spellings_of_the_pre_built_bundle_are_read_D02()
    {
        CumulusConfiguration c = Loading.Conf("[bundle: a]\npre-built-bundle = a.zip\n[bundle: b]\npre-build-bundle = b.zip\n");

        Assert.Equal("/srv/project/a.zip", c.Bundle("a").PreBuiltBundle);
        Assert.Equal("/srv/project/b.zip", c.Bundle("b").PreBuiltBundle);
        Assert.Contains("bundle: b / pre-build-bundle: The option's name is 'pre-built-bundle'", Assert.Single(Loading.Warnings(c)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_lone_percent_sign_is_itself_D17()
    {
        CumulusConfiguration c = Loading.Conf("[environment: e]\npre-deploy-hook = date +%Y-%m; echo 100%% 5% %(region)\nregion = r\n");

        Assert.Equal("date +%Y-%m; echo 100% 5% %(region)", c.Environment("e").PreDeployHook);
    }

    [Fact]
    public void An_indented_comment_is_a_comment_D17()
    {
        CumulusConfiguration c = Loading.Conf("""
            [stack: s]
            template = t.json
            parameters =
                A = 1
                # B = 2
                ; C = 3
                D = 4
            """);

        Assert.Equal([new("A", "1"), new("D", "4")], c.Stack("s").Parameters);
        Assert.StartsWith("cumulus.conf:5: stack: s / parameters: The indented comment", Assert.Single(Loading.Warnings(c)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_semicolon_after_white_space_cuts_the_first_line_of_a_value_only()
    {
        CumulusConfiguration c = Loading.Conf("""
            [environment: e]
            region = eu-west-1 ; Ireland
            bucket = a;b
            pre-deploy-hook = one; two ; three
            post-deploy-hook = one ; two
                three ; four
            """);

        EnvironmentDefinition e = c.Environment("e");
        Assert.Equal(("eu-west-1", "a;b", "one; two ; three", "one\nthree ; four"), (e.Region, e.Bucket, e.PreDeployHook, e.PostDeployHook));
    }

    [Fact]
    public void Values_of_other_options_and_of_DEFAULT_are_put_in()
    {
        CumulusConfiguration c = Loading.Conf("""
            [DEFAULT]
            region = eu-west-1
            company = acme
            base = %(company)s-%(area)s
            area = north
            [environment: e]
            bucket = %(BASE)s-bundles
            area = south
            pre-deploy-hook = echo %(__name__)s %%(base)s
            [environment: f]
            bucket = %(base)s
            region = us-east-1
            """);

        Assert.Equal(("acme-south-bundles", "eu-west-1", "echo environment: e %(base)s"), (c.Environment("e").Bucket, c.Environment("e").Region, c.Environment("e").PreDeployHook));
        Assert.Equal(("acme-north", "us-east-1"), (c.Environment("f").Bucket, c.Environment("f").Region));
        Assert.Empty(c.Warnings);
    }

    [Fact]
    public void An_interpolated_value_of_many_lines_keeps_its_lines()
    {
        CumulusConfiguration c = Loading.Conf("""
            [DEFAULT]
            common =
                A = 1
                B = 2
            [stack: s]
            template = t.json
            parameters = %(common)s
                C = 3
            """);

        Assert.Equal([new("A", "1"), new("B", "2"), new("C", "3")], c.Stack("s").Parameters);
    }

    [Theory]
    [InlineData("a = %(b)s\nb = %(a)s")]
    [InlineData("a = %(a)s")]
    public void A_circle_of_interpolations_is_an_error(string options) =>
        Assert.Contains("circle", Assert.Single(Loading.ConfProblems($"[environment: e]\n{options}\nregion = %(a)s\n")), StringComparison.Ordinal);

    [Fact]
    public void Interpolations_that_multiply_end_in_an_error_soon()
    {
        string options = string.Join('\n', Enumerable.Range(0, 9).Select(i => $"o{i} = {string.Concat(Enumerable.Repeat($"%(o{i + 1})s", 30))}"));

        Assert.Contains("too deep", Assert.Single(Loading.ConfProblems($"[environment: e]\n{options}\no9 = xxxxxxxxxx\nregion = %(o0)s\n")), StringComparison.Ordinal);
    }

    [Fact]
    public void All_problems_come_at_once_with_file_line_and_option()
    {
        string[] problems = Loading.ConfProblems("""
            [environment: stage]
            region = %(regoin)s
            version = 1.0
                bucket = b
            no separator
            access-key-id = AKIAEXAMPLE
            [stack: a]
            disable-rollback = perhaps
            timeout-in-minutes = 1.5
            capabilities = CAPABILITY_NAMED_AIM
            parameters =
                A = 1
                B
            [bundle: b]
            path-rewrites =
                x
                -> y
                x ->
            [stack: ]
            """);

        Assert.Equal(
            [
                "cumulus.conf:2: environment: stage / region: '%(regoin)s' names no option of this section or [DEFAULT]. Did you mean 'region'? Write %%(regoin)s for the text itself.",
                "cumulus.conf:4: environment: stage / version: The value is one line, but this indented line belongs to it too. Take the indentation away, or the line.",
                "cumulus.conf:5: This line is no 'name = value'. A further line of the value above must be indented.",
                "cumulus.conf:6: environment: stage: 'secret-access-key' is missing beside the other half of the key.",
                "cumulus.conf:7: stack: a: The stack has no template.",
                "cumulus.conf:8: stack: a / disable-rollback: 'perhaps' is neither yes nor no; write true or false.",
                "cumulus.conf:9: stack: a / timeout-in-minutes: '1.5' is not a whole number of 0 or more.",
                "cumulus.conf:10: stack: a / capabilities: 'CAPABILITY_NAMED_AIM' is no capability of CloudFormation. Did you mean 'CAPABILITY_NAMED_IAM'? Known: CAPABILITY_IAM, CAPABILITY_NAMED_IAM, CAPABILITY_AUTO_EXPAND.",
                "cumulus.conf:13: stack: a / parameters: The line has no '='; write 'key = value'.",
                "cumulus.conf:14: bundle: b: The bundle has neither paths nor a pre-built-bundle.",
                "cumulus.conf:16: bundle: b / path-rewrites: The line has no '->'; write 'target -> destination'.",
                "cumulus.conf:17: bundle: b / path-rewrites: The target is empty; write '/' for the root.",
                "cumulus.conf:18: bundle: b / path-rewrites: The destination is empty; write '/' for the root.",
                "cumulus.conf:19: The section needs a name: [stack: NAME].",
            ],
            problems);
    }

    [Theory]
    [InlineData("region = x\n[general]\n", "cumulus.conf:1: There is text before the first [section].")]
    [InlineData("[general\n", "cumulus.conf:1: A section needs a closing ']'.")]
    [InlineData("[]\n", "cumulus.conf:1: A section needs a name.")]
    [InlineData("[environment]\n", "cumulus.conf:1: The section needs a name: [environment: NAME].")]
    [InlineData("[general]\n= x\n", "cumulus.conf:2: There is no option name before the separator.")]
    [InlineData("[stack: s]\n\n  template = t\n  tags =\n", "cumulus.conf:3: The line is indented, but there is no option above")]
    public void A_broken_line_is_named(string text, string problem) =>
        Assert.Contains(Loading.ConfProblems(text), p => p.StartsWith(problem, StringComparison.Ordinal));

    [Fact]
    public void Unknown_sections_and_options_are_warnings_with_the_nearest_name()
    {
        CumulusConfiguration c = Loading.Conf("""
            [DEFAULT]
            regoin = x
            [enviroment: stage]
            [environment: stage]
            bukcet = b
            stacks = wep, wep
            bundles = nope
            [stack: web]
            template = t
            [general]
            log-level = warn
            """);

        Assert.Equal(
            [
                "cumulus.conf:2: DEFAULT / regoin: Nothing uses the option. Did you mean 'region'?",
                "cumulus.conf:3: The section 'enviroment: stage' is not known and is ignored. Did you mean 'environment: stage'? Known: DEFAULT, general, environment: NAME, stack: NAME, bundle: NAME.",
                "cumulus.conf:5: environment: stage: The option 'bukcet' is not known and is ignored. Did you mean 'bucket'?",
                "cumulus.conf:6: environment: stage / stacks: 'wep' stands there twice; it counts once.",
                "cumulus.conf:6: environment: stage / stacks: There is no stack 'wep'. Did you mean 'web'?",
                "cumulus.conf:7: environment: stage / bundles: There is no bundle 'nope'.",
                "cumulus.conf:11: general / log-level: 'warn' is no log level; info is used. Known: debug, info, warning, error.",
            ],
            Loading.Warnings(c));
    }

    [Theory]
    [InlineData("debug", LogLevel.Debug)]
    [InlineData("INFO", LogLevel.Info)]
    [InlineData("Error", LogLevel.Error)]
    [InlineData("verbose", LogLevel.Info)]
    public void An_unknown_log_level_means_info_not_debug_D13(string written, LogLevel level) =>
        Assert.Equal(level, Loading.Conf($"[general]\nlog-level = {written}\n").LogLevel);

    [Fact]
    public void Repeated_sections_and_options_are_put_together_with_a_warning()
    {
        CumulusConfiguration c = Loading.Conf("""
            [environment: e]
            region = a
            region = b
            [environment:e]
            bucket = c
            [stack: s]
            template = t
            parameters =
                A = 1
                B = 2
                A = 3
            """);

        Assert.Equal(("b", "c"), (c.Environment("e").Region, c.Environment("e").Bucket));
        Assert.Equal([new("A", "3"), new("B", "2")], c.Stack("s").Parameters);
        Assert.Equal(
            [
                "cumulus.conf:3: environment: e / region: The option stands in line 2 already; this later one counts.",
                "cumulus.conf:4: The old program passed over the section 'environment:e', since there is not exactly one blank after the colon; here it counts.",
                "cumulus.conf:4: environment: e: The section began in line 1 already; its options are put together.",
                "cumulus.conf:11: stack: s / parameters: 'A' stands there twice; this later one counts.",
            ],
            Loading.Warnings(c));
    }

    [Fact]
    public void Access_keys_are_read_with_a_warning_that_does_not_show_them_D33()
    {
        CumulusConfiguration c = Loading.Conf("[environment: e]\naccess-key-id = AKIAEXAMPLE\nsecret-access-key = s3cr3t/+=\n");

        Assert.Equal(new StaticKeys("AKIAEXAMPLE", "s3cr3t/+="), c.Environment("e").Keys);
        string warning = Assert.Single(Loading.Warnings(c));
        Assert.StartsWith("cumulus.conf:2: environment: e: An access key in clear text", warning, StringComparison.Ordinal);
        Assert.DoesNotContain("AKIA", warning, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cr3t", c.Environment("e").ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Broken_lines_are_never_quoted_since_they_may_hold_secrets()
    {
        string[] problems = Loading.ConfProblems("[environment: e]\nregion = a\nhunter2\n[stack: s]\ntemplate = t\nparameters =\n  hunter2\n  = hunter2\n");

        Assert.Equal(3, problems.Length);
        Assert.DoesNotContain("hunter2", string.Concat(problems), StringComparison.Ordinal);
    }

    [Fact]
    public void Windows_line_ends_a_byte_order_mark_and_UTF16_are_fine()
    {
        const string text = "[environment: e]\r\nregion = eu-west-1\r\nstacks = a,\r\n\tb\r\n";
        byte[] marked = [0xEF, 0xBB, 0xBF, .. System.Text.Encoding.UTF8.GetBytes(text)];
        byte[] utf16 = [0xFF, 0xFE, .. System.Text.Encoding.Unicode.GetBytes(text)];

        foreach (byte[] bytes in new[] { marked, utf16 })
        {
            EnvironmentDefinition e = Loading.Load(new MemoryFiles().Add("/srv/project/cumulus.conf", bytes)).Environment("e");
            Assert.Equal("eu-west-1", e.Region);
            Assert.Equal(["a", "b"], e.Stacks);
        }
    }

    [Fact]
    public void A_file_that_is_no_text_is_an_error_with_the_line()
    {
        byte[] latin = [.. "[environment: e]\nregion = \n"u8, 0xE9, .. "\n"u8];

        Assert.Equal(
            ["cumulus.conf:3: This is not UTF-8 text. Save the file as UTF-8."],
            Loading.Problems(() => Loading.Load(new MemoryFiles().Add("/srv/project/cumulus.conf", latin))));
    }

    [Theory]
    [InlineData("$T/web.json", "/tpl/web.json")]
    [InlineData("${T}/web.json", "/tpl/web.json")]
    [InlineData("$UNSET/web.json", "/srv/project/$UNSET/web.json")]
    [InlineData("httpd/web.json", "/srv/project/httpd/web.json")]
    [InlineData("s3://bucket/web.json", "s3://bucket/web.json")]
    public void Environment_variables_in_a_template_are_put_in(string written, string template)
    {
        var files = new MemoryFiles().Add("/srv/project/cumulus.conf", $"[stack: s]\ntemplate = {written}\n");
        ConfigurationRequest request = Loading.Request() with { Variables = new Dictionary<string, string> { ["T"] = "/tpl" } };

        Assert.Equal(template, new ConfigurationLoader(files).Load(request).Stack("s").Template);
    }
}
