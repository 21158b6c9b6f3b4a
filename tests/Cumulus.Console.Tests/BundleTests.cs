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

    [Fact]
    public async Task Wildcards_and_patterns_choose_as_in_PowerShell()
    {
        foreach (string name in (string[])["site/a.txt", "site/b.log", "site/sub/c", "conf/d"])
        {
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Path(name))!);
            File.WriteAllText(Path(name), "1");
        }

        File.WriteAllText(Path("site/.cumulusignore"), "*.log\n");
        string to = $"-DestinationPath '{Path("out")}' -NoCache";
        var made = await RunAsync($"New-Bundle -Path '{Path("site")}/S*','{Path("c?nf")}' -Name w -PathRewrite 'sub -> srv' {to} | Get-BundleContent -Output json");
        Assert.Equal(ExitCodes.Success, made.ExitCode);
        Assert.Contains("\"Name\": \"srv/c\"", made.Out);
        Assert.Contains("\"Name\": \"conf/d\"", made.Out);
        Assert.DoesNotContain("a.txt", made.Out);

        var plain = await RunAsync($"New-Bundle -Path '{Path("site")}' -Exclude sub/ -Format TAR.BZ2 -FollowSymlink:$false {to}");
        Assert.Contains("site.tar.bz2", plain.Out);
        Assert.Equal(ExitCodes.Success, plain.ExitCode);

        var none = await RunAsync($"New-Bundle -Path '{Path("none*")}' -Name n {to}");
        Assert.Equal(ExitCodes.Failure, none.ExitCode);
        Assert.Contains("BundlePathNotFound", none.Error);
        var unknown = await RunAsync($"New-Bundle -Path '{Path("site")}' -Format rar {to}");
        Assert.Equal(ExitCodes.Usage, unknown.ExitCode);
        Assert.Contains("zip, tar.gz, tar.bz2", unknown.Error);
        var mixed = await RunAsync($"New-Bundle -Path '{Path("site")}' -Environment stage {to}");
        Assert.Equal(ExitCodes.Usage, mixed.ExitCode);
    }

    private string Path(string name) => System.IO.Path.Combine(_folder.Path, name);

    private static Task<ConsoleRun> RunAsync(params string[] arguments) => ProcessTests.RunAsync(arguments);
}
