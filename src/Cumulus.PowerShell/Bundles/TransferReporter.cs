using System.Globalization;

namespace Cumulus.PowerShell;

/// <summary>A bar for bytes on their way: how many, how fast, how long it takes still.</summary>
/// <param name="total">Bytes in all.</param>
internal sealed class TransferReporter(ICmdletHost host, string activity, long total, TimeProvider clock) : IProgress<long>
{
    private readonly long _begun = clock.GetTimestamp();
    private readonly object _gate = new();
    private int _percent = -1;

    /// <param name="value">Bytes so far. Parts report from several threads; a bar that moves a hundred times is enough.</param>
    public void Report(long value)
    {
        lock (_gate)
        {
            int percent = total == 0 ? 100 : (int)Math.Min(100, value * 100 / total);
            if (percent <= _percent) return;
            _percent = percent;
            host.WriteProgress(new CmdletProgress(1, activity, Status(value), percent));
        }
    }

    public void Done() => host.WriteProgress(new CmdletProgress(1, activity, "done", Completed: true));

    private string Status(long value)
    {
        double seconds = clock.GetElapsedTime(_begun).TotalSeconds;
        string size = $"{Megabytes(value)} of {Megabytes(total)} MB";
        if (seconds < 0.001 || value <= 0) return size;
        double rate = value / seconds;
        return $"{size}, {Megabytes(rate)} MB/s, {TimeSpan.FromSeconds(Math.Ceiling((total - value) / rate)):h\\:mm\\:ss} left";
    }

    private static string Megabytes(double bytes) => (bytes / 1_000_000).ToString("0.0", CultureInfo.InvariantCulture);
}
