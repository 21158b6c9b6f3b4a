namespace Cumulus.Console.Tests;

/// <summary>What is installed on a host, looked at and removed by the program as it is shipped.</summary>
public sealed class InstalledBundleTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_host_is_looked_at_tested_and_emptied()
    {
        string host = Path("host");
        Directory.CreateDirectory(Path("site/srv"));
        File.WriteAllText(Path("site/srv/x"), "1");
        await SucceedAsync($"New-Bundle -Path '{Path("site")}' -Name web -Version 1 -DestinationPath '{Path("out")}' -NoCache");
        await SucceedAsync("Install-Bundle", "-Path", Path("out/web.zip"), "-RootPath", host);

        string listed = await SucceedAsync("Get-InstalledBundle", "-RootPath", host, "-Output", "json");
        Assert.Contains("\"Name\": \"web\"", listed);
        Assert.Contains("\"State\": \"Committed\"", listed);
        await SucceedAsync($"Get-InstalledBundle -RootPath '{host}' | Test-InstalledBundle");

        File.WriteAllText(System.IO.Path.Combine(host, "srv/x"), "2");
        var drifted = await RunAsync("Test-InstalledBundle", "-RootPath", host);
        Assert.Equal(ExitCodes.Failure, drifted.ExitCode);
        Assert.Contains("InstalledBundleTestFailed", drifted.Error);

        var unasked = await RunAsync("Uninstall-Bundle", "web", "-RootPath", host);
        Assert.Equal(ExitCodes.Failure, unasked.ExitCode);
        Assert.Contains("ConfirmationUnavailable", unasked.Error);
        Assert.Contains("Remove", await SucceedAsync("Uninstall-Bundle", "web", "-RootPath", host, "-WhatIf"));
        Assert.True(File.Exists(System.IO.Path.Combine(host, "srv/x")));

        await SucceedAsync($"Get-InstalledBundle -RootPath '{host}' | Uninstall-Bundle -Confirm:$false");
        Assert.False(Directory.Exists(System.IO.Path.Combine(host, "srv")));
        var gone = await RunAsync("Uninstall-Bundle", "web", "-RootPath", host, "-Confirm:$false");
        Assert.Equal(ExitCodes.Failure, gone.ExitCode);
        Assert.Contains("BundleNotInstalled", gone.Error);
    }

    [Fact]
    public async Task A_host_that_follows_takes_back_what_nobody_confirmed_in_its_time()
    {
        string host = Path("host");
        Directory.CreateDirectory(Path("site"));
        foreach (string version in (string[])["1", "2"])
        {
            File.WriteAllText(Path("site/x"), version);
            await SucceedAsync($"New-Bundle -Path '{Path("site")}' -Name web -Version {version} -DestinationPath '{Path("out")}' -NoCache");
            string[] confirmation = version == "2" ? ["-ConfirmTimeoutSec", "600"] : [];
            await SucceedAsync(["Install-Bundle", "-Path", Path("out/web.zip"), "-RootPath", host, .. confirmation]);
        }

        // The clock of a program that runs cannot be set, so the time that the document tells is.
        string document = Directory.GetFiles(host, "installed.json", SearchOption.AllDirectories).Single();
        string waiting = File.ReadAllText(document);
        string passed = System.Text.RegularExpressions.Regex.Replace(waiting, "\"until\": \"[^\"]*\"", "\"until\": \"2020-01-01T00:00:00+00:00\"");
        Assert.NotEqual(waiting, passed);
        File.WriteAllText(document, passed);

        Assert.Equal(ExitCodes.Failure, (await RunAsync("Install-Bundle", "-RootPath", host, "-Follow", "-WhatIf")).ExitCode);
        Assert.Equal("2", File.ReadAllText(System.IO.Path.Combine(host, "x")));
        var followed = await RunAsync("Install-Bundle", "-RootPath", host, "-Follow");
        Assert.Contains("taken back", followed.Error);
        Assert.Contains("MetadataInvalid", followed.Error);
        Assert.Equal("1", File.ReadAllText(System.IO.Path.Combine(host, "x")));
    }

    private string Path(string name) => System.IO.Path.Combine(_folder.Path, name);

    private static async Task<string> SucceedAsync(params string[] arguments)
    {
        var run = await RunAsync(arguments);
        Assert.True(run.ExitCode == ExitCodes.Success, run.Error);
        return run.Out;
    }

    private static Task<ConsoleRun> RunAsync(params string[] arguments) => ProcessTests.RunAsync(arguments);
}
