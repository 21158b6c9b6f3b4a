using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Cumulus.Engine;
using Cumulus.LocalCloud.CloudFormation.Templates;
using Cumulus.LocalCloud.Moto;

namespace Cumulus.LocalCloud.CloudFormation.Stacks;

/// <summary>
/// Values that stay where they are until a resource is worked on (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html):
/// stacks, events and change sets know the reference only.
/// </summary>
internal sealed partial class DynamicReferences(MotoClient moto)
{
    /// <exception cref="TemplateException">There is no such value.</exception>
    public async Task<JsonObject> ResolveAsync(JsonObject properties, string region, CancellationToken cancellationToken) =>
        properties.ToJsonString().Contains("{{resolve:", StringComparison.Ordinal)
            ? (JsonObject)(await ResolveAsync((JsonNode)properties, region, cancellationToken))!
            : properties;

    /// <summary>The services that a value refers to: ssm, ssm-secure, secretsmanager.</summary>
    public static IEnumerable<string> ServicesIn(JsonNode? value) => value is null ? [] : Reference().Matches(value.ToJsonString()).Select(match => match.Groups[1].Value);

    private async Task<JsonNode?> ResolveAsync(JsonNode? node, string region, CancellationToken cancellationToken)
    {
        switch (node)
        {
            case JsonObject map:
                var members = new JsonObject();
                foreach (var (name, value) in map)
                    members[name] = await ResolveAsync(value, region, cancellationToken);
                return members;
            case JsonArray list:
                var items = new JsonArray();
                foreach (var item in list)
                    items.Add(await ResolveAsync(item, region, cancellationToken));
                return items;
            case JsonValue value when value.TryGetValue<string>(out var text) && Reference().Matches(text) is { Count: > 0 } found:
                foreach (Match match in found)
                    text = text.Replace(match.Value, await ValueAsync(match.Groups[1].Value, match.Groups[2].Value, region, cancellationToken), StringComparison.Ordinal);
                return text;
            default:
                return node?.DeepClone();
        }
    }

    private async Task<string> ValueAsync(string service, string key, string region, CancellationToken cancellationToken)
    {
        try
        {
            return service == "secretsmanager" ? await SecretAsync(key, region, cancellationToken) : await ParameterAsync(key, region, cancellationToken);
        }
        catch (CumulusException e)
        {
            throw new TemplateException($"Could not resolve the dynamic reference {{{{resolve:{service}:{key}}}}}: {(e is MotoException moto ? moto.Reason : e.Message)}", e);
        }
    }

    /// <summary>name, or name:version.</summary>
    private async Task<string> ParameterAsync(string key, string region, CancellationToken cancellationToken)
    {
        var answer = await moto.CallSsmAsync(region, "GetParameter", new JsonObject { ["Name"] = key, ["WithDecryption"] = true }, cancellationToken);
        return TemplateValue.Text(answer["Parameter"], "Value") ?? "";
    }

    /// <summary>id:SecretString:json-key:version-stage:version-id; what is left out is everything, AWSCURRENT and any. An id may be an ARN.</summary>
    private async Task<string> SecretAsync(string key, string region, CancellationToken cancellationToken)
    {
        var parts = key.Split(':').ToList();
        var inId = parts[0] == "arn" ? 7 : 1;
        var rest = parts.Skip(inId).Concat(["", "", "", ""]).ToList();
        if (rest[0] is not ("" or "SecretString"))
            throw new TemplateException($"Could not resolve the dynamic reference {{{{resolve:secretsmanager:{key}}}}}: only SecretString can be referred to");
        var request = new JsonObject { ["SecretId"] = string.Join(':', parts.Take(inId)) };
        if (rest[2] != "")
            request["VersionStage"] = rest[2];
        if (rest[3] != "")
            request["VersionId"] = rest[3];
        var answer = await moto.CallJsonAsync("secretsmanager", "secretsmanager", region, "GetSecretValue", request, cancellationToken);
        var text = TemplateValue.Text(answer, "SecretString") ?? "";
        if (rest[1] == "")
            return text;
        return TemplateReader.TryReadJson(text) is JsonObject map && TemplateValue.Text(map, rest[1]) is { } value
            ? value
            : throw new TemplateException($"Could not find a value associated with JSONKey in SecretString: the secret of {{{{resolve:secretsmanager:{key}}}}} has no key {rest[1]}");
    }

    [GeneratedRegex(@"\{\{resolve:(ssm|ssm-secure|secretsmanager):([^{}]+)\}\}")]
    private static partial Regex Reference();
}
