using System.Globalization;
using Cumulus.Engine.Processes;

namespace Cumulus.Engine.Hosts;

/// <summary>Carries out a health check: again and again until it passes or its time is over.</summary>
internal sealed class HealthProbe(HostPaths paths, ProcessRunner runner, TimeProvider clock, HttpMessageHandler? handler = null)
{
    private const int LongestDelay = 5;
    private static readonly TimeSpan LongestAnswer = TimeSpan.FromSeconds(10);

    /// <exception cref="CumulusException"><see cref="ErrorIds.HealthCheckFailed"/> with how the last try ended.</exception>
    public async Task RunAsync(HealthCheck check, IReadOnlyDictionary<string, string?> variables, Action<string>? log, CancellationToken cancellationToken)
    {
        long started = clock.GetTimestamp();
        for (int attempt = 1; ; attempt++)
        {
            TimeSpan left = check.TimeLimit - clock.GetElapsedTime(started);
            string? failure = check.Url is { } url
                ? await AskAsync(url, left < LongestAnswer ? left : LongestAnswer, cancellationToken)
                : await RunAsync(check.Test, left, variables, log, cancellationToken);
            if (failure is null)
            {
                log?.Invoke($"The health check passed at try {attempt}.");
                return;
            }

            log?.Invoke($"Health check, try {attempt}: {failure}.");
            var delay = TimeSpan.FromSeconds(Math.Min(attempt, LongestDelay));
            if (clock.GetElapsedTime(started) + delay >= check.TimeLimit) throw Failed(check, attempt, failure);
            await Task.Delay(delay, clock, cancellationToken);
        }
    }

    /// <returns>How it failed; null when the answer is good.</returns>
    private async Task<string?> AskAsync(Uri url, TimeSpan limit, CancellationToken cancellationToken)
    {
        // Of this very host: a proxy between would be asked for itself.
        using var client = new HttpClient(handler ?? new SocketsHttpHandler { UseProxy = false }, disposeHandler: handler is null) { Timeout = limit };
        try
        {
            using HttpResponseMessage answer = await client.GetAsync(url, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            return answer.IsSuccessStatusCode ? null : $"it answers {(int)answer.StatusCode} {answer.ReasonPhrase}".TrimEnd();
        }
        catch (HttpRequestException e)
        {
            return e.Message.TrimEnd('.');
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return string.Create(CultureInfo.InvariantCulture, $"no answer within {limit.TotalSeconds:0.#} s");
        }
    }

    private async Task<string?> RunAsync(string command, TimeSpan limit, IReadOnlyDictionary<string, string?> variables, Action<string>? log, CancellationToken cancellationToken)
    {
        var hook = new HookRequest
        {
            Name = "health check",
            Command = command,
            WorkingDirectory = paths.WorkingFolder,
            Variables = variables,
            Environment = variables.GetValueOrDefault("CUMULUS_ENVIRONMENT"),
            Version = variables.GetValueOrDefault("CUMULUS_VERSION"),
            TimeLimit = limit,
            OnLine = log is null ? null : line => log($"health check: {line}"),
        };
        try
        {
            await new HookRunner(runner).RunAsync(hook, cancellationToken);
            return null;
        }
        catch (CumulusException e)
        {
            return e.Message.TrimEnd('.');
        }
    }

    private static CumulusException Failed(HealthCheck check, int attempts, string failure) =>
        new(ErrorIds.HealthCheckFailed, FailureKind.OperationFailed, string.Create(CultureInfo.InvariantCulture, $"The health check '{check.Test}' did not pass within {check.TimeLimit.TotalSeconds:0} s ({attempts} {(attempts == 1 ? "try" : "tries")}). The last one: {failure}."))
        {
            Target = check.Test,
        };
}
