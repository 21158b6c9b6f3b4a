using System.Reflection;
using Cumulus.Engine.Configuration.Conversion;

namespace Cumulus.Engine.Configuration;

/// <summary>A first <c>cumulus.yml</c>, with comments that say what else there is.</summary>
public static class ConfigurationStart
{
    /// <summary>Name of the JSON schema beside a configuration.</summary>
    public const string SchemaName = "cumulus.schema.json";

    /// <param name="environments">At least one.</param>
    /// <param name="withSchema">The file names the schema beside it, for editors.</param>
    /// <exception cref="CumulusException"><see cref="ErrorIds.NameInvalid"/></exception>
    public static string Text(IReadOnlyList<string> environments, string? region, string? bucket, bool withSchema)
    {
        foreach (string name in environments) NameRules.Require("environment", name);
        return string.Join('\n',
        [
            .. withSchema ? new[] { $"# yaml-language-server: $schema={SchemaName}" } : [],
            "# What is deployed where. 'Test-CumulusConfiguration' looks through this file.",
            "",
            "# variables:            # ${name} in any value but hooks",
            "#   size: t3.micro",
            "",
            "environments:",
            "  base:",
            "    abstract: true      # only there to be extended",
            region is null ? "    # region: eu-west-1" : $"    region: {YamlText.Scalar(region)}",
            bucket is null ? "    # bucket: acme-bundles      # where bundles are published" : $"    bucket: {YamlText.Scalar(bucket)}",
            "    stacks: [app]       # in the order of deployment",
            "    bundles: [app]",
            "    # tags: { team: shop }",
            "    # pre-deploy-hook: ./check.sh",
            .. environments.SelectMany(e => new[]
            {
                $"  {YamlText.Scalar(e)}:",
                "    extends: base",
                "    # version: 1.0.0    # or -Version of a command",
                "    # profile: deployer # or role-arn, or the credentials of the surroundings",
                "    # overrides:",
                "    #   stacks:",
                "    #     app: { parameters: { InstanceType: m7g.large } }",
            }),
            "",
            "stacks:",
            "  app:",
            "    template: app.template.yml",
            "    # parameters:",
            "    #   InstanceType: ${size}",
            "    #   Subnets: ${network.Subnets}     # an output of the stack 'network', which then comes first",
            "    #   Password: ${secretsmanager:shop/db:SecretString:password}",
            "    # capabilities: [CAPABILITY_NAMED_IAM]",
            "    # termination-protection: true",
            "",
            "bundles:",
            "  app:",
            "    paths: [site]",
            "    # path-rewrites: [site -> srv/app]",
            "    # exclude: ['*.log']",
            "",
        ]);
    }

    /// <summary>The JSON schema of <c>cumulus.yml</c>.</summary>
    public static string Schema()
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(SchemaName) ?? throw new InvalidOperationException($"The resource {SchemaName} is missing.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
