using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Amazon.Runtime;

namespace Cumulus.AwsClients.Tests.Support;

/// <summary>A moto server of its own for the live tests, on a free port of loopback.</summary>
public sealed class MotoServer : IAsyncLifetime
{
    private const string Variable = "CUMULUS_MOTO_SERVER";
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(90);

    private Process? _process;

    internal string Url { get; private set; } = "";

    public async Task InitializeAsync()
    {
        var program = Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } path ? path : "moto_server";
        var port = FreePort();
        Url = $"http://127.0.0.1:{port}";
        var start = new ProcessStartInfo(program, ["-H", "127.0.0.1", "-p", port.ToString(CultureInfo.InvariantCulture)])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            _process = Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new InvalidOperationException($"The live tests need moto, and {program} does not start: pip install \"moto[server]\", or set {Variable} to its moto_server.", e);
        }
        // What nobody reads would fill the pipe and stop the server.
        _process.OutputDataReceived += (_, _) => { };
        _process.ErrorDataReceived += (_, _) => { };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        await WaitAsync(program);
    }

    public async Task DisposeAsync()
    {
        if (_process == null)
            return;
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    internal T Configure<T>(T config, LiveHttp http) where T : ClientConfig
    {
        config.ServiceURL = Url;
        config.AuthenticationRegion = "eu-west-1";
        config.HttpClientFactory = http;
        return config;
    }

    private async Task WaitAsync(string program)
    {
        using var client = new HttpClient();
        using var limit = new CancellationTokenSource(StartLimit);
        while (true)
        {
            if (_process!.HasExited)
                throw new InvalidOperationException($"The live tests need moto, and {program} ended at once with exit code {_process.ExitCode}: pip install \"moto[server]\", or set {Variable}.");
            try
            {
                using var answer = await client.GetAsync(Url + "/moto-api/data.json", limit.Token);
                return;
            }
            catch (HttpRequestException) when (!limit.IsCancellationRequested)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), limit.Token);
            }
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

[CollectionDefinition(nameof(MotoServer))]
public sealed class MotoServerTests : ICollectionFixture<MotoServer>;
