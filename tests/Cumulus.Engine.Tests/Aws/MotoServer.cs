using System.ComponentModel;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Cumulus.Engine.Aws;
using Cumulus.Engine.Configuration;

namespace Cumulus.Engine.Tests.Aws;

/// <summary>A moto server of its own, shared by the tests of this collection. <c>CUMULUS_MOTO_SERVER</c> names the program, else it is looked for on PATH.</summary>
public sealed class MotoServer : IAsyncLifetime
{
    private Process? _process;

    public string Url { get; } = $"http://127.0.0.1:{FreePort()}";

    public AwsConnection Connection => new() { Region = "eu-west-1", EndpointUrl = Url, Keys = new StaticKeys("AKIDEXAMPLE", "secret") };

    public Task<AwsGateways> ConnectAsync() => AwsGateways.ConnectAsync(Connection, default);

    public async Task InitializeAsync()
    {
        string program = Environment.GetEnvironmentVariable("CUMULUS_MOTO_SERVER") is { Length: > 0 } named ? named : "moto_server";
        var start = new ProcessStartInfo(program, ["-H", "127.0.0.1", "-p", new Uri(Url).Port.ToString(System.Globalization.CultureInfo.InvariantCulture)])
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
            throw new InvalidOperationException($"These tests need moto: pip install 'moto[server]', or set CUMULUS_MOTO_SERVER to its moto_server ('{program}': {e.Message}).", e);
        }

        _process.OutputDataReceived += (_, _) => { };
        _process.ErrorDataReceived += (_, _) => { };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        await ReadyAsync();
    }

    public async Task DisposeAsync()
    {
        if (_process is not null)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
            _process.Dispose();
        }
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task ReadyAsync()
    {
        using var http = new HttpClient();
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (true)
        {
            try
            {
                using HttpResponseMessage answer = await http.GetAsync(new Uri($"{Url}/moto-api/"), limit.Token);
                return;
            }
            catch (HttpRequestException) when (!_process!.HasExited)
            {
                await Task.Delay(100, limit.Token);
            }
        }
    }
}

[CollectionDefinition(Name)]
public sealed class MotoTests : ICollectionFixture<MotoServer>
{
    public const string Name = "moto";
}
