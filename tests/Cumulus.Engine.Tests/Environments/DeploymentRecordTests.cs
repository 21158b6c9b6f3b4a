using System.Text;
using Cumulus.Engine.Bundles;
using Cumulus.Engine.Environments;
using Cumulus.Engine.Processes;
using Cumulus.Engine.State;
using Cumulus.Engine.Tests.Support;

namespace Cumulus.Engine.Tests.Environments;

/// <summary>What is remembered of deployments, and what is concluded from it.</summary>
public sealed class DeploymentRecordTests : IDisposable
{
    private const string Archive = "stage/1.0/bundle-stage-1.0-shop.zip";
    private readonly TempFolder _folder = new();
    private readonly FakeObjectStore _objects = new();
    private readonly FakeStackService _stacks = new();
    private readonly Recorder _recorder = new();
    private readonly AutoClock _clock = new();

    public void Dispose() => _folder.Dispose();

    private DeploymentJournal Journal => new(new BucketStateStore(_objects, "bucket"));

    private Task<EnvironmentDeployment> DeployAsync(string operation = "op", CancellationToken cancellationToken = default)
    {
        EnvironmentRequest request = Sample.Configuration(_folder, "web").With(e => e with { Bundles = ["shop"] }).Request() with { OperationId = operation };
        return new EnvironmentDeployer(_stacks, new FakeHostFleet(), _objects, new HookRunner(), "eu-west-1", _clock).DeployAsync(request, _recorder, cancellationToken);
    }

    private async Task<DeploymentRecord> OnlyRecordAsync() => Assert.Single(await Journal.ReadAsync("stage", default));

    [Fact]
    public async Task A_deployment_that_went_well_is_on_record_with_bundles_and_stacks()
    {
        await _objects.PutAsync("bucket", Archive, default, new() { Metadata = new Dictionary<string, string> { [BundlePublisher.DigestKey] = "sha256:1" } }, default);
        DateTimeOffset begun = _clock.GetUtcNow();

        await DeployAsync();

        DeploymentRecord record = await OnlyRecordAsync();
        Assert.Equal((1, "stage", "1.0", "eu-west-1", DeploymentOutcome.Succeeded, null), (record.Schema, record.Environment, record.Version, record.Region, record.Outcome, record.FailureReason));
        Assert.Equal((begun, _clock.GetUtcNow()), (record.StartedAt, record.EndedAt));
        Assert.Equal([new DeployedBundle("shop", "bucket", Archive, "sha256:1")], record.Bundles);
        DeployedStack stack = Assert.Single(record.Stacks);
        Assert.Equal(("web", "stage-web", _stacks["stage-web"].Id, StackAction.Create, "CREATE_COMPLETE"), (stack.Name, stack.StackName, stack.StackId, stack.Action, stack.Status));
        Assert.Equal(Sample.Template, await new TemplateArchive(new BucketStateStore(_objects, "bucket")).ReadAsync(stack.TemplateDigest!, "web", default));
        Assert.Empty(_recorder.Warnings);
    }

    [Fact]
    public async Task Hosts_that_follow_are_pointed_to_the_version_once_all_went_well()
    {
        _objects[Archive] = [];
        var pointers = new VersionPointers(new BucketStateStore(_objects, "bucket"));
        _stacks.Before = _ => Assert.Null(pointers.ReadAsync("stage", default).GetAwaiter().GetResult());
        await DeployAsync();
        VersionPointer? there = await pointers.ReadAsync("stage", default);
        Assert.Equal(("stage", "1.0", (await OnlyRecordAsync()).Id, _clock.GetUtcNow()), (there!.Environment, there.Version, there.Deployment, there.DeployedAt));
    }

    [Fact]
    public async Task A_pointer_that_cannot_be_written_is_a_warning()
    {
        _objects[Archive] = [];
        _objects.BeforeCall = (operation, key) =>
        {
            if (operation == "Put" && key.Contains("versions/", StringComparison.Ordinal)) throw Sample.Denied();
        };
        await DeployAsync();
        Assert.Contains("not pointed to the version", Assert.Single(_recorder.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Its_beginning_is_on_record_before_the_first_stack_changes()
    {
        _objects[Archive] = [];
        DeploymentOutcome? then = null;
        _stacks.Before = call =>
        {
            if (call == "Create stage-web") then = OnlyRecordAsync().GetAwaiter().GetResult().Outcome;
        };
        await DeployAsync();
        Assert.Equal(DeploymentOutcome.Running, then);
    }

    [Fact]
    public async Task One_that_failed_is_on_record_with_the_reason()
    {
        _objects[Archive] = [];
        _stacks.Before = call =>
        {
            if (call == "Create stage-web") throw Sample.Denied();
        };
        await Assert.ThrowsAsync<DeploymentFailedException>(() => DeployAsync());
        DeploymentRecord record = await OnlyRecordAsync();
        Assert.Equal((DeploymentOutcome.Failed, "Access denied."), (record.Outcome, record.FailureReason));
    }

    [Fact]
    public async Task One_that_was_stopped_says_so()
    {
        _objects[Archive] = [];
        using var stop = new CancellationTokenSource();
        _stacks.Before = call =>
        {
            if (call == "Create stage-web") stop.Cancel();
            stop.Token.ThrowIfCancellationRequested();
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => DeployAsync(cancellationToken: stop.Token));
        Assert.Equal(DeploymentOutcome.Stopped, (await OnlyRecordAsync()).Outcome);
    }

    [Theory]
    [InlineData(1, "began")]
    [InlineData(2, "kept")]
    [InlineData(4, "ended")]
    public async Task A_record_that_cannot_be_written_is_a_warning_and_the_deployment_stands(int failing, string word)
    {
        _objects[Archive] = [];
        int puts = 0;
        _objects.BeforeCall = (operation, _) =>
        {
            if (operation == "Put" && ++puts == failing) throw Sample.Denied();
        };
        Assert.Equal("CREATE_COMPLETE", (await DeployAsync()).Stacks[0].Status);
        Assert.Contains(word, Assert.Single(_recorder.Warnings));
    }

    [Fact]
    public async Task Records_are_read_in_the_order_of_their_beginning()
    {
        _objects[Archive] = [];
        foreach (string operation in (string[])["z", "a"])
        {
            await DeployAsync(operation);
            await Task.Delay(TimeSpan.FromHours(1), _clock);
        }

        IReadOnlyList<DeploymentRecord> records = await Journal.ReadAsync("stage", default);
        Assert.Equal(["z", "a"], records.Select(r => r.Id.Split('-')[1]));
        Assert.Empty(await Journal.ReadAsync("stag", default));
    }

    [Fact]
    public async Task A_version_that_a_deployment_used_is_known_and_what_is_not_known_is_an_error()
    {
        _objects[Archive] = [];
        var configuration = Sample.Configuration(_folder, "web");
        CumulusException e = await Assert.ThrowsAsync<CumulusException>(() => Reader().ReadAsync("stage", null, default));
        Assert.Equal(ErrorIds.DeploymentsUnknown, e.ErrorId);
        Assert.Empty(await Reader().ReadAsync("stage", configuration, default));

        await DeployAsync();
        Assert.Equal("1.0", (await Reader().ReadAsync("stage", null, default))[0].Version);

        // Stacks that cannot be read are made up for by records, and not the other way round.
        _stacks.Before = _ => throw Sample.Denied();
        Assert.Equal("1.0", (await Reader().ReadAsync("stage", configuration, default))[0].Version);
        Assert.Single(_recorder.Warnings);
        _stacks.Before = null;
        _objects.BeforeCall = (operation, _) =>
        {
            if (operation == "List") throw Sample.Denied();
        };
        e = await Assert.ThrowsAsync<CumulusException>(() => Reader().ReadAsync("stage", configuration, default));
        Assert.Equal((ErrorIds.DeploymentsUnknown, FailureKind.AccessDenied), (e.ErrorId, e.Kind));
    }

    [Theory]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("""{"schema":2,"id":"x","environment":"stage","region":"r","startedAt":"2026-01-01T00:00:00Z","outcome":"running","bundles":[],"stacks":[],"tool":"t"}""")]
    public async Task A_record_that_cannot_be_understood_is_an_error_and_not_left_out(string json)
    {
        _objects[".cumulus/state/deployments/stage/x"] = Encoding.UTF8.GetBytes(json);
        var e = await Assert.ThrowsAsync<CumulusException>(() => Reader().ReadAsync("stage", null, default));
        Assert.Equal(ErrorIds.DeploymentsUnknown, e.ErrorId);
        Assert.Contains("deployments/stage/x", e.Message);
    }

    private VersionUseReader Reader() => new(new BucketStateStore(_objects, "bucket"), _stacks, "eu-west-1", _recorder.Warning);
}
