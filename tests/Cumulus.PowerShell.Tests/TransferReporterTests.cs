namespace Cumulus.PowerShell.Tests;

public sealed class TransferReporterTests
{
    [Fact]
    public void The_bar_has_bytes_rate_and_time_left_and_moves_only_forward()
    {
        var host = new RecordingHost();
        var clock = new Clock();
        var bar = new TransferReporter(host, "Publishing web", 200_000_000, clock);
        clock.Seconds = 2;
        bar.Report(50_000_000);
        bar.Report(50_000_001);
        bar.Report(40_000_000);
        clock.Seconds = 8;
        bar.Report(200_000_000);
        bar.Done();

        Assert.Equal(
            [
                new CmdletProgress(1, "Publishing web", "50.0 of 200.0 MB, 25.0 MB/s, 0:00:06 left", 25),
                new CmdletProgress(1, "Publishing web", "200.0 of 200.0 MB, 25.0 MB/s, 0:00:00 left", 100),
                new CmdletProgress(1, "Publishing web", "done", Completed: true),
            ],
            host.Entries.Cast<CmdletProgress>());
    }

    [Fact]
    public void Before_time_has_passed_and_for_nothing_at_all_there_is_no_rate()
    {
        var host = new RecordingHost();
        new TransferReporter(host, "x", 0, new Clock()).Report(0);
        new TransferReporter(host, "x", 10, new Clock()).Report(5);
        Assert.Equal(["0.0 of 0.0 MB", "0.0 of 0.0 MB"], host.Entries.Cast<CmdletProgress>().Select(p => p.Status));
    }

    private sealed class Clock : TimeProvider
    {
        public long Seconds { get; set; }

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => Seconds;
    }
}
