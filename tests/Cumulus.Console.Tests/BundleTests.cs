namespace Cumulus.Console.Tests;

/// <summary>Bundles made, signed for and looked into by the program as it is shipped.</summary>
public sealed class BundleTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_passphrase_comes_from_a_variable_and_never_from_the_line()
    {
        var typed = await RunAsync("New-BundleKey", Path("k.pem"), "-Passphrase", "hunter2");
        Assert.Equal(ExitCodes.Usage, typed.ExitCode);
        Assert.DoesNotContain("hunter2", typed.Error);

        var unset = await RunAsync("New-BundleKey", Path("k.pem"), "-PassphraseVariable", "CUMULUS_NO_SUCH_VARIABLE");
        Assert.Equal(ExitCodes.Failure, unset.ExitCode);
        Assert.Contains("KeyPassphraseRejected", unset.Error);
        Assert.False(File.Exists(Path("k.pem")));

        var made = await RunAsync("New-BundleKey", Path("k.pem"), "-PassphraseVariable", "PATH");
        Assert.Equal(ExitCodes.Success, made.ExitCode);
        Assert.StartsWith("-----BEGIN ENCRYPTED PRIVATE KEY-----", File.ReadAllText(Path("k.pem")));
    }

    [Fact]
    public async Task A_pipeline_tests_what_it_built_and_fails_when_it_is_not_signed()
    {
        Directory.CreateDirectory(Path("site"));
        File.WriteAllText(Path("site/x"), "1");
        string build = $"New-Bundle -Path '{Path("site")}' -Name web -DestinationPath '{Path("out")}'";
        Assert.Equal(ExitCodes.Success, (await RunAsync($"{build} | Test-Bundle")).ExitCode);
        Assert.Equal(ExitCodes.Success, (await RunAsync("New-BundleKey", Path("k.pem"))).ExitCode);

        var unsigned = await RunAsync($"{build} | Test-Bundle -PublicKey '{Path("k.pub.pem")}'");
        Assert.Equal(ExitCodes.Failure, unsigned.ExitCode);
        Assert.Contains("BundleTestFailed", unsigned.Error);

        var content = await RunAsync($"{build} | Get-BundleContent -Output json");
        Assert.Contains("\"Name\": \"x\"", content.Out);
        var compared = await RunAsync("Compare-Bundle", Path("out/web.zip"), Path("out/web.zip"), "-IncludeEqual");
        Assert.Contains("=", compared.Out);
    }

    private string Path(string name) => System.IO.Path.Combine(_folder.Path, name);

    private static Task<ConsoleRun> RunAsync(params string[] arguments) => ProcessTests.RunAsync(arguments);
}
