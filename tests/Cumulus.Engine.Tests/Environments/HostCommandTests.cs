using Cumulus.Engine.Aws;
using Cumulus.Engine.Environments;
using Cumulus.Engine.Processes;

namespace Cumulus.Engine.Tests.Environments;

public sealed class HostCommandTests
{
    [Fact]
    public void A_linux_host_gets_one_line_with_every_value_quoted() =>
        Assert.Equal(
            ["cumulus Install-Bundle -Environment 'stage' -Version '2.0.0' -Bucket 'b' -SaveVersion"],
            HostCommand.Install(HostPlatform.Linux, "stage", "2.0.0", "b"));

    [Fact]
    public void A_windows_host_hands_on_the_exit_code() =>
        Assert.Equal(
            ["cumulus Install-Bundle -Environment 'stage' -Version '2.0.0' -SaveVersion", "exit $LASTEXITCODE"],
            HostCommand.Install(HostPlatform.Windows, "stage", "2.0.0", null));

    [Theory]
    [InlineData("1.0'; rm -rf /; echo '")]
    [InlineData("$(id)`id`\\\"&|<>*?~# ")]
    [InlineData("-x")]
    public async Task A_shell_takes_a_quoted_value_for_what_it_is(string value)
    {
        var lines = new List<string>();
        await new ProcessRunner().RunAsync(
            new ProcessRequest
            {
                FileName = "/bin/sh",
                Arguments = ["-c", $"printf '%s\\n' {HostCommand.Quote(HostPlatform.Linux, value)}"],
                WorkingDirectory = Path.GetTempPath(),
                TimeLimit = TimeSpan.FromMinutes(1),
                OnLine = lines.Add,
            },
            default);
        Assert.Equal([value], lines);
    }

    [Theory]
    [InlineData("it's", "'it''s'")]
    [InlineData("$env:X `n", "'$env:X `n'")]
    [InlineData("a\u2019; b", "'a\u2019\u2019; b'")]
    public void PowerShell_takes_a_quoted_value_for_what_it_is(string value, string quoted) =>
        Assert.Equal(quoted, HostCommand.Quote(HostPlatform.Windows, value));

    [Theory]
    [InlineData(HostPlatform.Linux, "a\nb")]
    [InlineData(HostPlatform.Windows, "a\rb")]
    [InlineData(HostPlatform.Windows, "a\"b")]
    public void A_value_that_no_line_can_carry_is_refused(HostPlatform platform, string value) =>
        Assert.Equal(ErrorIds.ConfigurationInvalid, Assert.Throws<CumulusException>(() => HostCommand.Quote(platform, value)).ErrorId);
}
