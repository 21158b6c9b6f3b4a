using System.Text.Json;
using Cumulus.LocalCloud.Fleet;

namespace Cumulus.LocalCloud.Ssm;

/// <summary>
/// A condition on hosts (https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_Target.html): <c>InstanceIds</c>,
/// <c>tag:NAME</c> or <c>tag-key</c>, with values of which one must fit.
/// </summary>
internal sealed record SsmTarget(string Key, IReadOnlyList<string> Values)
{
    public static IReadOnlyList<SsmTarget> ParseAll(JsonElement body, string name)
    {
        if (!body.TryGetProperty(name, out var targets) || targets.ValueKind != JsonValueKind.Array)
            return [];
        return [.. targets.EnumerateArray().Select(target => new SsmTarget(
            SendCommandRequest.Text(target, "Key", "") is { Length: > 0 } key ? key : SendCommandRequest.Text(target, "key", ""),
            [.. SendCommandRequest.Texts(target, "Values"), .. SendCommandRequest.Texts(target, "valueSet")]))];
    }

    /// <summary>https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_InstanceInformation.html.</summary>
    public static string PingStatus(Host host) => host.IsOnline ? "Online" : "ConnectionLost";

    public bool Fits(Host host) => Key switch
    {
        "InstanceIds" => Values.Contains(host.Id),
        "PingStatus" => Values.Contains(PingStatus(host)),
        "PlatformTypes" => Values.Contains("Linux"),
        "tag-key" => Values.Any(host.Tags.ContainsKey),
        _ when Key.StartsWith("tag:", StringComparison.Ordinal) => host.Tags.TryGetValue(Key[4..], out var value) && Values.Contains(value),
        _ => throw SendCommandRequest.Invalid("InvalidTarget", $"LocalCloud does not know the target key {Key}."),
    };
}
