using System.Collections.Specialized;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Cumulus.Engine;
using Cumulus.LocalCloud.Signing;

namespace Cumulus.LocalCloud.Proxy;

/// <summary>
/// The cloud's own requests, below a path that no bucket can have. Whoever can read the state file may make them: its secret is
/// the password.
/// </summary>
internal sealed class ControlRequests(Credentials credentials, LocalCloudServer server, Action<bool> stop)
{
    public const string Prefix = "/_localcloud/";

    public static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    public static bool IsControl(HttpListenerRequest request) => request.Url!.AbsolutePath.StartsWith(Prefix, StringComparison.Ordinal);

    public async Task<Answer> AnswerAsync(HttpListenerRequest request, CancellationToken cancellationToken)
    {
        var given = Encoding.UTF8.GetBytes(request.Headers["Authorization"] ?? "");
        if (!CryptographicOperations.FixedTimeEquals(given, Encoding.UTF8.GetBytes($"Bearer {credentials.SecretAccessKey}")))
            return Problem(HttpStatusCode.Forbidden, "Not with these credentials.");
        try
        {
            return await AnswerAsync(request.HttpMethod, request.Url!.AbsolutePath[Prefix.Length..], request, cancellationToken);
        }
        catch (Exception e) when (e is JsonException or CumulusException { Kind: FailureKind.InvalidInput } or FormatException or OverflowException)
        {
            return Json(new { (e as CumulusException)?.ErrorId, e.Message }, HttpStatusCode.BadRequest);
        }
    }

    private async Task<Answer> AnswerAsync(string method, string path, HttpListenerRequest request, CancellationToken cancellationToken)
    {
        switch (method, path)
        {
            case ("GET", "status"):
                return Json(await server.GetStatusAsync(cancellationToken));
            case ("GET", "hosts"):
                return Json(await server.GetHostsAsync(cancellationToken));
            case ("GET", "calls"):
                return Json(server.GetCalls(Query(request.QueryString)));
            case ("GET", "faults"):
                return Json(server.GetFaults());
            case ("POST", "faults"):
                var fault = await JsonSerializer.DeserializeAsync<LocalCloudFault>(request.InputStream, Format, cancellationToken);
                return Json(server.SetFault(fault ?? throw new JsonException("There is no fault.")));
            case ("DELETE", "faults"):
                return Json(server.RemoveFaults(request.QueryString["id"] ?? "*"));
            case ("POST", "clock"):
                await server.StepClockAsync(TimeSpan.Parse(request.QueryString["step"] ?? "", CultureInfo.InvariantCulture), cancellationToken);
                return Json(await server.GetStatusAsync(cancellationToken));
            case ("POST", "stop"):
                stop(request.QueryString["keep"] == "true");
                return Problem(HttpStatusCode.Accepted, "Stopping.");
            default:
                return Problem(HttpStatusCode.NotFound, "No such request.");
        }
    }

    private static LocalCloudCallQuery Query(NameValueCollection query) => new()
    {
        Service = query["service"],
        Operation = query["operation"],
        Resource = query["resource"],
        OnlyErrors = query["onlyErrors"] == "true",
        AfterNumber = query["after"] is { } after ? long.Parse(after, CultureInfo.InvariantCulture) : 0,
        Last = query["last"] is { } last ? int.Parse(last, CultureInfo.InvariantCulture) : null,
    };

    private static Answer Problem(HttpStatusCode status, string message) => Json(new { message }, status);

    private static Answer Json<T>(T value, HttpStatusCode status = HttpStatusCode.OK) =>
        new(status, "application/json", JsonSerializer.SerializeToUtf8Bytes(value, Format));
}
