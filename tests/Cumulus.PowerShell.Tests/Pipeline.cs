namespace Cumulus.PowerShell.Tests;

/// <summary>Runs the blocks of a cmdlet on a thread of their own, as PowerShell does, and never waits for ever.</summary>
internal sealed class Pipeline : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private readonly Thread _thread;
    private Exception? _thrown;

    private Pipeline(CumulusCmdlet cmdlet, ICmdletHost host, Action<CumulusCmdlet> blocks)
    {
        cmdlet.Attach(host);
        _thread = new Thread(() => _thrown = Record.Exception(() => blocks(cmdlet))) { IsBackground = true };
        _thread.Start();
    }

    public int ThreadId => _thread.ManagedThreadId;

    public static Pipeline Start(CumulusCmdlet cmdlet, ICmdletHost host, int records = 1) =>
        new(cmdlet, host, running => AllBlocks(running, records));

    public static Pipeline Start(CumulusCmdlet cmdlet, ICmdletHost host, Action<CumulusCmdlet> blocks) => new(cmdlet, host, blocks);

    /// <summary>What came back to the front end; null when the blocks ended well.</summary>
    public static Exception? Run(CumulusCmdlet cmdlet, ICmdletHost host, int records = 1)
    {
        using var pipeline = Start(cmdlet, host, records);
        return pipeline.Wait();
    }

    public Exception? Wait()
    {
        Assert.True(_thread.Join(Limit), "The pipeline thread hangs.");
        return _thrown;
    }

    public void Dispose() => Wait();

    private static void AllBlocks(CumulusCmdlet cmdlet, int records)
    {
        cmdlet.RunBegin();
        for (var i = 0; i < records; i++)
            cmdlet.RunProcess();
        cmdlet.RunEnd();
    }
}
