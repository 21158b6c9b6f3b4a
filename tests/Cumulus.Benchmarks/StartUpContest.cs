namespace Cumulus.Benchmarks;

/// <summary>How long it takes until anything is there.</summary>
internal static class StartUpContest
{
    private const int Rounds = 5;

    public static void Run(string cumulus, string module, TextWriter output) =>
        new Contest(
            "Start-up",
            new Contestant("cumulus --version", cumulus, "--version"),
            new Contestant("aws --version", "aws", "--version"),
            new Contestant("pwsh, Import-Module Cumulus", "pwsh", "-NoProfile", "-NonInteractive", "-Command", $"Import-Module '{module}'"),
            new Contestant("pwsh, nothing", "pwsh", "-NoProfile", "-NonInteractive", "-Command", "1"))
            .Run(Rounds, output);
}
