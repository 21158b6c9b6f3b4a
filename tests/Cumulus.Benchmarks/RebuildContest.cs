using System.Diagnostics;
using Cumulus.Engine.Bundles;

namespace Cumulus.Benchmarks;

/// <summary>
/// Builds with a cache against builds from scratch and against the bare walk, within one process: what is told is the
/// work, without the start of a runtime.
/// </summary>
internal static class RebuildContest
{
    private const int Rounds = 5;
    private const int OneIn = 100;

    public static async Task RunAsync(string tree, TextWriter output)
    {
        using var scratch = new ScratchFolder();
        Copy(tree, scratch["tree"]);
        string[] files = [.. Directory.EnumerateFiles(scratch["tree"], "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
        // Stamps count from two seconds after a file was written.
        var builder = new BundleBuilder(clock: new Later());
        BundleRequest cached = BundleRequest.FromPath("bench", scratch["tree"], scratch["out"]) with { Cache = new BuildCacheFolder(scratch["cache"]) };
        BundleRequest plain = cached with { Cache = null, OutputFolder = scratch["plain"] };
        await builder.BuildAsync(cached, default);
        await builder.BuildAsync(plain, default);

        var times = new Dictionary<string, List<double>>();
        for (int round = 0; round < Rounds; round++)
        {
            await TimeAsync("walk alone", () => Task.Run(() => new BundleWalk(cached, new HashSet<string>()).Run(default)));
            await TimeAsync("nothing changed", () => builder.BuildAsync(cached, default));
            Change(files, round, scattered: true);
            await TimeAsync("1 % changed, scattered", () => builder.BuildAsync(cached, default));
            Change(files, round, scattered: false);
            await TimeAsync("1 % changed, side by side", () => builder.BuildAsync(cached, default));
            await TimeAsync("from scratch", () => builder.BuildAsync(plain, default));
        }

        double scratchTime = times["from scratch"].Order().ElementAt(Rounds / 2);
        output.WriteLine($"\nBuild again: {tree}, {files.Length:N0} files ({Rounds} rounds, taken in turns)");
        output.WriteLine($"{"",-28}{"median",10}{"best",10}{"scratch/it",12}");
        foreach ((string name, List<double> t) in times)
        {
            double median = t.Order().ElementAt(Rounds / 2);
            output.WriteLine($"{name,-28}{median,8:0.000} s{t.Min(),8:0.000} s{scratchTime / median,12:0.0}");
        }

        async Task TimeAsync(string name, Func<Task> work)
        {
            GC.Collect();
            var watch = Stopwatch.StartNew();
            await work();
            if (!times.TryGetValue(name, out List<double>? all)) times[name] = all = [];
            all.Add(watch.Elapsed.TotalSeconds);
        }
    }

    private static void Change(string[] files, int round, bool scattered)
    {
        int count = files.Length / OneIn;
        for (int i = 0; i < count; i++)
        {
            string file = files[scattered ? ((i * OneIn) + round) % files.Length : (files.Length / 2) + i];
            if (new FileInfo(file).LinkTarget is null) File.AppendAllText(file, $"changed in round {round}\n");
        }
    }

    private static void Copy(string from, string to)
    {
        using Process copy = Process.Start("cp", ["-a", from, to]);
        copy.WaitForExit();
    }

    private sealed class Later : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddSeconds(10);
    }
}
