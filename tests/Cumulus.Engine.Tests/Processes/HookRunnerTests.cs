using Cumulus.Engine.Processes;
using Cumulus.Engine.Tests.Support;

namespace Cumulus.Engine.Tests.Processes;

public sealed class HookRunnerTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private HookRequest Hook(string command) => new() { Name = "pre-bundle-hook", Command = command, WorkingDirectory = _folder.Path, Bundle = "web" };

    [Fact]
    public async Task A_hook_knows_what_it_is_run_for_and_where_D39()
    {
        HookRequest hook = Hook("echo \"$CUMULUS_ENVIRONMENT $CUMULUS_VERSION $CUMULUS_BUNDLE $STACK\" > seen") with
        {
            Environment = "stage",
            Version = "7",
            Variables = new Dictionary<string, string?> { ["STACK"] = "front" },
        };
        await new HookRunner().RunAsync(hook, default);
        Assert.Equal("stage 7 web front\n", _folder.Read("seen"));
    }

    [Fact]
    public async Task A_failed_hook_names_its_exit_code_and_last_lines()
    {
        var e = await Assert.ThrowsAsync<CumulusException>(() => new HookRunner().RunAsync(Hook("echo no such branch >&2; exit 7"), default));
        Assert.Equal(ErrorIds.HookFailed, e.ErrorId);
        Assert.Contains("pre-bundle-hook of 'web' ended with exit code 7", e.Message);
        Assert.Contains("no such branch", e.Message);
    }

    [Fact]
    public async Task What_a_failed_hook_wrote_is_told_without_secrets()
    {
        var e = await Assert.ThrowsAsync<CumulusException>(() => new HookRunner().RunAsync(Hook("echo \"login with password=hunter2hunter2 was refused\"; exit 1"), default));
        Assert.Contains("was refused", e.Message);
        Assert.DoesNotContain("hunter2", e.Message);
    }

    [Fact]
    public async Task A_hook_that_hangs_is_stopped_and_named_D39()
    {
        HookRequest hook = Hook("sleep 600") with { TimeLimit = TimeSpan.FromMilliseconds(200) };
        var e = await Assert.ThrowsAsync<CumulusException>(() => new HookRunner().RunAsync(hook, default));
        Assert.Equal(FailureKind.Timeout, e.Kind);
    }

    [Fact]
    public async Task A_missing_folder_is_a_failed_hook()
    {
        var e = await Assert.ThrowsAsync<CumulusException>(() => new HookRunner().RunAsync(Hook("true") with { WorkingDirectory = _folder["absent"] }, default));
        Assert.Equal(ErrorIds.HookFailed, e.ErrorId);
        Assert.Contains(_folder["absent"], e.Message);
    }
}
