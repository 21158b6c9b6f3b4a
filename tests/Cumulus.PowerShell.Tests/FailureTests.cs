using Cumulus.Engine;

namespace Cumulus.PowerShell.Tests;

public sealed class FailureTests
{
    private static readonly CumulusException NotThere =
        new(ErrorIds.StackNotFound, FailureKind.NotFound, "There is no stack 'web'.") { Target = "web" };

    private readonly RecordingHost _host = new();

    [Fact]
    public void A_failure_in_the_beginning_ends_the_command_before_any_record()
    {
        using var cmdlet = new ScriptedCmdlet
        {
            Begin = (_, _) => throw NotThere,
            Process = (c, _) =>
            {
                c.Output("ran");
                return Task.CompletedTask;
            },
        };

        var terminated = Assert.IsType<CmdletTerminatedException>(Pipeline.Run(cmdlet, _host));
        Assert.Equal(ErrorIds.StackNotFound, terminated.Error.ErrorId);
        Assert.Same(NotThere, terminated.Error.Exception);
        Assert.Empty(_host.Entries);
    }

    [Fact]
    public void A_failure_of_one_record_is_an_error_and_the_next_record_runs()
    {
        var record = 0;
        using var cmdlet = new ScriptedCmdlet
        {
            Process = async (c, _) =>
            {
                await Task.Yield();
                if (++record == 2)
                    throw NotThere;
                c.Output(record);
            },
            End = (c, _) =>
            {
                c.Output("end");
                return Task.CompletedTask;
            },
        };

        Assert.Null(Pipeline.Run(cmdlet, _host, records: 3));
        Assert.Equal([1, "error", 3, "end"], _host.Entries.Select(e => e is CmdletError ? "error" : e));
        Assert.Same(NotThere, Assert.Single(_host.Errors).Exception);
    }

    [Fact]
    public void A_failure_in_the_end_is_an_error_and_does_not_terminate()
    {
        using var cmdlet = new ScriptedCmdlet { End = (_, _) => Task.FromException(NotThere) };

        Assert.Null(Pipeline.Run(cmdlet, _host));
        Assert.Equal("web", Assert.Single(_host.Errors).Target);
    }

    [Fact]
    public void Every_failure_of_tasks_that_ran_side_by_side_is_reported()
    {
        using var cmdlet = new ScriptedCmdlet
        {
            Process = (_, _) => Task.WhenAll(Task.FromException(NotThere), Task.FromException(new IOException("disk full")), Task.CompletedTask),
        };

        Assert.Null(Pipeline.Run(cmdlet, _host));
        Assert.Equal([ErrorIds.StackNotFound, ErrorIds.FileOperationFailed], _host.Errors.Select(e => e.ErrorId));
    }

    [Fact]
    public void What_an_error_throws_at_its_writer_cancels_the_body_and_reaches_the_caller_once()
    {
        var enough = new InvalidOperationException("-ErrorAction Stop");
        Exception? seenByBody = null;
        using var cmdlet = new ScriptedCmdlet
        {
            Process = (c, stop) =>
            {
                seenByBody = Record.Exception(() => c.Fail(NotThere));
                c.Fail(NotThere);
                throw seenByBody!;
            },
        };
        _host.OnWrite = _ => throw enough;

        Assert.Same(enough, Pipeline.Run(cmdlet, _host));
        Assert.Same(enough, Assert.IsType<OperationCanceledException>(seenByBody).InnerException);
        Assert.Empty(_host.Entries);
    }

    [Fact]
    public void What_a_question_throws_is_the_body_s_own_affair()
    {
        using var cmdlet = new ScriptedCmdlet
        {
            Process = (c, stop) =>
            {
                c.Output(Record.Exception(() => c.Host.ShouldContinue("Sure?", "Deploy")) is CumulusException && !stop.IsCancellationRequested);
                return Task.CompletedTask;
            },
        };
        _host.OnWrite = entry =>
        {
            if (entry is "Sure?")
                throw NotThere;
        };

        Assert.Null(Pipeline.Run(cmdlet, _host));
        Assert.Equal([true], _host.Entries);
    }

    [Fact]
    public void A_cancellation_that_nobody_asked_for_is_a_time_out_and_not_silence()
    {
        using var cmdlet = new ScriptedCmdlet { Process = (_, _) => throw new TaskCanceledException("The request was canceled after 100 s.") };

        Assert.Null(Pipeline.Run(cmdlet, _host));
        var error = Assert.Single(_host.Errors);
        Assert.Equal(ErrorIds.OperationTimedOut, error.ErrorId);
        Assert.Equal("OperationTimeout", error.Category);
        Assert.False(error.IsBug);
    }

    [Fact]
    public void An_expected_failure_keeps_its_words_and_a_target_of_its_own()
    {
        var error = ErrorMap.Map(
            new CumulusException(ErrorIds.BucketNotFound, FailureKind.NotFound, "No bucket 'b'.") { Target = "b", Advice = "Create it." },
            target: "stage");

        Assert.Equal(
            (ErrorIds.BucketNotFound, "ObjectNotFound", "b", "No bucket 'b'.", "Create it.", false),
            (error.ErrorId, error.Category, error.Target, error.Message, error.Advice, error.IsBug));
    }

    [Fact]
    public void A_failure_that_names_nothing_gets_the_target_that_the_command_was_at_work_on() =>
        Assert.Equal("stage", ErrorMap.Map(new CumulusException(ErrorIds.AwsRequestFailed, FailureKind.Unavailable, "No."), "stage").Target);

    [Fact]
    public void A_bug_says_that_it_is_one_and_keeps_the_exception()
    {
        var bug = new InvalidCastException("Unable to cast.");

        var error = ErrorMap.Map(bug, "stage");

        Assert.True(error.IsBug);
        Assert.Same(bug, error.Exception);
        Assert.Equal((ErrorIds.UnexpectedError, "stage"), (error.ErrorId, error.Target));
        Assert.Contains("bug in Cumulus", error.Message, StringComparison.Ordinal);
        Assert.Contains("Unable to cast.", error.Message, StringComparison.Ordinal);
        Assert.NotNull(error.Advice);
    }

    public static TheoryData<Exception, string, string> FileFailures => new()
    {
        { new FileNotFoundException("Could not find file 'a'.", "a"), ErrorIds.FileNotFound, "ObjectNotFound" },
        { new DirectoryNotFoundException("Could not find a part of the path 'a/b'."), ErrorIds.FileNotFound, "ObjectNotFound" },
        { new UnauthorizedAccessException("Access to the path 'a' is denied."), ErrorIds.FileAccessDenied, "PermissionDenied" },
        { new IOException("No space left on device : 'a'"), ErrorIds.FileOperationFailed, "ResourceUnavailable" },
        {
            new FileNotFoundException("Could not load file or assembly", "YamlDotNet, Version=16.0.0.0, Culture=neutral"),
            ErrorIds.ModuleIncomplete, "NotInstalled"
        },
    };

    [Theory]
    [MemberData(nameof(FileFailures))]
    public void A_failure_of_the_file_system_is_expected_and_has_an_id(Exception exception, string errorId, string category)
    {
        var error = ErrorMap.Map(exception);

        Assert.Equal((errorId, category, false), (error.ErrorId, error.Category, error.IsBug));
        Assert.Same(exception, error.Exception);
    }

    [Fact]
    public void Every_kind_of_failure_has_a_category_that_PowerShell_knows()
    {
        foreach (var kind in Enum.GetValues<FailureKind>())
        {
            var category = ErrorMap.Map(new CumulusException("Any", kind, "any")).Category;
            Assert.True(Enum.IsDefined(Enum.Parse<System.Management.Automation.ErrorCategory>(category)));
            Assert.NotEqual("NotSpecified", category);
        }
    }
}
