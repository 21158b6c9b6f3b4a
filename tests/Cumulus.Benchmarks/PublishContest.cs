using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Cumulus.Benchmarks;

/// <summary>An archive of 200 MB to an endpoint on this machine: one that keeps nothing, and moto where it is installed.</summary>
internal static class PublishContest
{
    private const int Rounds = 5;
    private const int Megabytes = 200;

    public static async Task RunAsync(string cumulus, TextWriter output)
    {
        using var scratch = new ScratchFolder();
        string archive = await ArchiveAsync(cumulus, scratch);
        (string, string)[] settings = [("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"), ("AWS_SECRET_ACCESS_KEY", "secret"), ("AWS_REGION", "eu-west-1"), ("AWS_DEFAULT_REGION", "eu-west-1")];
        foreach ((string name, string value) in settings) Environment.SetEnvironmentVariable(name, value);

        using (var sink = new S3Sink()) Run("an endpoint that keeps nothing", sink.Url, cumulus, archive, output);

        using Process? moto = StartMoto(out string url);
        if (moto is null)
        {
            output.WriteLine("moto_server is not installed");
            return;
        }

        try
        {
            Run("moto", url, cumulus, archive, output);
        }
        finally
        {
            moto.Kill(entireProcessTree: true);
        }
    }

    // A bucket of its own each time: what is there already would be skipped or copied.
    private static void Run(string endpoint, string url, string cumulus, string archive, TextWriter output)
    {
        string bucket = $"b=bench-$(date +%s%N); for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do curl -s -o /dev/null -X PUT -H 'Content-Length: 0' {url}/$b && break; sleep 0.5; done";
        Environment.SetEnvironmentVariable("AWS_ENDPOINT_URL", url);
        new Contest(
            $"Publish {Megabytes} MB to {endpoint}",
            new Contestant("cumulus Publish-Bundle", "sh", "-c", $"{bucket}; '{cumulus}' Publish-Bundle -Path '{archive}' -Environment bench -Version 1 -Bucket $b") { Needs = "curl" },
            new Contestant("aws s3 cp", "sh", "-c", $"{bucket}; aws s3 cp --quiet '{archive}' s3://$b/k") { Needs = "aws" },
            new Contestant("aws s3 cp, SHA-256", "sh", "-c", $"{bucket}; aws s3 cp --quiet --checksum-algorithm SHA256 '{archive}' s3://$b/k") { Needs = "aws" })
            .Run(Rounds, output);
    }

    private static async Task<string> ArchiveAsync(string cumulus, ScratchFolder scratch)
    {
        string source = Directory.CreateDirectory(scratch["source"]).FullName;
        byte[] megabyte = new byte[1 << 20];
        await using (FileStream data = File.Create(Path.Combine(source, "data")))
        {
            for (int i = 0; i < Megabytes; i++)
            {
                RandomNumberGenerator.Fill(megabyte);
                await data.WriteAsync(megabyte);
            }
        }

        using Process build = Process.Start(new ProcessStartInfo(cumulus, ["New-Bundle", "-Path", source, "-Name", "web", "-DestinationPath", scratch["out"]]) { RedirectStandardOutput = true })!;
        await build.StandardOutput.ReadToEndAsync();
        await build.WaitForExitAsync();
        return Path.Combine(scratch["out"], "web.zip");
    }

    private static Process? StartMoto(out string url)
    {
        int port;
        using (var free = new TcpListener(IPAddress.Loopback, 0))
        {
            free.Start();
            port = ((IPEndPoint)free.LocalEndpoint).Port;
        }

        url = $"http://127.0.0.1:{port}";
        try
        {
            var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("CUMULUS_MOTO_SERVER") ?? "moto_server", ["-H", "127.0.0.1", "-p", $"{port}"]) { RedirectStandardOutput = true, RedirectStandardError = true };
            Process moto = Process.Start(start)!;
            moto.OutputDataReceived += (_, _) => { };
            moto.ErrorDataReceived += (_, _) => { };
            moto.BeginOutputReadLine();
            moto.BeginErrorReadLine();
            return moto;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}
