using Cumulus.Engine.Aws;
using Cumulus.Engine.Configuration;
using Cumulus.Engine.Environments;
using Cumulus.Engine.Processes;
using Cumulus.Engine.State;
using Cumulus.Engine.Tests.Support;

namespace Cumulus.Engine.Tests.Environments;

/// <summary>The way back: by records, exactly what an earlier deployment deployed.</summary>
public sealed class RollbackTests : IDisposable
{
    private const string Other = Sample.Template + "  Three:\n    Type: AWS::SNS::Topic\n";

    private readonly TempFolder _folder = new();
    private readonly FakeObjectStore _objects = new();
    private readonly FakeStackService _stacks = new();
    private readonly Recorder _recorder = new();
    private readonly AutoClock _clock = new();
    private CumulusConfiguration _configuration;
    private int _runs;

    public RollbackTests()
    {
        _configuration = Sample.Configuration(_folder, "network", "web");
        _stacks.Declared = [new("CumulusVersion", null, false, null), new("Secret", "x", true, null)];
    }

    public void Dispose() => _folder.Dispose();

    private BucketStateStore State => new(_objects, "bucket");

    [Fact]
    public async Task The_last_good_state_comes_back_with_templates_parameters_and_version_and_can_itself_be_rolled_back()
    {
        await DeployAsync("1.0");
        _folder.Write("web.yml", Other);
        await DeployAsync("2.0");

        EnvironmentDeployment back = await RollbackAsync();

        Assert.Equal("1.0", back.Version);
        Assert.Equal((Sample.Template, "1.0"), (_stacks["stage-web"].Body, Version("stage-web")));
        DeploymentRecord record = (await RecordsAsync())[^1];
        Assert.Equal((DeploymentOutcome.Succeeded, (await RecordsAsync())[0].Id), (record.Outcome, record.RestoredFrom));

        await RollbackAsync();
        Assert.Equal((Other, "2.0"), (_stacks["stage-web"].Body, Version("stage-web")));
    }

    [Fact]
    public async Task After_a_failure_the_last_good_one_is_the_one_before_it()
    {
        await DeployAsync("1.0");
        _stacks.Updates["stage-web"] = [new Step("UPDATE_ROLLBACK_COMPLETE", ("One", "AWS::SNS::Topic", "UPDATE_FAILED", "no"))];
        await Assert.ThrowsAsync<DeploymentFailedException>(() => DeployAsync("2.0"));
        _stacks.Updates.Clear();

        Assert.Equal((await RecordsAsync())[0].Id, RollbackTarget.Of("stage", await RecordsAsync(), null).Id);
        await RollbackAsync();
        Assert.Equal(("1.0", "1.0"), (Version("stage-network"), Version("stage-web")));
    }

    [Fact]
    public async Task A_secret_is_on_no_record_and_the_stack_keeps_the_one_it_has()
    {
        _configuration = _configuration.WithStack("web", s => s with { Parameters = [Sample.Pair("Secret", "hunter2")] });
        await DeployAsync("1.0");
        await DeployAsync("2.0");
        await RollbackAsync();

        Assert.DoesNotContain(_objects.AllKeys, k => System.Text.Encoding.UTF8.GetString(_objects[k]).Contains("hunter2", StringComparison.Ordinal));
        StackChange sent = _stacks.Changes.Last(c => c.StackName == "stage-web");
        Assert.Equal(["Secret"], sent.KeptParameters);
        Assert.DoesNotContain(sent.Parameters, p => p.Key == "Secret");
    }

    [Fact]
    public async Task When_a_stack_fails_those_that_had_succeeded_can_be_taken_back_too()
    {
        await DeployAsync("1.0");
        _stacks.Updates["stage-web"] = [new Step("UPDATE_ROLLBACK_COMPLETE", ("One", "AWS::SNS::Topic", "UPDATE_FAILED", "Not allowed"))];

        var e = await Assert.ThrowsAsync<DeploymentFailedException>(() => DeployAsync("2.0", r => r with { RollbackOnFailure = true }));

        Assert.Equal(ErrorIds.StackUpdateFailed, e.ErrorId);
        Assert.Equal("One", e.Cause!.LogicalId);
        Assert.Contains("Taken back", e.Message);
        Assert.Equal("1.0", Version("stage-network"));
        Assert.Equal([DeploymentOutcome.Succeeded, DeploymentOutcome.Failed, DeploymentOutcome.Succeeded], (await RecordsAsync()).Select(r => r.Outcome));
    }

    [Theory]
    [InlineData("nothere", ErrorIds.DeploymentNotFound)]
    [InlineData("2026", ErrorIds.DeploymentNotFound)]
    public async Task An_id_that_stands_for_none_or_several_is_refused(string id, string error)
    {
        await DeployAsync("1.0");
        await DeployAsync("2.0");
        IReadOnlyList<DeploymentRecord> records = await RecordsAsync();
        Assert.Equal(error, Assert.Throws<CumulusException>(() => RollbackTarget.Of("stage", records, id)).ErrorId);
        Assert.Equal(records[0].Id, RollbackTarget.Of("stage", records, "op1").Id);
    }

    [Fact]
    public async Task A_deployment_that_failed_or_of_an_older_version_is_no_target()
    {
        await DeployAsync("1.0");
        DeploymentRecord[] records = [.. await RecordsAsync()];
        Assert.Equal(ErrorIds.RollbackImpossible, Assert.Throws<CumulusException>(() => RollbackTarget.Of("stage", [records[0] with { Outcome = DeploymentOutcome.Failed }], "op1")).ErrorId);
        DeploymentRecord old = records[0] with { Stacks = [.. records[0].Stacks.Select(s => s with { TemplateDigest = null })] };
        Assert.Equal(ErrorIds.RollbackImpossible, Assert.Throws<CumulusException>(() => RollbackTarget.Of("stage", [old], "op1")).ErrorId);
        Assert.Equal(ErrorIds.DeploymentNotFound, Assert.Throws<CumulusException>(() => RollbackTarget.Of("stage", records, null)).ErrorId);
    }

    [Fact]
    public async Task A_template_that_was_tampered_with_is_not_deployed()
    {
        await DeployAsync("1.0");
        _objects[$".cumulus/state/templates/{TemplateArchive.DigestOf(Sample.Template)}"] = "Resources: {}"u8.ToArray();
        await DeployAsync("2.0");

        var e = await Assert.ThrowsAsync<CumulusException>(RollbackAsync);

        Assert.Equal(ErrorIds.RollbackImpossible, e.ErrorId);
    }

    [Fact]
    public async Task Of_two_deployers_one_is_told_who_the_other_is_and_a_dead_ones_record_is_closed()
    {
        var clock = new ManualClock();
        var holder = new EnvironmentLock(State, TimeSpan.FromMinutes(1), clock);
        EnvironmentDefinition stage = _configuration.Environment("stage");
        EnvironmentRequest first = Request("1.0") with { Origin = new DeploymentOrigin("ann", "desk", "arn:aws:sts::1:assumed-role/deployer/ann") };
        EnvironmentHold held = await holder.TakeAsync(stage, first, new WaitLimit(clock, TimeSpan.FromHours(1)), _recorder, default);

        var e = await Assert.ThrowsAsync<CumulusException>(() => DeployAsync("2.0", r => r with { WaitIfBusy = false }, new EnvironmentLock(State, TimeSpan.FromMinutes(1), new ManualClock())));
        Assert.Equal(ErrorIds.EnvironmentBusy, e.ErrorId);
        Assert.Contains("ann", e.Message);
        Assert.Contains("Unlock-Environment stage", e.Advice);
        Assert.Empty(_stacks.Writes);

        Assert.Contains("ann", (await holder.BreakAsync("stage", default))!.Holder);
        clock.Advance(TimeSpan.FromMinutes(1));
        Assert.True(held.IsLost);
        await held.DisposeAsync();

        await new DeploymentJournal(State).BeginAsync(Dead(), default);
        await DeployAsync("2.0", r => r, new EnvironmentLock(State, TimeSpan.FromMinutes(1), new ManualClock()));
        DeploymentRecord dead = (await RecordsAsync()).Single(r => r.Id.EndsWith("-dead", StringComparison.Ordinal));
        Assert.Equal(DeploymentOutcome.Stopped, dead.Outcome);
        Assert.Contains("went on from there", dead.FailureReason);
    }

    private DeploymentRecord Dead() => new()
    {
        Schema = 1,
        Id = "20260101T000000000Z-dead",
        Environment = "stage",
        Region = "eu-west-1",
        StartedAt = _clock.GetUtcNow(),
        Outcome = DeploymentOutcome.Running,
        Bundles = [],
        Stacks = [],
        Tool = "test",
    };

    private string? Version(string stack) => _stacks[stack].Parameters.Where(p => p.Key == "CumulusVersion").Select(p => p.Value).FirstOrDefault();

    private async Task<IReadOnlyList<DeploymentRecord>> RecordsAsync() => await new DeploymentJournal(State).ReadAsync("stage", default);

    private EnvironmentRequest Request(string version) => _configuration.Request() with { Version = version, OperationId = $"op{++_runs}" };

    private async Task<EnvironmentDeployment> DeployAsync(string version, Func<EnvironmentRequest, EnvironmentRequest>? change = null, EnvironmentLock? environmentLock = null)
    {
        await Task.Delay(TimeSpan.FromMinutes(1), _clock);
        EnvironmentRequest request = Request(version);
        var deployer = new EnvironmentDeployer(_stacks, new FakeHostFleet(), _objects, new HookRunner(), "eu-west-1", _clock) { Lock = environmentLock };
        return await deployer.DeployAsync(change?.Invoke(request) ?? request, _recorder, default);
    }

    private async Task<EnvironmentDeployment> RollbackAsync()
    {
        DeploymentRecord target = RollbackTarget.Of("stage", await RecordsAsync(), null);
        return await DeployAsync(target.Version!, r => r with { Restore = target });
    }
}
