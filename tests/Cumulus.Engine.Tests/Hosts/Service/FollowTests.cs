using Cumulus.Engine.Configuration;
using Cumulus.Engine.Hosts;
using Cumulus.Engine.Hosts.Service;
using Cumulus.Engine.State;
using Cumulus.Engine.Tests.Support;

namespace Cumulus.Engine.Tests.Hosts.Service;

/// <summary>Hosts that follow the version of their environment (section 11.8: without cfn-hup).</summary>
public sealed class FollowTests : IDisposable
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly InstallSelection All = new();

    private readonly TempFolder _folder = new();
    private readonly FakeObjectStore _objects = new();
    private readonly AutoClock _clock = new();

    public void Dispose() => _folder.Dispose();

    private static HostMetadata Metadata(string version) => new() { BundleBucket = "b", BundleTypes = ["web"], Environment = "stage", Version = version, SourceFile = "metadata.conf" };

    private static VersionPointer Pointer(string version, DateTimeOffset at, string deployment = "d1") =>
        new() { Environment = "stage", Version = version, Deployment = deployment, DeployedAt = at, Tool = "test" };

    private static HandlerTarget Target(string version, DateTimeOffset written, VersionPointer? deployed) => HandlerTarget.Of(All, Metadata(version), written, deployed)!;

    [Theory]
    [InlineData(-1, "1.0")]
    [InlineData(0, "1.0")]
    [InlineData(1, "2.0")]
    public void The_later_word_counts(int minutesAfterFile, string expected) =>
        Assert.Equal(expected, Target("1.0", Noon, Pointer("2.0", Noon.AddMinutes(minutesAfterFile))).Request.Version);

    [Fact]
    public void Without_a_pointer_the_file_counts_and_without_both_nothing_does()
    {
        Assert.Equal("1.0", Target("1.0", Noon, null).Request.Version);
        Assert.Null(HandlerTarget.Of(new InstallSelection { Environment = "stage", Bucket = "b", Names = ["web"] }, null, default, null));
    }

    [Fact]
    public void That_the_host_saved_the_version_itself_is_nothing_new_and_another_deployment_of_it_is()
    {
        HandlerTarget before = Target("1.0", Noon, Pointer("2.0", Noon.AddMinutes(1)));
        HandlerTarget saved = Target("2.0", Noon.AddMinutes(2), Pointer("2.0", Noon.AddMinutes(1)));
        HandlerTarget again = Target("2.0", Noon.AddMinutes(2), Pointer("2.0", Noon.AddMinutes(1), "d2"));
        Assert.True(saved.IsSameAs(before));
        Assert.False(again.IsSameAs(before));
        Assert.False(before.IsSameAs(null));
    }

    [Fact]
    public void Another_list_of_bundles_is_something_new()
    {
        HandlerTarget more = HandlerTarget.Of(All, Metadata("1.0") with { BundleTypes = ["web", "db"] }, Noon, null)!;
        Assert.False(more.IsSameAs(Target("1.0", Noon, null)));
    }

    [Fact]
    public async Task A_pointer_that_has_not_changed_is_not_sent_again()
    {
        var state = new BucketStateStore(_objects, "b");
        var reader = new VersionPointers(state);
        Assert.Null(await reader.ReadAsync("stage", default));
        await new VersionPointers(state).WriteAsync(Pointer("1.0", Noon), default);
        Assert.Equal("1.0", (await reader.ReadAsync("stage", default))!.Version);
        Assert.Equal("1.0", (await reader.ReadAsync("stage", default))!.Version);
        await new VersionPointers(state).WriteAsync(Pointer("2.0", Noon), default);
        Assert.Equal("2.0", (await reader.ReadAsync("stage", default))!.Version);
        await state.DeleteAsync("versions/stage", default);
        Assert.Null(await reader.ReadAsync("stage", default));
    }

    [Fact]
    public async Task A_pointer_that_is_none_is_an_error()
    {
        _objects[".cumulus/state/versions/stage"] = "{}"u8.ToArray();
        var e = await Assert.ThrowsAsync<CumulusException>(() => new VersionPointers(new BucketStateStore(_objects, "b")).ReadAsync("stage", default));
        Assert.Equal(ErrorIds.StateInvalid, e.ErrorId);
    }

    [Fact]
    public async Task The_finder_reads_file_and_pointer_anew_each_time_and_warns_once()
    {
        string file = _folder.Write("metadata.conf", "[metadata]\nbucket = b\nbundle-types = web\nenvironment = stage\nversion = 1.0\n");
        File.SetLastWriteTimeUtc(file, Noon.UtcDateTime);
        var warnings = new List<string>();
        var finder = new TargetFinder(All, file, new DiskConfigurationFiles(), PathStyle.Current, (_, _) => Task.FromResult<Cumulus.Engine.Aws.IObjectStore>(_objects), warnings.Add);
        Assert.Equal("1.0", (await finder.FindAsync(default))!.Request.Version);
        await new VersionPointers(new BucketStateStore(_objects, "b")).WriteAsync(Pointer("2.0", Noon.AddHours(1)), default);
        HandlerTarget? target = await finder.FindAsync(default);
        Assert.Equal(("2.0", "b", "d1"), (target!.Request.Version, target.Bucket, target.Deployment));
        Assert.Contains("bundle-bucket", Assert.Single(warnings), StringComparison.Ordinal);
        File.Delete(file);
        var e = await Assert.ThrowsAsync<CumulusException>(() => finder.FindAsync(default));
        Assert.Equal(ErrorIds.MetadataInvalid, e.ErrorId);
    }

    [Fact]
    public async Task It_installs_once_and_then_only_what_is_new()
    {
        string?[] seen = ["1.0", "1.0", "2.0", "2.0", null, "2.0"];
        (List<string> installed, List<Exception> failures) = await WatchAsync(seen, _ => { });
        Assert.Equal(["1.0", "2.0", "2.0"], installed);
        Assert.Empty(failures);
    }

    [Fact]
    public async Task A_look_that_fails_is_told_and_the_next_ones_come_later_each_time()
    {
        int looks = 0;
        (List<string> installed, List<Exception> failures) = await WatchAsync(["1.0", "2.0", "2.0", "2.0", "2.0"], _ => { }, () =>
        {
            if (++looks is 2 or 3 or 4) throw new CumulusException(ErrorIds.EndpointUnreachable, FailureKind.Unavailable, "no way");
        });
        Assert.Equal(["1.0", "2.0"], installed);
        Assert.Equal(3, failures.Count);
        double[] expected = [60, 120, 240, 480, 60];
        Assert.All(_clock.Waits.Zip(expected), w => Assert.InRange(w.First.TotalSeconds, w.Second * 0.75, w.Second * 1.25));
    }

    [Fact]
    public async Task What_failed_before_anything_changed_is_tried_again()
    {
        int tries = 0;
        (List<string> installed, List<Exception> failures) = await WatchAsync(["1.0", "1.0", "1.0"], _ =>
        {
            if (++tries == 1) throw new CumulusException(ErrorIds.BundleNotFound, FailureKind.NotFound, "not there");
        });
        Assert.Equal(["1.0", "1.0"], installed);
        Assert.Single(failures);
    }

    [Fact]
    public async Task What_had_to_be_taken_back_is_not_tried_again_until_something_else_is_asked_for()
    {
        (List<string> installed, List<Exception> failures) = await WatchAsync(["1.0", "2.0", "2.0", "2.0", "3.0"], version =>
        {
            if (version == "2.0") throw new CumulusException(ErrorIds.InitScriptFailed, FailureKind.OperationFailed, "S1 failed") { WasUndone = true };
        });
        Assert.Equal(["1.0", "2.0", "3.0"], installed);
        Assert.Single(failures);
    }

    [Fact]
    public async Task It_ends_at_its_limit_and_at_once_when_stopped()
    {
        var looks = new List<DateTimeOffset>();
        var follower = new VersionFollower(new FollowPace(TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(600)), _clock, new Random(1));
        await follower.RunAsync(_ => { looks.Add(_clock.GetUtcNow()); return Task.FromResult<HandlerTarget?>(null); }, (_, _) => Task.CompletedTask, (_, _) => { }, default);
        Assert.InRange(looks.Count, 8, 14);
        Assert.True(looks[^1] - looks[0] < TimeSpan.FromSeconds(600));

        using var stop = new CancellationTokenSource();
        var endless = new VersionFollower(new FollowPace(TimeSpan.FromSeconds(60), null), _clock, new Random(1));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => endless.RunAsync(_ => { stop.Cancel(); return Task.FromResult<HandlerTarget?>(null); }, (_, _) => Task.CompletedTask, (_, _) => { }, stop.Token));
    }

    [Fact]
    public async Task A_bug_is_not_taken_for_a_bad_day()
    {
        var follower = new VersionFollower(new FollowPace(TimeSpan.FromSeconds(60), null), _clock, new Random(1));
        await Assert.ThrowsAsync<InvalidOperationException>(() => follower.RunAsync(_ => throw new InvalidOperationException(), (_, _) => Task.CompletedTask, (_, _) => { }, default));
    }

    /// <summary>Looks that see these versions one after another.</summary>
    private async Task<(List<string> Installed, List<Exception> Failures)> WatchAsync(string?[] versions, Action<string> install, Action? look = null)
    {
        using var stop = new CancellationTokenSource();
        var (installed, failures, next) = (new List<string>(), new List<Exception>(), 0);
        var follower = new VersionFollower(new FollowPace(TimeSpan.FromSeconds(60), null), _clock, new Random(7));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => follower.RunAsync(
            _ =>
            {
                if (next == versions.Length)
                {
                    stop.Cancel();
                    stop.Token.ThrowIfCancellationRequested();
                }

                string? version = versions[next++];
                look?.Invoke();
                return Task.FromResult(version is null ? null : Target(version, Noon, null));
            },
            (target, _) =>
            {
                installed.Add(target.Request.Version!);
                install(target.Request.Version!);
                return Task.CompletedTask;
            },
            (e, _) => failures.Add(e),
            stop.Token));
        return (installed, failures);
    }
}
