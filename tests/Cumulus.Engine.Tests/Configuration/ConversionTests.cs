using System.Text.Json;
using Cumulus.Engine.Configuration;
using Cumulus.Engine.Configuration.Conversion;
using FsCheck;
using FsCheck.Fluent;

namespace Cumulus.Engine.Tests.Configuration;

public sealed class ConversionTests
{
    private const string File = $"{Loading.Folder}/cumulus.conf";

    [Fact]
    public void What_is_converted_reads_well_and_keeps_comments()
    {
        string yaml = Convert("""
            # The shop
            [general]
            log-level = info   ; chatty enough

            [DEFAULT]
            base = acme
            region = eu-west-1

            # stage, for testers
            [environment: stage]
            bucket = %(base)s-bundles
            ; the order matters
            stacks = network, web
            version =
            pre-deploy-hook =
              ./check.sh
              ./warm.sh 100%
            colour = blue
            [bundle: site]
            paths =
              ./site
              # not yet: conf
              C:\\x y
            path-rewrites = site -> srv/web
            [stack: web]
            template = $HOME_TOWN/web.json
            parameters =
              Url = http://x:80/#a
              Empty =
              Dollar = ${x} 100%% "q" 'p'
            [wrong]
            a = b
            [stack: network]
            template = n.yml
            # the end
            """);

        Assert.Equal("""
            # The shop
            # chatty enough
            log-level: info

            environments:
              # stage, for testers
              stage:
                # colour = blue
                bucket: acme-bundles
                # the order matters
                stacks: [network, web]
                version:
                pre-deploy-hook: |
                  ./check.sh
                  ./warm.sh 100%
                region: eu-west-1

            stacks:
              web:
                template: ${env:HOME_TOWN}/web.json
                parameters:
                  Url: "http://x:80/#a"
                  Empty: ""
                  Dollar: "$${x} 100% \"q\" 'p'"
              network:
                template: n.yml

            bundles:
              site:
                # not yet: conf
                paths:
                  - ./site
                  - "C:\\\\x y"
                path-rewrites:
                  - site -> srv/web
                follow-symlinks: true

            # [wrong]
            # a = b

            # the end

            """.Replace("\r", "", StringComparison.Ordinal), yaml);
    }

    [Fact]
    public void A_path_that_only_the_current_folder_has_is_written_so_that_it_is_found()
    {
        var files = new MemoryFiles().Add("/srv/project/conf/cumulus.conf", "[stack: s]\ntemplate = t.yml\n[bundle: b]\npaths = site\n").Add("/srv/project/t.yml", "").Add("/srv/project/site", "");

        ConvertedConfiguration converted = ConfigurationConverter.Convert("/srv/project/conf/cumulus.conf", Loading.Request(), files);

        Assert.Contains("template: ../t.yml", converted.Text, StringComparison.Ordinal);
        Assert.Contains("- ../site", converted.Text, StringComparison.Ordinal);
        Assert.Equal(2, converted.Warnings.Count);
        CumulusConfiguration c = Loading.Load(new MemoryFiles().Add("/srv/project/conf/cumulus.yml", converted.Text), "/srv/project/conf/cumulus.yml");
        Assert.Equal(("/srv/project/t.yml", new BundlePath("/srv/project/site", "site")), (c.Stack("s").Template, c.Bundle("b").Paths[0]));
    }

    [Fact]
    public void A_file_with_errors_is_not_converted()
    {
        string[] problems = Loading.Problems(() => Convert("[stack: s]\ntemplate = %(nowhere)s\n"));

        Assert.Contains("'%(nowhere)s' names no option", Assert.Single(problems), StringComparison.Ordinal);
    }

    [Fact]
    public void Whatever_the_old_format_says_the_converted_file_says_too()
    {
        Gen<string> value = Gen.Elements(
            "a", "b=c", "x:y", "x: y", "100%", "a;b", "#x", "a #b", "é", "%", "a b", "${x}", "$${x}", "$x", "{a}", "[a]", "- a", "'q'", "\"q\"", "\\", "null", "~", "true", "1.10", "007", "&a", "*a", "!t", "|", ">", "@", "`", "?", "a,b",
            "😀", "a\u0085b", "\u2028", "-", "---", "=", "<<", "%%(x)s", "a\tb", "\uFEFF");
        Gen<string> name = Gen.Elements("e", "stage", "1", "true", "a b", "x:y", "é", "null", "-", "#z", "<<");
        Gen<string> lines(Gen<string> line) => line.ListOf().Select(l => string.Concat(l.Take(4).Select(x => $"\n  {x}")));
        Gen<string> pairs = lines(from key in Gen.Elements("A", "B::C", "Ä", "<<", "null", "- x", "{k") from v in value select $"{key} = {v}");
        Gen<string> option = Gen.OneOf(
            from o in Gen.Elements("region", "bucket", "version", "template", "profile", "stack-name-prefix", "include", "external-id", "format-x", "hook-time-limit") from v in value select $"{o} = {v}",
            from o in Gen.Elements("parameters", "tags") from p in pairs select $"{o} ={p}",
            from o in Gen.Elements("stacks", "bundles", "depends-on", "capabilities-x", "paths", "exclude", "pre-deploy-hook", "post-bundle-hook") from l in lines(value) select $"{o} ={l}",
            from l in lines(from a in value from b in value select $"{a} -> {b}") select $"path-rewrites ={l}",
            Gen.Elements("disable-rollback = yes", "timeout-in-minutes = 5", "timeout-in-minutes = 0", "# comment", "; another", "rem old", "follow-symlinks = no", "format = tar.gz", "pre-built-bundle = a.zip", "update-hosts = on", "version =", "x = %(region)s", "bucket = %(x)s y"));
        Gen<string> section =
            from kind in Gen.Elements("environment", "stack", "bundle") from n in name from options in option.ListOf()
            select string.Concat(options.Take(8).Prepend($"[{kind}: {n}]").Select(o => o + "\n")) + (kind == "stack" ? "template = t\n" : kind == "bundle" ? "paths = p\n" : "");
        Gen<string> document = from sections in section.ListOf() from defaults in option.ListOf() select string.Concat(defaults.Take(3).Prepend("[DEFAULT]").Select(o => o + "\n")) + string.Concat(sections.Take(6));

        int compared = 0;
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(600), Prop.ForAll(document.ToArbitrary(), text =>
        {
            CumulusConfiguration before;
            try
            {
                before = Loading.Conf(text);
            }
            catch (ConfigurationException)
            {
                return true;
            }

            compared++;
            string yaml = Convert(text);
            string was = Describe(before), converted = Describe(Loading.Yml(yaml));
            return was == converted ? true : throw new Xunit.Sdk.XunitException($"{text}\n=>\n{yaml}\n{was}\n{converted}");
        }));
        Assert.True(compared > 100, $"only {compared} files were valid");
    }

    private static string Convert(string text) => ConfigurationConverter.Convert(
        File, Loading.Request() with { Variables = new Dictionary<string, string> { ["HOME_TOWN"] = "Ulm" } }, new MemoryFiles().Add(File, text)).Text;

    // All of the model but where it came from.
    private static string Describe(CumulusConfiguration c) =>
        JsonSerializer.Serialize(c with { Sources = [], Warnings = [] }).Replace("cumulus.conf", "cumulus.yml", StringComparison.Ordinal) + string.Join(' ', c.Environments.Select(e => e.Keys?.SecretAccessKey));
}
