using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Cumulus.LocalCloud.Moto;

namespace Cumulus.LocalCloud.Ssm;

/// <summary>
/// Puts values of Parameter Store where a command names them as <c>{{ssm:NAME}}</c>
/// (https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-run.html). Secure strings are refused there as here.
/// </summary>
internal sealed partial class CommandParameters(MotoClient moto)
{
    /// <exception cref="Proxy.AwsError">InvalidParameters: one of them is not there, or secure.</exception>
    public async Task<SendCommandRequest> ResolveAsync(string region, SendCommandRequest request, CancellationToken cancellationToken)
    {
        var parameters = new Dictionary<string, string[]>();
        var known = new Dictionary<string, string>();
        foreach (var (name, lines) in request.Parameters)
        {
            foreach (var used in lines.SelectMany(line => Reference().Matches(line).Select(match => match.Groups[1].Value)).Where(used => !known.ContainsKey(used)))
                known[used] = await ReadAsync(region, used, cancellationToken);
            parameters[name] = [.. lines.Select(line => Reference().Replace(line, match => known[match.Groups[1].Value]))];
        }
        return request with { Parameters = parameters };
    }

    private async Task<string> ReadAsync(string region, string name, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await moto.CallSsmAsync(region, "GetParameter", new JsonObject { ["Name"] = name }, cancellationToken);
            var parameter = answer["Parameter"];
            return (string?)parameter?["Type"] != "SecureString"
                ? (string?)parameter?["Value"] ?? ""
                : throw SendCommandRequest.Invalid("InvalidParameters", $"Parameter {name} is a SecureString, which a command cannot name.");
        }
        catch (MotoException e) when (e.IsNotFound)
        {
            throw SendCommandRequest.Invalid("InvalidParameters", $"Parameters [ssm:{name}] are not found.");
        }
    }

    [GeneratedRegex(@"\{\{\s*ssm:([^}\s]+)\s*\}\}")]
    private static partial Regex Reference();
}
