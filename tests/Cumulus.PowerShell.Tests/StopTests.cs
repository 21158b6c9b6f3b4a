using System.Management.Automation;

namespace Cumulus.PowerShell.Tests;

public sealed class StopTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private readonly RecordingHost _host = new();

    public static TheoryData<string> Blocks => ["begin", "process", "end"];

    [Theory]
    [MemberData(nameof(Blocks))]
    public void A_stop_returns_at_once_and_the_block_returns_after_its_clean_up(string block)
    {
        using var started = new ManualResetEventSlim();
        using var stopReturned = new ManualResetEventSlim();
        var cleanedUp = false;
        using var cmdlet = InBlock(block, async (c, stop) =>
        {
            try
            {
                started.Set();
                await Task.Delay(Timeout.InfiniteTimeSpan, stop);
            }
            finally
            {
                // Were RequestStop to wait for the clean-up, neither would ever end.
                cleanedUp = stopReturned.Wait(Limit, CancellationToken.None);
            }
        });

        using var pipeline = Pipeline.Start(cmdlet, _host);
        Assert.True(started.Wait(Limit));
        cmdlet.RequestStop();
        stopReturned.Set();

        Assert.IsType<PipelineStoppedException>(pipeline.Wait());
        Assert.True(cleanedUp);
        Assert.Empty(_host.Entries);
    }

    [Fact]
    public void After_a_stop_reports_are_dropped_and_clean_up_goes_on()
    {
        List<string> steps = [];
        using var started = new ManualResetEventSlim();
        using var cmdlet = InBlock("process", async (c, stop) =>
        {
            try
            {
                started.Set();
                await Task.Delay(Timeout.InfiniteTimeSpan, stop);
            }
            finally
            {
                c.Host.WriteVerbose("undoing");
                c.Host.WriteWarning("undoing");
                c.Host.WriteProgress(new CmdletProgress(1, "Undo", "half"));
                c.Fail(new IOException("it was gone already"));
                steps.Add(c.Host.ResolvePath("state"));
                steps.Add("undone");
            }
        });

        using var pipeline = Pipeline.Start(cmdlet, _host);
        Assert.True(started.Wait(Limit));
        cmdlet.RequestStop();

        Assert.IsType<PipelineStoppedException>(pipeline.Wait());
        Assert.Equal(["/here/state", "undone"], steps);
        Assert.Equal(["path state"], _host.Entries);
    }

    [Fact]
    public void After_a_stop_output_and_questions_cancel_a_body_that_never_looks_at_its_token()
    {
        List<Exception?> thrown = [];
        using var started = new ManualResetEventSlim();
        using var stopped = new ManualResetEventSlim();
        using var cmdlet = InBlock("process", (c, _) =>
        {
            started.Set();
            stopped.Wait(Limit, CancellationToken.None);
            thrown.Add(Record.Exception(() => c.Host.ShouldProcess("stage", "Deploy")));
            thrown.Add(Record.Exception(() => c.Host.ShouldContinue("Sure?", "Deploy")));
            for (var i = 0; ; i++)
                c.Output(i);
        });

        using var pipeline = Pipeline.Start(cmdlet, _host);
        Assert.True(started.Wait(Limit));
        cmdlet.RequestStop();
        stopped.Set();

        Assert.IsType<PipelineStoppedException>(pipeline.Wait());
        Assert.All(thrown, e => Assert.IsType<OperationCanceledException>(e));
        Assert.Equal(2, thrown.Count);
        Assert.Empty(_host.Entries);
    }

    [Fact]
    public void A_clean_up_that_fails_is_reported_and_the_cancellation_is_not()
    {
        using var started = new ManualResetEventSlim();
        using var cmdlet = InBlock("process", (_, stop) => Task.WhenAll(
            Task.Delay(Timeout.InfiniteTimeSpan, stop),
            FailInCleanUp(stop)));

        using var pipeline = Pipeline.Start(cmdlet, _host, running => running.RunProcess());
        Assert.True(started.Wait(Limit));
        cmdlet.RequestStop();

        Assert.Null(pipeline.Wait());
        Assert.Equal("the lock stays", Assert.Single(_host.Errors).Message);

        async Task FailInCleanUp(CancellationToken stop)
        {
            try
            {
                started.Set();
                await Task.Delay(Timeout.InfiniteTimeSpan, stop);
            }
            catch (OperationCanceledException e)
            {
                throw new IOException("the lock stays", e);
            }
        }
    }

    [Fact]
    public void A_command_that_was_stopped_before_a_block_does_not_run_it()
    {
        using var cmdlet = InBlock("begin", (c, _) =>
        {
            c.Output("ran");
            return Task.CompletedTask;
        });
        cmdlet.RequestStop();

        Assert.IsType<PipelineStoppedException>(Pipeline.Run(cmdlet, _host));
        Assert.Empty(_host.Entries);
    }

    [Fact]
    public void A_stop_after_the_end_does_nothing()
    {
        var cmdlet = new ScriptedCmdlet();
        Assert.Null(Pipeline.Run(cmdlet, _host));
        cmdlet.RequestStop();
        cmdlet.Dispose();

        cmdlet.RequestStop();
        cmdlet.Dispose();
    }

    [Fact]
    public void When_the_pipeline_takes_nothing_more_the_body_is_cancelled_and_the_caller_gets_the_very_exception()
    {
        var enough = new PipelineStoppedException();
        Exception? seenByBody = null;
        var tokenWasSet = false;
        using var cmdlet = InBlock("process", (c, stop) =>
        {
            c.Output(1);
            seenByBody = Record.Exception(() => c.Output(2));
            tokenWasSet = stop.IsCancellationRequested;
            throw seenByBody!;
        });
        _host.OnWrite = value =>
        {
            if (value is 2)
                throw enough;
        };

        Assert.Same(enough, Pipeline.Run(cmdlet, _host));
        Assert.IsType<OperationCanceledException>(seenByBody);
        Assert.True(tokenWasSet);
        Assert.Equal([1], _host.Entries);
    }

    [Fact]
    public void A_body_that_swallows_the_end_of_the_pipeline_cannot_hide_it_from_the_caller()
    {
        var enough = new PipelineStoppedException();
        using var cmdlet = InBlock("process", (c, _) =>
        {
            for (var i = 0; i < 5; i++)
            {
                var swallowed = Record.Exception(() => c.Output(i));
                if (swallowed is not null)
                    c.Fail(swallowed);
            }

            return Task.CompletedTask;
        });
        _host.OnWrite = _ => throw enough;

        Assert.Same(enough, Pipeline.Run(cmdlet, _host));
        Assert.Empty(_host.Entries);
    }

    private static ScriptedCmdlet InBlock(string block, Func<ScriptedCmdlet, CancellationToken, Task> body) => block switch
    {
        "begin" => new ScriptedCmdlet { Begin = body },
        "process" => new ScriptedCmdlet { Process = body },
        _ => new ScriptedCmdlet { End = body },
    };
}
