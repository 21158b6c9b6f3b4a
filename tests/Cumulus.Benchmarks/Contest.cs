using System.Diagnostics;

namespace Cumulus.Benchmarks;

/// <summary>One program in a contest: its name in the table and how it is started.</summary>
/// <param name="Arguments">Command and arguments; <c>{out}</c> stands for a fresh file name.</param>
internal sealed record Contestant(string Name, string Command, params string[] Arguments)
{
    /// <summary>Another program that it cannot do without.</summary>
    public string? Needs { get; init; }

    public bool IsInstalled => (File.Exists(Command) || OnPath(Command) is not null) && (Needs is null || OnPath(Needs) is not null);

    private static string? OnPath(string command) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator)
            .Select(folder => Path.Combine(folder, command))
            .FirstOrDefault(File.Exists);
}

/// <summary>The same work done by us and by the peers, in turns, so that a slow minute of the machine hits all alike.</summary>
internal sealed class Contest(string title, Contestant us, params Contestant[] peers)
{
    /// <summary>Whether what comes out is an archive, whose size matters.</summary>
    public bool TellsSizes { get; init; } = true;

    /// <param name="warmUp">A round before that does not count.</param>
    public void Run(int rounds, TextWriter output, bool warmUp = true)
    {
        output.WriteLine($"\n{title} ({rounds} rounds, taken in turns)");
        Contestant[] present = [us, .. peers.Where(p => p.IsInstalled)];
        var times = present.ToDictionary(c => c.Name, _ => new List<double>());
        var sizes = new Dictionary<string, long>();
        using (var scratch = new ScratchFolder())
        {
            for (int round = warmUp ? -1 : 0; round < rounds; round++)
            {
                foreach (Contestant contestant in present)
                {
                    // A name of its own each time: after a mass delete file systems are slow for a while.
                    string file = scratch[$"{contestant.Name.GetHashCode(StringComparison.Ordinal):x8}-{round + 1}"];
                    double seconds = Time(contestant, file);
                    if (round >= 0) times[contestant.Name].Add(seconds);
                    if (TellsSizes && Written(file) is { } size) sizes[contestant.Name] = size;
                }
            }
        }

        double ours = Median(times[us.Name]);
        output.WriteLine($"{"",-28}{"median",10}{"best",10}{"peer/us",10}{"bytes",14}");
        foreach (Contestant contestant in present)
        {
            List<double> t = times[contestant.Name];
            string ratio = contestant == us ? "" : (Median(t) / ours).ToString("0.00", null);
            string bytes = sizes.TryGetValue(contestant.Name, out long size) ? size.ToString("N0", null) : "";
            output.WriteLine($"{contestant.Name,-28}{Median(t),8:0.000} s{t.Min(),8:0.000} s{ratio,10}{bytes,14}");
        }

        foreach (Contestant absent in peers.Except(present)) output.WriteLine($"{absent.Name,-28}not installed");
    }

    private static double Time(Contestant contestant, string file)
    {
        var start = new ProcessStartInfo(contestant.Command) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in contestant.Arguments) start.ArgumentList.Add(argument.Replace("{out}", file, StringComparison.Ordinal));
        var watch = Stopwatch.StartNew();
        using Process process = Process.Start(start) ?? throw new InvalidOperationException($"{contestant.Name} did not start");
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        process.WaitForExit();
        watch.Stop();
        _ = output.Result;
        if (process.ExitCode != 0) throw new InvalidOperationException($"{contestant.Name} exited {process.ExitCode}: {errors.Result}");
        return watch.Elapsed.TotalSeconds;
    }

    // A contestant may make a file or a folder with the archive and its manifest.
    private static long? Written(string path) =>
        File.Exists(path) ? new FileInfo(path).Length
        : Directory.Exists(path) ? Directory.EnumerateFiles(path).Where(f => !f.EndsWith(".json", StringComparison.Ordinal)).Sum(f => new FileInfo(f).Length)
        : Directory.EnumerateFiles(Path.GetDirectoryName(path)!, Path.GetFileName(path) + ".*").Select(f => new FileInfo(f).Length).Cast<long?>().FirstOrDefault();

    private static double Median(List<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;
    }
}
