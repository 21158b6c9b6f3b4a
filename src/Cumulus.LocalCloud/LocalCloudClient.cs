using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Cumulus.Engine;
using Cumulus.LocalCloud.Proxy;

namespace Cumulus.LocalCloud;

/// <summary>Asks a running local cloud, in this or another process, about what only it knows.</summary>
public sealed class LocalCloudClient : IDisposable
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);

    private readonly HttpClient _http;
    private readonly TimeProvider _time;

    private LocalCloudClient(LocalCloudInfo info, TimeProvider time)
    {
        Info = info;
        _time = time;
        _http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = new Uri(info.Endpoint + ControlRequests.Prefix) };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", info.SecretAccessKey);
    }

    public LocalCloudInfo Info { get; }

    /// <summary>The cloud that lives in this folder.</summary>
    /// <exception cref="CumulusException"><c>LocalCloudNotFound</c>; <c>LocalCloudUnavailable</c>: it has ended by itself, as when moto crashes.</exception>
    public static LocalCloudClient Open(string path, TimeProvider? time = null)
    {
        var folder = Path.GetFullPath(path);
        return new LocalCloudClient(StateFile.ReadLive(folder) ?? throw NotFound(folder), time ?? TimeProvider.System);
    }

    /// <summary>How the cloud stands, with its credentials.</summary>
    /// <exception cref="CumulusException"><c>LocalCloudNotFound</c>: it has ended meanwhile.</exception>
    public async Task<LocalCloudStatus> GetStatusAsync(CancellationToken cancellationToken) =>
        WithCredentials(await SendAsync<LocalCloudStatus>(HttpMethod.Get, "status", null, cancellationToken));

    /// <summary>The hosts as they are now, ordered by instance id.</summary>
    /// <exception cref="CumulusException"><c>LocalCloudNotFound</c>: it has ended meanwhile.</exception>
    public async Task<IReadOnlyList<LocalCloudHost>> GetHostsAsync(CancellationToken cancellationToken) =>
        await SendAsync<List<LocalCloudHost>>(HttpMethod.Get, "hosts", null, cancellationToken);

    /// <summary>Calls that clients made, oldest first; of the very many only the newest.</summary>
    /// <exception cref="CumulusException"><c>LocalCloudNotFound</c>: it has ended meanwhile.</exception>
    public async Task<IReadOnlyList<LocalCloudCall>> GetCallsAsync(LocalCloudCallQuery query, CancellationToken cancellationToken)
    {
        (string Name, string? Value)[] parameters =
        [
            ("service", query.Service), ("operation", query.Operation), ("resource", query.Resource), ("onlyErrors", query.OnlyErrors ? "true" : null),
            ("after", query.AfterNumber.ToString(CultureInfo.InvariantCulture)), ("last", query.Last?.ToString(CultureInfo.InvariantCulture)),
        ];
        var text = string.Join('&', parameters.Where(pair => pair.Value is not null).Select(pair => $"{pair.Name}={Uri.EscapeDataString(pair.Value!)}"));
        return await SendAsync<List<LocalCloudCall>>(HttpMethod.Get, $"calls?{text}", null, cancellationToken);
    }

    /// <summary>The faults that are set, with how often each has happened.</summary>
    /// <exception cref="CumulusException"><c>LocalCloudNotFound</c>: it has ended meanwhile.</exception>
    public async Task<IReadOnlyList<LocalCloudFault>> GetFaultsAsync(CancellationToken cancellationToken) =>
        await SendAsync<List<LocalCloudFault>>(HttpMethod.Get, "faults", null, cancellationToken);

    /// <summary>Makes calls, resources or instances fail from now on.</summary>
    /// <returns>The fault with its id.</returns>
    /// <exception cref="CumulusException"><c>LocalCloudFaultInvalid</c>; <c>LocalCloudNotFound</c>: it has ended meanwhile.</exception>
    public Task<LocalCloudFault> SetFaultAsync(LocalCloudFault fault, CancellationToken cancellationToken) =>
        SendAsync<LocalCloudFault>(HttpMethod.Post, "faults", JsonContent.Create(fault, options: ControlRequests.Format), cancellationToken);

    /// <param name="id">Wildcards are fine.</param>
    /// <returns>Those that are no longer set.</returns>
    /// <exception cref="CumulusException"><c>LocalCloudNotFound</c>: it has ended meanwhile.</exception>
    public async Task<IReadOnlyList<LocalCloudFault>> RemoveFaultsAsync(string id, CancellationToken cancellationToken) =>
        await SendAsync<List<LocalCloudFault>>(HttpMethod.Delete, $"faults?id={Uri.EscapeDataString(id)}", null, cancellationToken);

    /// <summary>Makes time pass for everything in the cloud, so that who waits by its clock wakes.</summary>
    /// <exception cref="CumulusException"><c>LocalCloudClockInvalid</c>: the time is negative; <c>LocalCloudNotFound</c>: it has ended meanwhile.</exception>
    public async Task<LocalCloudStatus> StepClockAsync(TimeSpan time, CancellationToken cancellationToken) =>
        WithCredentials(await SendAsync<LocalCloudStatus>(HttpMethod.Post, $"clock?step={Uri.EscapeDataString(time.ToString("c", CultureInfo.InvariantCulture))}", null, cancellationToken));

    /// <summary>
    /// Waits until at least <paramref name="count"/> hosts live and none of them boots any more. How their boot went is in the hosts.
    /// </summary>
    /// <returns>The living hosts: neither stopped nor terminated.</returns>
    /// <exception cref="CumulusException">
    /// <c>LocalCloudHostsNotReady</c> after <paramref name="limit"/>, and at once when there is no instance and no stack is being worked on; <c>LocalCloudNotFound</c>.
    /// </exception>
    public async Task<IReadOnlyList<LocalCloudHost>> WaitForHostsAsync(int count, TimeSpan limit, CancellationToken cancellationToken)
    {
        var start = _time.GetTimestamp();
        while (true)
        {
            var living = (await GetHostsAsync(cancellationToken))
                .Where(host => host.IsAlive).ToList();
            var booted = living.Count(host => host.State == LocalCloudHostState.Running);
            if (living.Count >= count && booted == living.Count)
                return living;
            if (living.Count == 0 && (await GetStatusAsync(cancellationToken)).IsIdle)
                throw NothingToWaitFor();
            if (_time.GetElapsedTime(start) > limit)
            {
                throw new CumulusException(ErrorIds.LocalCloudHostsNotReady, FailureKind.Timeout,
                    $"After {limit.TotalSeconds} s {booted} of {Math.Max(count, living.Count)} hosts have booted.")
                {
                    Target = Info.Path,
                    Advice = living.Find(host => host.State == LocalCloudHostState.Booting) is { } late
                        ? $"See what the user data printed so far: {late.BootLog}"
                        : "See whether the instances were created: aws ec2 describe-instances.",
                };
            }
            await Task.Delay(PollInterval, _time, cancellationToken);
        }
    }

    public void Dispose() => _http.Dispose();

    /// <summary>Asks the cloud to end. It answers before it does.</summary>
    internal async Task RequestStopAsync(bool keep, CancellationToken cancellationToken)
    {
        using var answer = await _http.PostAsync(keep ? "stop?keep=true" : "stop", null, cancellationToken);
        answer.EnsureSuccessStatusCode();
    }

    private LocalCloudStatus WithCredentials(LocalCloudStatus status) => status with { AccessKeyId = Info.AccessKeyId, SecretAccessKey = Info.SecretAccessKey };

    private async Task<T> SendAsync<T>(HttpMethod method, string path, HttpContent? content, CancellationToken cancellationToken)
    {
        try
        {
            using var message = new HttpRequestMessage(method, path) { Content = content };
            using var answer = await _http.SendAsync(message, cancellationToken);
            if (answer.StatusCode == HttpStatusCode.BadRequest)
                throw (await answer.Content.ReadFromJsonAsync<Refusal>(ControlRequests.Format, cancellationToken))!.ToException();
            answer.EnsureSuccessStatusCode();
            return (await answer.Content.ReadFromJsonAsync<T>(ControlRequests.Format, cancellationToken))!;
        }
        catch (HttpRequestException e)
        {
            throw NotFound(Info.Path, e);
        }
    }

    private CumulusException NothingToWaitFor() => new(ErrorIds.LocalCloudHostsNotReady, FailureKind.NotFound,
        "There is nothing to wait for: the local cloud has no instance, and no stack is being worked on.")
    {
        Target = Info.Path,
        Advice = "Deploy first, with Deploy-Environment or aws ec2 run-instances.",
    };

    private static CumulusException NotFound(string folder, Exception? inner = null) =>
        CloudLog.EndIn(new CloudFolder(folder).Log) is { } end ? EndedByItself(folder, end, inner) : new(ErrorIds.LocalCloudNotFound, FailureKind.NotFound, $"No local cloud runs in {folder}.", inner)
        {
            Target = folder,
            Advice = "Start one with Start-LocalCloud, or give the -Path that it was started with.",
        };

    private static CumulusException EndedByItself(string folder, string end, Exception? inner) =>
        new(ErrorIds.LocalCloudUnavailable, FailureKind.Unavailable, $"The local cloud in {folder} has ended by itself: {end}", inner)
        {
            Target = folder,
            Advice = $"See {new CloudFolder(folder).MotoLog}; start it again with Start-LocalCloud.",
        };

    private sealed record Refusal(string? ErrorId, string Message)
    {
        public CumulusException ToException() => new(ErrorId ?? ErrorIds.LocalCloudFaultInvalid, FailureKind.InvalidInput, Message);
    }
}
