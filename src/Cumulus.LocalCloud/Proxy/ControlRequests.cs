using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Cumulus.LocalCloud.CloudFormation.Stacks;
using Cumulus.LocalCloud.Fleet;

namespace Cumulus.LocalCloud.Proxy;

/// <summary>
/// The cloud's own requests, below a path that no bucket can have. Whoever can read the state file may make them: its secret is
/// the password.
/// </summary>
internal sealed class ControlRequests(Credentials credentials, HostFleet fleet, StackEngine stacks, Action<bool> stop)
{
    public const string Prefix = "/_localcloud/";

    public static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    public static bool IsControl(HttpListenerRequest request) => request.Url!.AbsolutePath.StartsWith(Prefix, StringComparison.Ordinal);

    public async Task<Answer> AnswerAsync(HttpListenerRequest request, CancellationToken cancellationToken)
    {
        var given = Encoding.UTF8.GetBytes(request.Headers["Authorization"] ?? "");
        if (!CryptographicOperations.FixedTimeEquals(given, Encoding.UTF8.GetBytes($"Bearer {credentials.SecretAccessKey}")))
            return Json(HttpStatusCode.Forbidden, new { message = "Not with these credentials." });
        switch (request.HttpMethod, request.Url!.AbsolutePath[Prefix.Length..])
        {
            case ("GET", "hosts"):
                await fleet.ReconcileAsync(cancellationToken);
                return Json(HttpStatusCode.OK, fleet.Hosts.Select(host => host.Describe()).OrderBy(host => host.InstanceId, StringComparer.Ordinal));
            case ("POST", "stack-faults"):
                return await AddFaultAsync(request, cancellationToken);
            case ("DELETE", "stack-faults"):
                stacks.Faults.Clear();
                return Json(HttpStatusCode.OK, new { message = "No faults." });
            case ("POST", "stop"):
                stop(request.QueryString["keep"] == "true");
                return Json(HttpStatusCode.Accepted, new { message = "Stopping." });
            default:
                return Json(HttpStatusCode.NotFound, new { message = "No such request." });
        }
    }

    private async Task<Answer> AddFaultAsync(HttpListenerRequest request, CancellationToken cancellationToken)
    {
        try
        {
            var fault = await JsonSerializer.DeserializeAsync<StackFault>(request.InputStream, Format, cancellationToken) ?? throw new JsonException("There is no fault.");
            stacks.Faults.Add(fault);
            return Json(HttpStatusCode.OK, fault);
        }
        catch (JsonException e)
        {
            return Json(HttpStatusCode.BadRequest, new { message = e.Message });
        }
    }

    private static Answer Json(HttpStatusCode status, object value) =>
        new(status, "application/json", JsonSerializer.SerializeToUtf8Bytes(value, Format));
}
