using Cumulus.Engine.Hosts;
using Cumulus.Engine.Hosts.Service;
using Cumulus.Engine.Tests.Support;

namespace Cumulus.Engine.Tests.Hosts.Service;

/// <summary>The handler's log, and what never gets into it.</summary>
public sealed class LogTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly AutoClock _clock = new();
    private readonly List<string> _told = [];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_log_has_its_old_place()
    {
        Assert.Equal("/var/log/cumulus-bundle-handler.log", HostPaths.For(null, windows: false).LogFile);
        Assert.Equal(@"C:\cumulus\logs\cumulus-bundle-handler.log", HostPaths.For(null, windows: true).LogFile);
    }

    [Fact]
    public void Each_line_has_a_time_in_UTC_and_is_there_at_once()
    {
        var log = new HandlerLog(_folder["var/log/handler.log"], _clock, _told.Add);
        log.Write("S1: one\nS1: \u001b[31mtwo");
        Assert.Equal("2026-03-01T12:00:00.000Z S1: one\n2026-03-01T12:00:00.000Z S1: ?[31mtwo\n", _folder.Read("var/log/handler.log"));
        Assert.Empty(_told);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.None, _folder.Mode("var/log/handler.log") & (UnixFileMode.OtherRead | UnixFileMode.GroupWrite | UnixFileMode.OtherWrite));
    }

    [Fact]
    public void It_never_takes_more_than_its_room()
    {
        var log = new HandlerLog(_folder["h.log"], _clock, _told.Add, maximumBytes: 200, olderFiles: 2);
        for (int i = 0; i < 50; i++) log.Write($"line {i}");
        Assert.Equal(["h.log", "h.log.1", "h.log.2"], Directory.GetFiles(_folder.Path).Select(Path.GetFileName).Order());
        Assert.All(Directory.GetFiles(_folder.Path), f => Assert.InRange(new FileInfo(f).Length, 1, 200));
        string all = _folder.Read("h.log.2") + _folder.Read("h.log.1") + _folder.Read("h.log");
        int[] numbers = [.. all.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => int.Parse(l.Split(' ')[^1], System.Globalization.CultureInfo.InvariantCulture))];
        Assert.Equal(Enumerable.Range(50 - numbers.Length, numbers.Length), numbers);
    }

    [Fact]
    public void A_log_that_cannot_be_written_is_told_of_once()
    {
        _folder.Write("file", "");
        var log = new HandlerLog(_folder["file/h.log"], _clock, _told.Add);
        log.Write("1");
        log.Write("2");
        Assert.Contains("file/h.log cannot be written", Assert.Single(_told), StringComparison.Ordinal);
    }

    [Fact]
    public void Two_logs_on_one_file_lose_no_line()
    {
        var one = new HandlerLog(_folder["h.log"], _clock, _told.Add);
        var two = new HandlerLog(_folder["h.log"], _clock, _told.Add);
        for (int i = 0; i < 5; i++)
        {
            one.Write("one");
            two.Write("two");
        }

        Assert.Equal(10, File.ReadAllLines(_folder["h.log"]).Length);
    }

    [Theory]
    [InlineData("export DB_PASSWORD=hunter2 x", "export DB_PASSWORD=**** x")]
    [InlineData("""{"apiKey": "a b", "n": 1}""", """{"apiKey": ****, "n": 1}""")]
    [InlineData("mysql --password hunter2 -u root", "mysql --password **** -u root")]
    [InlineData("Authorization: Bearer abc.def", "Authorization: Bearer ****")]
    [InlineData("curl -H 'authorization: Basic dXNlcjp4'", "curl -H 'authorization: Basic ****'")]
    [InlineData("postgres://user:pw@db/x", "postgres://****@db/x")]
    [InlineData("key AKIAIOSFODNN7EXAMPLE is old", "key AKIA**** is old")]
    [InlineData("https://b.s3.amazonaws.com/k?X-Amz-Security-Token=abc&X-Amz-Signature=def", "https://b.s3.amazonaws.com/k?X-Amz-Security-Token=****&X-Amz-Signature=****")]
    [InlineData("secret-access-key = wJalrXUtn", "secret-access-key = ****")]
    [InlineData("it is kn0wn-secret!", "it is ****!")]
    public void What_looks_like_a_secret_or_is_known_to_be_one_is_taken_out(string text, string clean) =>
        Assert.Equal(clean, new SecretRedaction(["kn0wn-secret", "short", null]).Clean(text));

    [Theory]
    [InlineData("Installed web 1.0 -> 2.0, a short walk")]
    [InlineData("no password was given")]
    [InlineData("Fetching s3://bucket/stage/1.0/bundle-stage-1.0-web.zip.")]
    [InlineData("listening on http://localhost:8080/")]
    public void What_is_no_secret_stays(string text) => Assert.Equal(text, new SecretRedaction(["short"]).Clean(text));

    [Theory]
    [InlineData(null, "socket:[42]", false)]
    [InlineData("", "socket:[42]", false)]
    [InlineData("8:42", "socket:[42]", true)]
    [InlineData("8:42", "socket:[43]", false)]
    [InlineData("8:42", "/dev/pts/0", false)]
    [InlineData("8:42", null, false)]
    public void The_journal_counts_only_where_the_output_really_goes_there(string? variable, string? link, bool expected)
    {
        Assert.Equal(expected, Journal.Has(variable, _ => link));
        Assert.Equal(expected, Journal.Has(variable, fd => fd == 2 ? link : "/dev/null"));
    }
}
