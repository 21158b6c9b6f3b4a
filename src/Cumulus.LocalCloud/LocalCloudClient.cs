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
    /// <exception cref="CumulusException"><c>LocalCloudNotFound</c></exception>
    public static LocalCloudClient Open(string path, TimeProvider? time = null)
    {
        var folder = Path.GetFullPath(path);
        return new LocalCloudClient(StateFile.ReadLive(folder) ?? throw NotFound(folder), time ?? TimeProvider.System);
    }

    /// <summary>The hosts as they are now, ordered by instance id.</summary>
    /// <exception cref="CumulusException"><c>LocalCloudNotFound</c>: it has ended meanwhile.</exception>
    public async Task<IReadOnlyList<LocalCloudHost>> GetHostsAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _http.GetFromJsonAsync<List<LocalCloudHost>>("hosts", ControlRequests.Format, cancellationToken) ?? [];
        }
        catch (HttpRequestException e)
        {
            throw NotFound(Info.Path, e);
        }
    }

    /// <summary>
    /// Waits until at least <paramref name="count"/> hosts live and none of them boots any more. How their boot went is in the hosts.
    /// </summary>
    /// <returns>The living hosts: neither stopped nor terminated.</returns>
    /// <exception cref="CumulusException"><c>LocalCloudHostsNotReady</c> after <paramref name="limit"/>; <c>LocalCloudNotFound</c>.</exception>
    public async Task<IReadOnlyList<LocalCloudHost>> WaitForHostsAsync(int count, TimeSpan limit, CancellationToken cancellationToken)
    {
        var start = _time.GetTimestamp();
        while (true)
        {
            var living = (await GetHostsAsync(cancellationToken))
                .Where(host => host.State is LocalCloudHostState.Booting or LocalCloudHostState.Running).ToList();
            var booted = living.Count(host => host.State == LocalCloudHostState.Running);
            if (living.Count >= count && booted == living.Count)
                return living;
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

    /// <summary>Makes resources of stacks fail, hang or be slow from now on. Faults add up; the first that fits is the one that happens.</summary>
    /// <exception cref="CumulusException"><c>LocalCloudNotFound</c>: the cloud has ended meanwhile.</exception>
    public Task AddStackFaultAsync(StackFault fault, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, "stack-faults", JsonContent.Create(fault, options: ControlRequests.Format), cancellationToken);

    /// <summary>From now on every resource of a stack does as it would.</summary>
    /// <exception cref="CumulusException"><c>LocalCloudNotFound</c>: the cloud has ended meanwhile.</exception>
    public Task ClearStackFaultsAsync(CancellationToken cancellationToken) => SendAsync(HttpMethod.Delete, "stack-faults", null, cancellationToken);

    public void Dispose() => _http.Dispose();

    /// <summary>Asks the cloud to end. It answers before it does.</summary>
    internal async Task RequestStopAsync(bool keep, CancellationToken cancellationToken)
    {
        using var answer = await _http.PostAsync(keep ? "stop?keep=true" : "stop", null, cancellationToken);
        answer.EnsureSuccessStatusCode();
    }

    private async Task SendAsync(HttpMethod method, string path, HttpContent? content, CancellationToken cancellationToken)
    {
        try
        {
            using var message = new HttpRequestMessage(method, path) { Content = content };
            using var answer = await _http.SendAsync(message, cancellationToken);
            answer.EnsureSuccessStatusCode();
        }
        catch (HttpRequestException e)
        {
            throw NotFound(Info.Path, e);
        }
    }

    private static CumulusException NotFound(string folder, Exception? inner = null) =>
        new(ErrorIds.LocalCloudNotFound, FailureKind.NotFound, $"No local cloud runs in {folder}.", inner)
        {
            Target = folder,
            Advice = "Start one with Start-LocalCloud, or give the -Path that it was started with.",
        };
}
