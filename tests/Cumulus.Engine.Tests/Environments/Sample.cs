using Cumulus.Engine.Aws;
using Cumulus.Engine.Configuration;
using Cumulus.Engine.Environments;
using Cumulus.Engine.Tests.Support;

namespace Cumulus.Engine.Tests.Environments;

/// <summary>A small environment: stage, with the stacks network, web and jobs.</summary>
internal static class Sample
{
    public const string Template = "Resources:\n  One:\n    Type: AWS::SNS::Topic\n  Two:\n    Type: AWS::SQS::Queue\n";

    public static readonly TemplateParameter[] AllThree =
    [
        new("CumulusBundleBucket", null, false, null),
        new("CumulusEnvironment", null, false, null),
        new("CumulusVersion", null, false, null),
    ];

    /// <summary>Its templates lie in the folder.</summary>
    public static CumulusConfiguration Configuration(TempFolder folder, params string[] stacks)
    {
        string[] names = stacks.Length > 0 ? stacks : ["network", "web", "jobs"];
        string file = folder["cumulus.conf"];
        return new CumulusConfiguration
        {
            Sources = [file],
            Environments = [new EnvironmentDefinition { Name = "stage", Region = "eu-west-1", Bucket = "bucket", Version = "1.0", Stacks = names, SourceFile = file }],
            Stacks = [.. names.Select(n => new StackDefinition { Name = n, Template = folder.Write($"{n}.yml", Template), SourceFile = file })],
            Bundles = [],
            Warnings = [],
        };
    }

    public static CumulusConfiguration With(this CumulusConfiguration configuration, Func<EnvironmentDefinition, EnvironmentDefinition> change) =>
        configuration with { Environments = [.. configuration.Environments.Select(change)] };

    public static CumulusConfiguration WithStack(this CumulusConfiguration configuration, string name, Func<StackDefinition, StackDefinition> change) =>
        configuration with { Stacks = [.. configuration.Stacks.Select(s => s.Name == name ? change(s) : s)] };

    public static EnvironmentRequest Request(this CumulusConfiguration configuration) =>
        new() { Configuration = configuration, Environment = "stage", OperationId = "op" };

    public static IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> Given(string stack, params (string Key, string Value)[] values) =>
        new Dictionary<string, IReadOnlyDictionary<string, string>> { [stack] = values.ToDictionary(v => v.Key, v => v.Value) };

    public static KeyValuePair<string, string> Pair(string key, string value) => new(key, value);

    public static StackChange Change(string stackName) => new(stackName, new TemplateSource(Template, null), [], [], [], false, null, "token");

    public static CumulusException Throttled() => new(ErrorIds.AwsRequestFailed, FailureKind.OperationFailed, "Rate exceeded");

    public static CumulusException Denied() => new(ErrorIds.AccessDenied, FailureKind.AccessDenied, "Access denied.");
}
