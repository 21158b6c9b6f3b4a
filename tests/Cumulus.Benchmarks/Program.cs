using Cumulus.Benchmarks;

// Whole processes, as a pipeline step or a boot script runs them: start-up counts.
string root = AppContext.BaseDirectory;
while (!File.Exists(Path.Combine(root, "Cumulus.sln"))) root = Path.GetDirectoryName(root) ?? throw new InvalidOperationException("Run this inside the repository.");
string cumulus = Path.Combine(root, "out", OperatingSystem.IsWindows() ? "cumulus.cmd" : "cumulus");
string module = Path.Combine(root, "out", "Cumulus");
string tree = args.Length > 0 ? args[0] : Path.GetDirectoryName(typeof(object).Assembly.Location)!;

new Contest(
    "Start-up",
    new Contestant("cumulus --version", cumulus, "--version"),
    new Contestant("aws --version", "aws", "--version"),
    new Contestant("pwsh, Import-Module Cumulus", "pwsh", "-NoProfile", "-NonInteractive", "-Command", $"Import-Module '{module}'"),
    new Contestant("pwsh, nothing", "pwsh", "-NoProfile", "-NonInteractive", "-Command", "1"))
    .Run(rounds: 5, Console.Out);

new Contest(
    $"Bundle {tree}",
    new Contestant("cumulus New-Bundle", cumulus, "New-Bundle", "-Path", tree, "-Name", "bench", "-DestinationPath", "{out}"),
    new Contestant("zip -r", "zip", "-r", "-q", "{out}.zip", tree),
    new Contestant("python3 -m zipfile", "python3", "-m", "zipfile", "-c", "{out}.zip", tree))
    .Run(rounds: 3, Console.Out);

return 0;
