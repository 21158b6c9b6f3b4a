using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.RegularExpressions;
using Cumulus.Engine.Configuration;
using Cumulus.Engine.Configuration.Settings;

namespace Cumulus.Engine.Tests.Configuration;

/// <summary>The JSON schema for editors says what the reader does.</summary>
public sealed class SchemaTests
{
    private const string Arn = "arn:aws:sns:eu-west-1:123456789012:events";
    private static readonly JsonElement Document = JsonDocument.Parse(ConfigurationStart.Schema()).RootElement;
    private static readonly JsonSchema Schema = new(Document);
    private static readonly string Documents = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Here())!, "..", "..", "..", "docs"));

    /// <summary>What both take without a word.</summary>
    public static TheoryData<string> Good { get; } =
    [
        "", "environments:\n", "x-any: [1]", "include: a.conf, b.yml", "include: [a.conf]\nlog-level: DEBUG", "variables: { a: 1, b_c-d: [x, 2] }", "tags: { a: b, c: 1 }",
        "environments: { e: { version: 1.10, stacks: a, region: , hook-time-limit: 5 }, f: }\nstacks: { a: { template: t } }",
        "environments: { b: { abstract: true }, e: { extends: b, run-hooks-after-failure: off, notification-arns: " + Arn + ", tags: { a: [b, c] }, termination-protection: \"yes\" } }",
        "environments: { e: { stacks: [s], overrides: { stacks: { s: { parameters: { A: 1 } } }, bundles: } } }\nstacks: { s: { template: t } }",
        "stacks: { s: { template: t, capabilities: [capability_iam, CAPABILITY_AUTO_EXPAND], on-failure: delete, timeout-in-minutes: '5' } }",
        "stacks: { s: { template: t, parameters: { A: , B: true, C: [1, x], D: '${ssm:x}' }, stack-policy: { Statement: [] }, rollback-monitoring-minutes: 180 } }",
        "stacks: { s: { template: t, stack-policy: '{\"Statement\": []}', disable-rollback: 1, rollback-alarms: [" + Arn + "], depends-on: , update-hosts: No } }",
        "bundles: { b: { paths: a, path-rewrites: [a -> b], format: TGZ, exclude: '*.log' }, c: { paths: [a, 2], path-rewrites: { a: / } } }",
        "variables: { f: zip, n: 5 }\nbundles: { b: { paths: [ '${f}' ], format: '${f}', follow-symlinks: on, hook-time-limit: '${n}' } }",
    ];

    /// <summary>What neither takes without a word.</summary>
    public static TheoryData<string> Bad { get; } =
    [
        "- a", "text", "environments: [a]", "environments: text", "enviroments: {}", "include: { a: b }", "include: [ { a: b } ]", "log-level: loud", "variables: { 1a: b }", "variables: { environment: b }", "variables: [a]",
        "tags: { a: { b: c } }", "environments: { e: { Region: x } }", "environments: { e: { region: [x] } }", "environments: { e: { stacks: { a: b } } }", "environments: { e: { stacks: [ '' ] } }", "environments: { '': {} }",
        "environments: { e: { abstract: maybe } }", "environments: { e: { role-arn: admin } }", "environments: { e: { hook-time-limit: -1 } }", "environments: { e: { hook-time-limit: soon } }", "environments: { e: { hook-time-limit: 1.5 } }",
        "environments: { e: { overrides: { stack: {} } } }", "environments: { e: { overrides: { stacks: { s: { extends: t } } } } }\nstacks: { s: { template: t } }", "environments: { e: { overrides: [a] } }",
        "environments: { e: { variables: { 'a b': c } } }", "environments: { e: { notification-arns: [x] } }", "environments: { e: [a] }",
        "stacks: { s: { template: [t] } }", "stacks: { s: { template: t, capabilities: [CAPABILITY_ALL] } }", "stacks: { s: { template: t, parameters: [a] } }", "stacks: { s: { template: t, parameters: { A: { b: c } } } }",
        "stacks: { s: { template: t, disable-rollback: 2 } }", "stacks: { s: { template: t, on-failure: EXPLODE } }", "stacks: { s: { template: t, stack-policy: [a] } }", "stacks: { s: { template: t, rollback-monitoring-minutes: 181 } }",
        "stacks: { s: { template: t, parmeters: {} } }", $"stacks: {{ s: {{ template: t, notification-arns: [{string.Join(", ", Enumerable.Range(1, 6).Select(i => Arn + i))}] }} }}",
        "stacks: { s: { template: \"a\\nb\" } }", "bundles: { b: { paths: { a: b } } }", "bundles: { b: { paths: a, format: rar } }", "bundles: { b: { paths: a, path-rewrites: [a] } }", "bundles: { b: { paths: a, path-rewrites: [-> b] } }", "bundles: { b: { paths: a, path-rewrites: { a: } } }",
        "bundles: { b: { paths: a, follow-symlinks: [yes] } }", "bundles: { b: { paths: a, post-bundle-hook: [a] } }", "bundles: { b: { paths: a, Format: zip } }",
    ];

    [Theory]
    [MemberData(nameof(Good))]
    public void What_is_right_both_take(string text)
    {
        Assert.Empty(Problems(text));
        Assert.True(Schema.Accepts(JsonSchema.ReadYaml(text)));
    }

    [Theory]
    [MemberData(nameof(Bad))]
    public void What_is_wrong_both_find(string text)
    {
        Assert.NotEmpty(Problems(text));
        Assert.False(Schema.Accepts(JsonSchema.ReadYaml(text)));
    }

    [Fact]
    public void The_schema_has_every_option_of_every_section_and_no_other()
    {
        JsonElement definitions = Document.GetProperty("$defs");
        string[] Properties(string name) => [.. definitions.GetProperty(name).GetProperty("anyOf")[1].GetProperty("properties").EnumerateObject().Select(p => p.Name).Order(StringComparer.Ordinal)];
        string[] Options(SectionKey key) => [.. OptionSchema.Of(key).SelectMany(o => o.Alias is null ? new[] { o.Name } : [o.Name, o.Alias]).Order(StringComparer.Ordinal)];

        Assert.Equal(Options(new SectionKey(SectionKind.Environment, "e")), Properties("environment"));
        Assert.Equal(Options(new SectionKey(SectionKind.Stack, "s")), Properties("stack"));
        Assert.Equal(Options(new SectionKey(SectionKind.Bundle, "b")), Properties("bundle"));
        Assert.Equal(Options(new SectionKey(SectionKind.Stack, "s", "e")), Properties("stackOverride"));
        Assert.Equal(Options(new SectionKey(SectionKind.Bundle, "b", "e")), Properties("bundleOverride"));
        Assert.Equal(
            OptionSchema.Of(SectionKind.General).Select(o => o.Name).Concat(["environments", "stacks", "bundles"]).Order(StringComparer.Ordinal),
            Document.GetProperty("properties").EnumerateObject().Select(p => p.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_schema_takes_the_examples_the_guide_and_the_commented_start()
    {
        string guide = File.ReadAllText(Path.Combine(Documents, "guides", "configuration.md"));
        string[] texts =
        [
            .. Directory.GetFiles(Path.Combine(Documents, "examples"), "cumulus.yml", SearchOption.AllDirectories).Select(File.ReadAllText),
            .. Regex.Matches(guide, "```yaml\n(.*?)```", RegexOptions.Singleline).Select(m => m.Groups[1].Value),
            ConfigurationStart.Text(["stage"], null, null, withSchema: true),
        ];

        Assert.True(texts.Length >= 5);
        Assert.All(texts, text => Assert.True(Schema.Accepts(JsonSchema.ReadYaml(text)), text));
    }

    private static IEnumerable<object> Problems(string text)
    {
        var files = new MemoryFiles().Add("/srv/project/cumulus.yml", text).Add("/srv/project/t", "").Add("/srv/project/a.conf", "").Add("/srv/project/b.yml", "");
        return new ConfigurationLoader(files).Check(Loading.Request()).Problems;
    }

    private static string Here([CallerFilePath] string path = "") => path;
}
