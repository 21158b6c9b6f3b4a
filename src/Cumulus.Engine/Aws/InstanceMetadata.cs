using System.Net;

namespace Cumulus.Engine.Aws;

/// <summary>
/// What EC2 tells an instance about itself, by version 2 of its metadata service (https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html).
/// Elsewhere nobody answers at that address, so the time for it is short, and no answer means no instance.
/// </summary>
public sealed class InstanceMetadata : IDisposable
{
    private const string Address = "http://169.254.169.254";

    private const string TokenLifetimeSeconds = "300";

    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(1);

    private readonly HttpClient _http;
    private readonly Uri _address;
    private readonly bool _disabled;
    private readonly string? _givenId;
    private readonly Lazy<Task<string?>> _token;

    /// <param name="handler">Null: the network.</param>
    /// <param name="variable">Reads a variable of the process: AWS_EC2_METADATA_DISABLED and AWS_EC2_METADATA_SERVICE_ENDPOINT, as the SDKs do, and CUMULUS_INSTANCE_ID, which a local AWS sets.</param>
    public InstanceMetadata(HttpMessageHandler? handler = null, Func<string, string?>? variable = null)
    {
        variable ??= Environment.GetEnvironmentVariable;
        _http = new HttpClient(handler ?? new SocketsHttpHandler { ConnectTimeout = ConnectLimit, UseProxy = false }) { Timeout = TimeLimit };
        _address = Uri.TryCreate(variable("AWS_EC2_METADATA_SERVICE_ENDPOINT"), UriKind.Absolute, out Uri? given) && given.Scheme is "http" or "https" ? given : new Uri(Address);
        _disabled = string.Equals(variable("AWS_EC2_METADATA_DISABLED"), "true", StringComparison.OrdinalIgnoreCase);
        _givenId = variable("CUMULUS_INSTANCE_ID") is { Length: > 0 } id ? id : null;
        _token = new Lazy<Task<string?>>(TokenAsync);
    }

    /// <summary>Such as <c>i-0123456789abcdef0</c>; null where this is no instance.</summary>
    public async Task<string?> InstanceIdAsync(CancellationToken cancellationToken) => _givenId ?? await GetAsync("instance-id", cancellationToken);

    /// <summary>Name of the role that the instance has; null: none, or this is no instance.</summary>
    public async Task<string?> RoleAsync(CancellationToken cancellationToken) =>
        await GetAsync("iam/security-credentials/", cancellationToken) is { } roles ? roles.Split('\n')[0].Trim() is { Length: > 0 } role ? role : null : null;

    public void Dispose() => _http.Dispose();

    private async Task<string?> GetAsync(string path, CancellationToken cancellationToken)
    {
        if (_disabled || await _token.Value.WaitAsync(cancellationToken) is not { } token) return null;
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(_address, "/latest/meta-data/" + path));
        request.Headers.Add("X-aws-ec2-metadata-token", token);
        return await SendAsync(request, cancellationToken);
    }

    // Asked for once: where nobody answers, that is known from then on.
    private async Task<string?> TokenAsync()
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, new Uri(_address, "/latest/api/token"));
        request.Headers.Add("X-aws-ec2-metadata-token-ttl-seconds", TokenLifetimeSeconds);
        return await SendAsync(request, CancellationToken.None);
    }

    /// <returns>Null for no answer, and for one that is none: not found, or the service is off for this instance.</returns>
    private async Task<string?> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            using HttpResponseMessage answer = await _http.SendAsync(request, cancellationToken);
            return answer.StatusCode == HttpStatusCode.OK ? (await answer.Content.ReadAsStringAsync(cancellationToken)).Trim() : null;
        }
        catch (Exception e) when (e is HttpRequestException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return null;
        }
    }
}
