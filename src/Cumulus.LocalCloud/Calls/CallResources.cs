using System.Text.Json;
using System.Text.RegularExpressions;
using Cumulus.LocalCloud.Proxy;

namespace Cumulus.LocalCloud.Calls;

/// <summary>
/// The things that a call names: the values of its parameters that are called name, id or ARN of something. Nothing else of a request is looked at,
/// since it may be a secret.
/// </summary>
internal static partial class CallResources
{
    private const int MostNames = 20;
    private const int MostLetters = 300;

    /// <summary>Names with the parameter that holds each, in the order in which they were sent.</summary>
    public static IReadOnlyList<(string Parameter, string Value)> Of(AwsCall call, byte[]? body)
    {
        IEnumerable<(string Parameter, string Value)> all = call.Protocol switch
        {
            AwsProtocol.Query or AwsProtocol.Ec2 => OfForm(call.Form),
            AwsProtocol.Json when body is { Length: > 0 } => OfJson(body),
            _ => [],
        };
        return [.. all.Where(pair => pair.Value.Length is > 0 and <= MostLetters).Distinct().Take(MostNames)];
    }

    private static IEnumerable<(string Parameter, string Value)> OfForm(IReadOnlyDictionary<string, string> form) =>
        from pair in form
        let match = FormParameter().Match(pair.Key)
        where match.Success && IsName(match.Groups[1].Value)
        select (match.Groups[1].Value, pair.Value);

    private static List<(string Parameter, string Value)> OfJson(byte[] body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? [.. document.RootElement.EnumerateObject().Where(member => IsName(member.Name)).SelectMany(member => Texts(member.Value).Select(text => (Singular(member.Name), text)))]
                : [];
        }
        catch (JsonException)
        {
            // Who answers the call will say so.
            return [];
        }
    }

    private static IEnumerable<string> Texts(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => [value.GetString()!],
        JsonValueKind.Array => value.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.String).Select(item => item.GetString()!),
        _ => [],
    };

    private static bool IsName(string parameter) => Singular(parameter) is var name && Name().IsMatch(name) && !NoResource().IsMatch(name);

    private static string Singular(string parameter) => parameter.EndsWith('s') && !parameter.EndsWith("ss", StringComparison.Ordinal) ? parameter[..^1] : parameter;

    // "StackName", "InstanceId.1", "AutoScalingGroupNames.member.1", "LaunchTemplate.LaunchTemplateId", "Tags.member.1.ResourceId".
    [GeneratedRegex(@"^(?:[A-Za-z]+\.(?:member\.)?(?:\d+\.)?)??([A-Za-z]+?)s?(?:\.member)?(?:\.\d+)?$")]
    private static partial Regex FormParameter();

    [GeneratedRegex("(?:Name|Id|Arn|ARN|^name|^id|QueueUrl|^Path)$")]
    private static partial Regex Name();

    // Names of other things than resources, and what nobody needs to read in a journal.
    [GeneratedRegex("(?:Token|ExternalId|UniqueId|AccessKeyId|AccountId|OwnerId|SessionName|AttributeName|DeviceName|VersionId|RequestId)$|^(?:Client|Next)")]
    private static partial Regex NoResource();
}
