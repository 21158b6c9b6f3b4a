using System.Diagnostics;
using Cumulus.Engine.Processes;
using Cumulus.Engine.Tests.Support;

namespace Cumulus.Engine.Tests.Processes;

public sealed class ProcessRunnerTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly List<string> _seen = [];

    public void Dispose() => _folder.Dispose();

    private ProcessRequest Shell(string script, TimeSpan? limit = null) => new()
    {
        FileName = "/bin/sh",
        Arguments = ["-c", script],
        WorkingDirectory = _folder.Path,
        TimeLimit = limit ?? TimeSpan.FromMinutes(1),
        OnLine = line => { lock (_seen) _seen.Add(line); },
    };

    [Fact]
    public async Task Lines_of_both_streams_and_the_exit_code_come_back()
    {
        ProcessResult result = await new ProcessRunner().RunAsync(Shell("echo one; echo two >&2; exit 3"), default);
        Assert.Equal(3, result.ExitCode);
        Assert.Equal(["one", "two"], _seen.Order());
        Assert.Equal(["one", "two"], result.LastLines.Order());
    }

    [Fact]
    public async Task A_program_that_outlives_its_limit_is_killed_with_its_children()
    {
        ProcessResult result = await new ProcessRunner().RunAsync(Shell("sleep 600 & echo $!; wait", TimeSpan.FromMilliseconds(300)), default);
        Assert.True(result.TimedOut);
        AssertDead(int.Parse(_seen[0]));
    }

    [Fact]
    public async Task A_child_that_left_the_tree_is_killed_too_and_nobody_elses()
    {
        using Process other = Process.Start("sleep", "600");
        ProcessResult result = await new ProcessRunner().RunAsync(Shell("(sleep 600 & echo $!); sleep 600", TimeSpan.FromMilliseconds(300)), default);
        Assert.True(result.TimedOut);
        AssertDead(int.Parse(_seen[0]));
        Assert.False(other.HasExited);
        other.Kill();
    }

    [Fact]
    public async Task Cancelling_kills_the_program_and_says_cancelled()
    {
        using var cancel = new CancellationTokenSource();
        ProcessRequest request = Shell("sleep 600 & echo $!; wait") with { OnLine = line => { _seen.Add(line); cancel.Cancel(); } };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => new ProcessRunner().RunAsync(request, cancel.Token));
        AssertDead(int.Parse(_seen[0]));
    }

    [Fact]
    public async Task A_daemon_that_keeps_the_output_open_is_not_waited_for()
    {
        ProcessResult result = await new ProcessRunner().RunAsync(Shell("sleep 600 & echo $!"), default);
        int daemon = int.Parse(_seen[0]);
        try
        {
            Assert.Equal(0, result.ExitCode);
            Assert.False(Process.GetProcessById(daemon).HasExited);
        }
        finally
        {
            Process.GetProcessById(daemon).Kill();
        }
    }

    [Fact]
    public async Task Standard_input_is_empty_so_that_nothing_waits_for_a_person()
    {
        ProcessResult result = await new ProcessRunner().RunAsync(Shell("cat; echo end"), default);
        Assert.Equal(["end"], result.LastLines);
    }

    [Fact]
    public async Task Only_the_last_lines_are_kept()
    {
        ProcessResult result = await new ProcessRunner().RunAsync(Shell("seq 1 1000"), default);
        Assert.Equal(1000, _seen.Count);
        Assert.Equal(Enumerable.Range(981, 20).Select(n => $"{n}"), result.LastLines);
    }

    [Fact]
    public async Task Output_without_a_line_end_and_bytes_that_are_no_text_take_little_memory_D40()
    {
        long longest = 0, total = 0;
        ProcessRequest request = Shell("head -c 50000000 /dev/zero; head -c 300000 /dev/urandom; exit 3") with { OnLine = line => { longest = Math.Max(longest, line.Length); total += line.Length; } };
        ProcessResult result = await new ProcessRunner().RunAsync(request, default);
        Assert.Equal(3, result.ExitCode);
        Assert.InRange(longest, 1, OutputLines.LongestLine);
        Assert.True(total > 50_000_000, $"{total}");
        Assert.True(result.Describe(TimeSpan.Zero).Length < 20 * 600);
        Assert.DoesNotContain(result.Describe(TimeSpan.Zero), c => char.IsControl(c) && c != '\t');
    }

    // A killed orphan may stay a zombie where process 1 does not reap: as dead as can be.
    private static void AssertDead(int pid)
    {
        string stat = $"/proc/{pid}/stat";
        Assert.True(!File.Exists(stat) || File.ReadAllText(stat).Split(')')[^1].TrimStart()[0] is 'Z' or 'X', $"process {pid} lives");
    }
}
