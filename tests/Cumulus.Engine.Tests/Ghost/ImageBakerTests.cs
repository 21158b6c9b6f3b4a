using Cumulus.Engine.Aws;
using Cumulus.Engine.Ghost;
using Cumulus.Engine.Jobs;
using Cumulus.Engine.State;
using Cumulus.Engine.Tests.Support;

namespace Cumulus.Engine.Tests.Ghost;

public sealed class ImageBakerTests
{
    private const string Account = "123456789012";

    private readonly ManualClock _clock = ManualClock.Start();
    private readonly BucketStateStore _state = new(new FakeObjectStore(), "b");
    private readonly FakeImageCloud _cloud = new();
    private readonly StoredApplication _web;

    public ImageBakerTests() => _web = Store(Applications.With(
        ("features", """[{"name":"one","provisioner":"script","parameters":{"script":"echo 1"}},{"name":"two","provisioner":"script","parameters":{"script":"echo 2"}}]""")));

    [Fact]
    public async Task An_image_is_baked_with_its_features_and_nothing_else_is_left()
    {
        BakeOutcome outcome = await BakeAsync(_web);
        Assert.True(outcome.WasBaked);
        Assert.Equal(["script one", "script two", "clean up"], _cloud.Ran.Select(r => r.Split(": ")[1]));
        Assert.Equal([outcome.Image.ImageId], _cloud.Images.Keys);
        Assert.Empty(_cloud.Living);
        Assert.Empty(await JournalsAsync());
        Assert.True(_cloud.Calls.IndexOf("Stop") < _cloud.Calls.IndexOf("CreateImage"));
        Assert.Equal("/dev/xvda", Assert.Single(_cloud.Launches[0].Volumes).DeviceName);
    }

    [Fact]
    public async Task G02_the_name_of_an_image_has_no_empty_part()
    {
        BakeOutcome outcome = await BakeAsync(Store(Applications.With(("blue_green", """{"enable_blue_green":true,"color":"green"}"""))));
        Assert.Matches(@"\Aami\.prod\.eu-west-1\.front\.web\.green\.20260301-12\d{4}\z", outcome.Image.ImageName);
    }

    [Fact]
    public async Task Baking_the_same_again_is_a_result_and_no_bake()
    {
        string first = (await BakeAsync(_web)).Image.ImageId;
        BakeOutcome second = await BakeAsync(_web);
        Assert.Equal((first, false), (second.Image.ImageId, second.WasBaked));
        Assert.Single(_cloud.Launches);
        Assert.True((await BakeAsync(_web, force: true)).WasBaked);
        Assert.Equal(2, _cloud.Launches.Count);
    }

    [Fact]
    public async Task An_image_that_somebody_deleted_is_baked_again()
    {
        _cloud.Images.Remove((await BakeAsync(_web)).Image.ImageId);
        Assert.True((await BakeAsync(_web)).WasBaked);
    }

    [Fact]
    public async Task A_step_that_fails_is_told_with_its_last_line_and_everything_is_cleared_away()
    {
        _cloud.CommandStatus = "Failed";
        CumulusException failure = await Assert.ThrowsAsync<CumulusException>(() => BakeAsync(_web));
        Assert.Equal(ErrorIds.ImageStepFailed, failure.ErrorId);
        Assert.Equal("Step 'script one' ended with exit code 3: it broke", failure.Message);
        Assert.Empty(_cloud.Living);
        Assert.Empty(_cloud.Images);
    }

    [Fact]
    public async Task A_source_that_is_not_there_ends_the_job_as_aborted_before_anything_is_made()
    {
        CumulusException failure = await Assert.ThrowsAsync<JobAbortedException>(() => BakeAsync(Store(Applications.With(("build_infos.source_ami", "\"ami-404\"")))));
        Assert.Equal(ErrorIds.ImageSourceNotFound, failure.ErrorId);
        Assert.Empty(_cloud.Launches);
    }

    [Fact]
    public async Task G07_after_a_fault_at_any_call_the_next_bake_leaves_one_image_and_nothing_half_made()
    {
        await BakeAsync(_web);
        int calls = _cloud.Calls.Count;
        Assert.InRange(calls, 12, 60);
        for (int number = 1; number <= calls; number++)
        {
            foreach (bool workIsDone in new[] { false, true })
            {
                var test = new ImageBakerTests();
                test._cloud.Fault = (number, workIsDone);
                Exception? failure = await Record.ExceptionAsync(() => test.BakeAsync(test._web));
                Assert.True(failure is null or CumulusException, $"call {number}: {failure}");
                test._cloud.Fault = null;
                BakeOutcome outcome = await test.BakeAsync(test._web);
                Assert.Empty(test._cloud.Living);
                Assert.Equal([outcome.Image.ImageId], test._cloud.Images.Keys);
                Assert.Empty(await test.JournalsAsync());
            }
        }
    }

    [Fact]
    public async Task What_a_killed_bake_left_the_next_one_finds()
    {
        // The state as a process leaves it that was killed after CreateImage.
        var tags = new Dictionary<string, string> { [BakeJournal.Tag] = "20260301T110000000Z-dead" };
        await LeaveJournalAsync("20260301T110000000Z-dead", Account);
        await _cloud.LaunchAsync(new BuildInstanceRequest { ImageId = "ami-1", InstanceType = "t3.small", SubnetId = "subnet-1", Volumes = [], Tags = tags, Token = "t" }, default);
        await _cloud.CreateAsync("i-1", "half", "", false, tags, default);
        string baked = (await BakeAsync(_web)).Image.ImageId;
        Assert.Empty(_cloud.Living);
        Assert.Equal([baked], _cloud.Images.Keys);
    }

    [Fact]
    public async Task What_a_bake_left_in_another_account_stays_on_record()
    {
        await LeaveJournalAsync("20260301T110000000Z-dead", "210987654321");
        await BakeAsync(_web);
        Assert.Single(await JournalsAsync());
    }

    [Fact]
    public async Task A_failed_copy_is_made_up_for_without_a_bake()
    {
        StoredApplication web = Store(Applications.With(("build_infos.copy_regions", """["eu-central-1"]"""), ("build_infos.share_accounts", """["210987654321"]""")));
        await BakeAsync(web);
        var test = new ImageBakerTests();
        test._cloud.Fault = (_cloud.Calls.IndexOf("CopyImage") + 1, false);
        await Assert.ThrowsAsync<CumulusException>(() => test.BakeAsync(web));
        test._cloud.Fault = null;
        BakeOutcome second = await test.BakeAsync(web);
        Assert.False(second.WasBaked);
        Assert.Single(test._cloud.Launches);
        Assert.Equal(["eu-central-1"], second.Image.Copies.Keys);
        Assert.Equal(["210987654321"], second.Image.SharedWith);
        Assert.Equal(2, test._cloud.Images.Count);
        Assert.Empty(await test.JournalsAsync());
    }

    [Fact]
    public async Task Images_go_by_deprecated_disabled_deleted_with_their_copies()
    {
        BakedImage image = (await BakeAsync(Store(Applications.With(("build_infos.copy_regions", """["eu-central-1"]"""))))).Image;
        var remover = new ImageRemover(_state, _ => _cloud, _clock);
        ApplicationKey key = ApplicationKey.Parse(image.Application)!;
        await remover.RemoveAsync(key, image, ImageAction.Deprecate, default);
        Assert.All(_cloud.Images.Values, i => Assert.Equal(("available", true), (i.State, i.DeprecatedAt is not null)));
        await remover.RemoveAsync(key, image, ImageAction.Disable, default);
        Assert.All(_cloud.Images.Values, i => Assert.Equal("disabled", i.State));
        _cloud.Uses.Add(image.Copies["eu-central-1"]);
        Assert.Equal(["instance i-9"], (await remover.UsesAsync([image], default))[image.ImageId]);
        await remover.RemoveAsync(key, image, ImageAction.Delete, default);
        Assert.Empty(_cloud.Images);
        Assert.Empty(await new ImageRecords(_state).ReadAsync(key, default));
    }

    private async Task<BakeOutcome> BakeAsync(StoredApplication application, bool force = false)
    {
        var jobs = new JobStore(_state, _clock, isAlive: _ => true);
        var baker = new ImageBaker(_state, jobs, Account, _cloud, _cloud, _cloud, _ => _cloud, _clock);
        Task<BakeOutcome> bake = new JobRunner(_state, _clock, isAlive: _ => true).RunAsync(
            new JobRequest { Command = "New-GhostImage", Subject = application.Definition.Key.Path },
            job => baker.BakeAsync(application, new BakeOptions { By = "anna", Force = force }, job),
            default);
        while (!bake.IsCompleted)
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            await Task.WhenAny(bake, Task.Delay(1));
        }

        _clock.Advance(TimeSpan.FromSeconds(1));
        return await bake;
    }

    private async Task<List<string>> JournalsAsync()
    {
        var names = new List<string>();
        await foreach (string name in _state.ListAsync("ghost/bakes/", default)) names.Add(name);
        return names;
    }

    private static StoredApplication Store(GhostApplication application) => new()
    {
        Definition = application, Revision = 1, CreatedAt = default, UpdatedAt = default, UpdatedBy = "anna", Changes = [],
    };

    private Task LeaveJournalAsync(string job, string account) => _state.PutIfAbsentAsync(
        $"ghost/bakes/{job}", System.Text.Encoding.UTF8.GetBytes($$"""{"schema":1,"job":"{{job}}","application":"web/prod/front","account":"{{account}}","region":"eu-west-1"}"""), default);
}
