using System.Diagnostics;
using Cumulus.Engine.Bundles;

namespace Cumulus.Benchmarks;

/// <summary>
/// Install-Bundle from an endpoint on this machine and from a local archive against what else unpacks the same tree, and a redeploy with 1 % of the files
/// changed against a whole install. Whole processes, each into a folder of its own; nothing is deleted until the end, so that the scratch folder needs room for ten trees.
/// </summary>
internal static class InstallContest
{
    private const int Rounds = 2;
    private const int OneIn = 100;
    private const string Environment = "bench";

    public static async Task RunAsync(string cumulus, TextWriter output)
    {
        string tree = BenchmarkTrees.PythonLibrary ?? BenchmarkTrees.DotnetSdk!;
        using var scratch = new ScratchFolder();
        await CopyAsync(tree, scratch["tree"]);
        long first = await PublishAsync(scratch, "1");
        string[] files = [.. Directory.EnumerateFiles(scratch["tree"], "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Where((f, i) => i % OneIn == 0 && new FileInfo(f).LinkTarget is null)];
        foreach (string file in files) await File.AppendAllTextAsync(file, "changed\n");
        await PublishAsync(scratch, "2");
        string local = Path.Combine(scratch["shelf"], BundleNames.Key("web", Environment, "1"));
        string tar = (await new BundleBuilder().BuildAsync(BundleRequest.FromPath("web", scratch["tree"], scratch["tar"]) with { Format = BundleFormat.TarGz }, default)).Path;

        using var shelf = new S3Shelf(scratch["shelf"]);
        (string, string)[] settings = [("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"), ("AWS_SECRET_ACCESS_KEY", "secret"), ("AWS_REGION", "eu-west-1"), ("AWS_ENDPOINT_URL", shelf.Url)];
        foreach ((string name, string value) in settings) System.Environment.SetEnvironmentVariable(name, value);
        new Contest(
            $"Install {tree}, {first / 1e6:0} MB as a zip",
            new Contestant("Install-Bundle, from S3", cumulus, FromBucket("1", "{out}")),
            new Contestant("Install-Bundle -Path", cumulus, "Install-Bundle", "-Path", local, "-RootPath", "{out}"),
            new Contestant("unzip -q", "unzip", "-q", local, "-d", "{out}"),
            new Contestant("tar xzf", "sh", "-c", $"mkdir '{{out}}' && tar xzf '{tar}' -C '{{out}}'") { Needs = "tar" }) { TellsSizes = false }.Run(Rounds, output, warmUp: false);

        output.WriteLine($"\nInstall again, {files.Length:N0} files changed ({Rounds} rounds)");
        output.WriteLine($"{"",-28}{"time",10}{"of full",10}{"processor",12}{"fetched",16}{"of archive",12}{"requests",10}{"peak",10}");
        for (int round = 0; round < Rounds; round++)
        {
            string root = scratch[$"root-{round}"];
            double full = 0;
            foreach ((string name, string version) in ((string, string)[])[("all of it", "1"), ("1 % changed", "2"), ("nothing changed", "2")])
            {
                shelf.Reset();
                (double seconds, double processor, long peak) = await RunAsync(cumulus, FromBucket(version, root));
                if (full == 0) full = seconds;
                output.WriteLine($"{name,-28}{seconds,8:0.000} s{seconds / full,10:P1}{processor,10:0.00} s{shelf.ArchiveBytes,16:N0}{(double)shelf.ArchiveBytes / first,12:P2}{shelf.Requests,10}{peak / 1e6,7:0} MB");
            }
        }
    }

    private static string[] FromBucket(string version, string root) =>
        ["Install-Bundle", "-Name", "web", "-Environment", Environment, "-Version", version, "-Bucket", "b", "-RootPath", root, "-NoReport"];

    private static async Task<long> PublishAsync(ScratchFolder scratch, string version)
    {
        string folder = Path.GetDirectoryName(Path.Combine(scratch["shelf"], BundleNames.Key("web", Environment, version)))!;
        BundleRequest request = BundleRequest.FromPath("web", scratch["tree"], folder) with { Environment = Environment, Version = version };
        return (await new BundleBuilder().BuildAsync(request, default)).Size;
    }

    private static async Task<(double Seconds, double Processor, long PeakMemory)> RunAsync(string command, string[] arguments)
    {
        var watch = Stopwatch.StartNew();
        using Process process = Process.Start(new ProcessStartInfo(command, arguments) { RedirectStandardOutput = true })!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        (long peak, TimeSpan processor) = (0, TimeSpan.Zero);
        while (!process.WaitForExit(TimeSpan.FromMilliseconds(20)))
        {
            try
            {
                process.Refresh();
                (peak, processor) = (Math.Max(peak, process.PeakWorkingSet64), process.TotalProcessorTime);
            }
            catch (InvalidOperationException)
            {
                // It ended just now.
            }
        }

        string text = await output;
        return process.ExitCode == 0 ? (watch.Elapsed.TotalSeconds, processor.TotalSeconds, peak) : throw new InvalidOperationException($"{command} exited {process.ExitCode}: {text}");
    }

    private static async Task CopyAsync(string from, string to)
    {
        using Process copy = Process.Start("cp", ["-a", from, to]);
        await copy.WaitForExitAsync();
    }
}
