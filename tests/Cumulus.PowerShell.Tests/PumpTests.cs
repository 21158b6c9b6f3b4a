namespace Cumulus.PowerShell.Tests;

public sealed class PumpTests
{
    private readonly RecordingHost _host = new();

    [Fact]
    public void What_the_blocks_write_arrives_in_order_and_on_the_pipeline_thread_alone()
    {
        using var cmdlet = new ScriptedCmdlet
        {
            Begin = async (c, stop) =>
            {
                c.Output("begin");
                await Task.Yield();
                c.Host.WriteVerbose("begun");
            },
            Process = (c, _) =>
            {
                c.Output("process");
                c.OutputAll([1, 2, 3]);
                return Task.CompletedTask;
            },
            End = async (c, stop) =>
            {
                await Task.Yield();
                c.Output(null);
            },
        };

        using var pipeline = Pipeline.Start(cmdlet, _host, records: 2);

        Assert.Null(pipeline.Wait());
        Assert.Equal(["begin", "verbose: begun", "process", 1, 2, 3, "process", 1, 2, 3, null], _host.Entries);
        Assert.Equal([pipeline.ThreadId], _host.Threads);
    }

    [Fact]
    public void Every_member_of_the_host_is_passed_on()
    {
        var progress = new CmdletProgress(1, "Waiting", "for two hosts", 50);
        List<object?> answers = [];
        using var cmdlet = new ScriptedCmdlet
        {
            Process = (c, _) =>
            {
                c.Host.WriteWarning("w");
                c.Host.WriteDebug("d");
                c.Host.WriteInformation("i");
                c.Host.WriteProgress(progress);
                answers.AddRange(
                [
                    c.Host.ShouldProcess("stage", "Deploy"), c.Host.ShouldContinue("Sure?", "Deploy"), c.Host.ResolvePath("a"),
                    c.Host.CurrentFolder, c.Host.IsBound("Force"), c.Host.IsBound("Name"), ReferenceEquals(c.Host.Session, _host.Session),
                ]);
                return Task.CompletedTask;
            },
        };

        using var pipeline = Pipeline.Start(cmdlet, _host);

        Assert.Null(pipeline.Wait());
        Assert.Equal(["warning: w", "debug: d", "information: i", progress, "Deploy stage?", "Sure?", "path a"], _host.Entries);
        Assert.Equal([true, false, "/here/a", "/here", true, false, true], answers);
        Assert.Equal([pipeline.ThreadId], _host.Threads);
    }

    [Fact]
    public void A_switch_is_asked_for_by_its_name()
    {
        List<bool> answers = [];
        using var cmdlet = new ScriptedCmdlet
        {
            Process = (c, _) =>
            {
                answers.AddRange([c.ForceIsSet, c.ForceOfThisIsSet]);
                return Task.CompletedTask;
            },
        };

        Assert.Null(Pipeline.Run(cmdlet, _host));
        Assert.Equal([true, true], answers);
    }

    [Fact]
    public void A_hundred_tasks_write_at_once_and_nothing_is_lost()
    {
        using var cmdlet = new ScriptedCmdlet
        {
            Process = (c, stop) => Task.WhenAll(Enumerable.Range(0, 100).Select(task => Task.Run(
                () =>
                {
                    for (var i = 0; i < 20; i++)
                        c.Output((task, i));
                },
                stop))),
        };

        using var pipeline = Pipeline.Start(cmdlet, _host);

        Assert.Null(pipeline.Wait());
        var written = _host.Entries.Cast<(int Task, int Number)>().ToList();
        Assert.Equal(2000, written.Distinct().Count());
        Assert.All(written.GroupBy(w => w.Task), own => Assert.Equal(Enumerable.Range(0, 20), own.Select(w => w.Number)));
        Assert.Equal([pipeline.ThreadId], _host.Threads);
    }

    [Fact]
    public void A_write_returns_when_it_was_written_and_not_before()
    {
        List<int> seenAfterWrite = [];
        using var cmdlet = new ScriptedCmdlet
        {
            Process = (c, _) =>
            {
                for (var i = 1; i <= 3; i++)
                {
                    c.Output(i);
                    seenAfterWrite.Add(_host.Entries.Count);
                }

                return Task.CompletedTask;
            },
        };

        Assert.Null(Pipeline.Run(cmdlet, _host));
        Assert.Equal([1, 2, 3], seenAfterWrite);
    }

    [Fact]
    public void A_member_called_on_the_pipeline_thread_itself_does_not_wait_for_itself()
    {
        using var cmdlet = new ScriptedCmdlet
        {
            Process = (c, _) =>
            {
                c.Output("outer");
                return Task.CompletedTask;
            },
        };
        _host.OnWrite = entry =>
        {
            if (entry is "outer")
                cmdlet.Output("inner");
        };

        Assert.Null(Pipeline.Run(cmdlet, _host));
        Assert.Equal(["inner", "outer"], _host.Entries);
    }

    [Fact]
    public void A_task_that_outlives_its_block_writes_in_the_next_one()
    {
        Task? stray = null;
        using var processEnded = new ManualResetEventSlim();
        using var cmdlet = new ScriptedCmdlet
        {
            Process = (c, stop) =>
            {
                stray = Task.Run(
                    () =>
                    {
                        processEnded.Wait(stop);
                        c.Output("late");
                    },
                    stop);
                return Task.CompletedTask;
            },
            End = (_, _) => stray!,
        };

        using var pipeline = Pipeline.Start(cmdlet, _host, running =>
        {
            running.RunBegin();
            running.RunProcess();
            processEnded.Set();
            running.RunEnd();
        });

        Assert.Null(pipeline.Wait());
        Assert.Equal(["late"], _host.Entries);
    }

    [Fact]
    public async Task A_task_that_outlives_the_command_gets_an_exception_instead_of_waiting()
    {
        Task? stray = null;
        var commandEnded = new TaskCompletionSource();
        using var cmdlet = new ScriptedCmdlet
        {
            End = (c, _) =>
            {
                stray = WriteLater(c);
                return Task.CompletedTask;
            },
        };

        Assert.Null(Pipeline.Run(cmdlet, _host));
        commandEnded.SetResult();

        await Assert.ThrowsAsync<InvalidOperationException>(() => stray!.WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.Empty(_host.Entries);

        async Task WriteLater(ScriptedCmdlet c)
        {
            await commandEnded.Task;
            c.Output("too late");
        }
    }

    [Fact]
    public async Task Disposal_frees_a_task_that_still_waits_for_a_block()
    {
        Task? stray = null;
        var blockEnded = new TaskCompletionSource();
        var cmdlet = new ScriptedCmdlet
        {
            Process = (c, _) =>
            {
                stray = WriteLater(c);
                return Task.CompletedTask;
            },
        };

        // As in a pipeline whose first command failed: no end block comes.
        using (var pipeline = Pipeline.Start(cmdlet, _host, running => running.RunProcess()))
            Assert.Null(pipeline.Wait());
        blockEnded.SetResult();
        cmdlet.Dispose();

        await Assert.ThrowsAsync<InvalidOperationException>(() => stray!.WaitAsync(TimeSpan.FromSeconds(30)));

        async Task WriteLater(ScriptedCmdlet c)
        {
            await blockEnded.Task;
            c.Output("too late");
        }
    }
}
