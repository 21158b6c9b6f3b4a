using Cumulus.Benchmarks;

// Whole processes, as a pipeline step or a boot script runs them: start-up counts. Names of contests may be given; else all are held.
string root = AppContext.BaseDirectory;
while (!File.Exists(Path.Combine(root, "Cumulus.sln"))) root = Path.GetDirectoryName(root) ?? throw new InvalidOperationException("Run this inside the repository.");
string cumulus = Path.Combine(root, "out", OperatingSystem.IsWindows() ? "cumulus.cmd" : "cumulus");
string module = Path.Combine(root, "out", "Cumulus");

var contests = new (string Name, Func<Task> Run)[]
{
    ("start", () => Task.Run(() => StartUpContest.Run(cumulus, module, Console.Out))),
    ("build", () => Task.Run(() => BuildContests.Run(cumulus, Console.Out))),
    ("expand", () => ExpandContest.RunAsync(cumulus, Console.Out)),
    ("compressors", () => Task.Run(() => CompressorContest.Run(BenchmarkTrees.DotnetSdk!, Console.Out))),
    ("rebuild", () => RebuildContest.RunAsync(BenchmarkTrees.PythonLibrary ?? BenchmarkTrees.DotnetSdk!, Console.Out)),
    ("install", () => InstallContest.RunAsync(cumulus, Console.Out)),
    ("cloud", () => CloudContest.RunAsync(cumulus, Console.Out)),
    ("publish", () => PublishContest.RunAsync(cumulus, Console.Out)),
    ("plan", () => Task.Run(() => PlanFigure.Run(Console.Out))),
};
string[] unknown = [.. args.Except(contests.Select(c => c.Name))];
if (unknown.Length > 0)
{
    Console.Error.WriteLine($"There is no contest {string.Join(", ", unknown)}; there are {string.Join(", ", contests.Select(c => c.Name))}.");
    return 2;
}

foreach ((string name, Func<Task> run) in contests)
{
    if (args.Length == 0 || args.Contains(name)) await run();
}

return 0;
