using Cumulus.Engine.Aws;
using Cumulus.Engine.Bundles;
using Cumulus.Engine.Configuration;
using Cumulus.Engine.Environments;
using Cumulus.Engine.Processes;
using Cumulus.Engine.Tests.Support;

namespace Cumulus.Engine.Tests.Environments;

public sealed class DeployerTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly FakeObjectStore _published = new();
    private readonly FakeStackService _stacks = new();
    private readonly FakeHostFleet _fleet = new();
    private readonly Recorder _recorder = new();
    private readonly AutoClock _clock = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task New_stacks_are_created_one_after_another_in_declared_order_D05()
    {
        _stacks.Creates["stage-web"] = [new Step("CREATE_IN_PROGRESS", ("One", "AWS::SNS::Topic", "CREATE_COMPLETE", null)), new Step("CREATE_COMPLETE", ("Two", "AWS::SQS::Queue", "CREATE_COMPLETE", null))];

        EnvironmentDeployment result = await DeployAsync(Sample.Configuration(_folder).Request());

        Assert.Equal(["Create stage-network", "Create stage-web", "Create stage-jobs"], _stacks.Writes);
        Assert.Equal(["network", "web", "jobs"], result.Stacks.Select(s => s.Name));
        Assert.All(result.Stacks, s => Assert.Equal((StackAction.Create, "CREATE_COMPLETE", "1.0", "eu-west-1"), (s.Action, s.Status, s.Version, s.Region)));
        Assert.Equal(_stacks["stage-web"].Id, result.Stacks[1].StackId);
        Assert.True(result.Took > TimeSpan.Zero);
        Assert.Equal("planned network=Create web=Create jobs=Create", _recorder.Lines[0]);
        Assert.Equal((2, 2), (_recorder.Progress.Last(p => p.StackName == "stage-web").Done, _recorder.Progress.First(p => p.StackName == "stage-web").Total));
    }

    [Fact]
    public async Task Every_event_is_told_once_and_oldest_first()
    {
        _stacks.Creates["stage-web"] =
        [
            new Step("CREATE_IN_PROGRESS", ("One", "AWS::SNS::Topic", "CREATE_IN_PROGRESS", null)),
            new Step("CREATE_IN_PROGRESS", ("One", "AWS::SNS::Topic", "CREATE_COMPLETE", null)),
            new Step("CREATE_COMPLETE", ("Two", "AWS::SQS::Queue", "CREATE_COMPLETE", null)),
        ];

        await DeployAsync(Sample.Configuration(_folder, "web").Request());

        // The first one is that of the change set, before the operation.
        Assert.Equal(_stacks["stage-web"].Events.Skip(1).Select(e => e.EventId), _recorder.Events.Select(e => e.EventId));
    }

    [Fact]
    public async Task An_update_tells_only_its_own_events_though_the_stack_has_hundreds_D07()
    {
        FakeStack stack = _stacks.Add("stage-web", "UPDATE_COMPLETE", body: "old");
        for (int i = 0; i < 350; i++) stack.Happen(new Step("UPDATE_COMPLETE"), "earlier");
        _stacks.Updates["stage-web"] = [new Step("UPDATE_COMPLETE", [.. Enumerable.Range(0, 250).Select(i => ($"R{i}", "AWS::SNS::Topic", "UPDATE_COMPLETE", (string?)null))])];

        await DeployAsync(Sample.Configuration(_folder, "web").Request());

        Assert.Equal(252, _recorder.Events.Count);
        Assert.DoesNotContain(_recorder.Events, e => e.Token == "earlier");
        // The 250 new ones are read by pages, the 351 old ones are not.
        Assert.Equal(2, _stacks.Calls.Count(c => c.StartsWith("EventsPage", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Unchanged_stacks_are_found_without_a_call_that_writes_D38()
    {
        FakeStack stack = _stacks.Add("stage-web", "CREATE_COMPLETE");
        stack.Outputs.Add(Sample.Pair("Url", "http://x"));

        EnvironmentDeployment result = await DeployAsync(Sample.Configuration(_folder, "web").Request());

        Assert.Empty(_stacks.Writes);
        Assert.Equal((StackAction.Unchanged, "CREATE_COMPLETE"), (result.Stacks[0].Action, result.Stacks[0].Status));
        Assert.Equal([Sample.Pair("Url", "http://x")], result.Stacks[0].Outputs);
    }

    [Fact]
    public async Task The_services_own_nothing_to_do_is_unchanged_too_D38()
    {
        _stacks.Add("stage-web", "UPDATE_ROLLBACK_COMPLETE");
        _stacks.NothingToUpdate = true;

        EnvironmentDeployment result = await DeployAsync(Sample.Configuration(_folder, "web").Request());

        Assert.Equal((StackAction.Unchanged, "UPDATE_ROLLBACK_COMPLETE"), (result.Stacks[0].Action, result.Stacks[0].Status));
    }

    [Fact]
    public async Task A_failed_create_names_its_first_cause_and_stops_the_run_D03()
    {
        _stacks.Creates["stage-web"] =
        [
            new Step("CREATE_IN_PROGRESS", ("Two", "AWS::SQS::Queue", "CREATE_FAILED", "Resource creation cancelled"), ("One", "AWS::SNS::Topic", "CREATE_FAILED", "Topic name is taken.")),
            new Step("ROLLBACK_IN_PROGRESS", ("Two", "AWS::SQS::Queue", "DELETE_COMPLETE", null)) { Reason = "The following resource(s) failed to create: [One, Two]." },
            new Step("ROLLBACK_COMPLETE", ("One", "AWS::SNS::Topic", "DELETE_FAILED", "later")),
        ];

        var e = await Assert.ThrowsAsync<DeploymentFailedException>(() => DeployAsync(Sample.Configuration(_folder).Request()));

        Assert.Equal(ErrorIds.StackCreateFailed, e.ErrorId);
        Assert.Equal("The create of stack 'stage-web' failed: One (AWS::SNS::Topic) CREATE_FAILED: Topic name is taken. The stack is now ROLLBACK_COMPLETE.", e.Message);
        Assert.Contains("deleted and created anew", e.Advice);
        Assert.Equal(("One", "AWS::SNS::Topic"), (e.Cause!.LogicalId, e.Cause.ResourceType));
        Assert.Equal(["CREATE_COMPLETE", "ROLLBACK_COMPLETE", "NOT_STARTED"], e.Deployment.Stacks.Select(s => s.Status));
        Assert.Contains("Topic name is taken", e.Deployment.Stacks[1].FailureReason);
        Assert.DoesNotContain("Create stage-jobs", _stacks.Writes);
    }

    [Fact]
    public async Task A_failed_update_that_was_rolled_back_is_a_failure_D03()
    {
        _stacks.Add("stage-web", "CREATE_COMPLETE", body: "old");
        _stacks.Updates["stage-web"] =
        [
            new Step("UPDATE_IN_PROGRESS", ("One", "AWS::SNS::Topic", "UPDATE_FAILED", "Not allowed")),
            new Step("UPDATE_ROLLBACK_IN_PROGRESS"),
            new Step("UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS"),
            new Step("UPDATE_ROLLBACK_COMPLETE"),
        ];

        var e = await Assert.ThrowsAsync<DeploymentFailedException>(() => DeployAsync(Sample.Configuration(_folder, "web").Request()));

        Assert.Equal(ErrorIds.StackUpdateFailed, e.ErrorId);
        Assert.Contains("One (AWS::SNS::Topic) UPDATE_FAILED: Not allowed.", e.Message);
        Assert.Equal("UPDATE_ROLLBACK_COMPLETE", e.Deployment.Stacks[0].Status);
    }

    [Fact]
    public async Task A_failure_inside_a_nested_stack_names_the_resource_in_it()
    {
        FakeStack nested = _stacks.Add("stage-web-Inner-1X", "CREATE_COMPLETE");
        nested.Happen(new Step("CREATE_IN_PROGRESS"), null);
        nested.Happen(new Step("CREATE_FAILED", ("Bucket", "AWS::S3::Bucket", "CREATE_FAILED", "stage-b already exists")), null);
        _stacks.Creates["stage-web"] =
        [
            new Step("CREATE_IN_PROGRESS", ("Inner", "AWS::CloudFormation::Stack", "CREATE_FAILED", "Embedded stack was not successfully created")) { PhysicalId = nested.Id },
            new Step("ROLLBACK_COMPLETE"),
        ];

        var e = await Assert.ThrowsAsync<DeploymentFailedException>(() => DeployAsync(Sample.Configuration(_folder, "web").Request()));

        Assert.Contains("Bucket (AWS::S3::Bucket) of nested stack 'stage-web-Inner-1X' CREATE_FAILED: stage-b already exists.", e.Message);
    }

    [Fact]
    public async Task A_failure_without_a_resource_tells_the_stacks_own_reason()
    {
        _stacks.Creates["stage-web"] = [new Step("ROLLBACK_IN_PROGRESS") { Reason = "Parameter value ami-1 does not exist" }, new Step("ROLLBACK_COMPLETE")];

        var e = await Assert.ThrowsAsync<DeploymentFailedException>(() => DeployAsync(Sample.Configuration(_folder, "web").Request()));

        Assert.Contains("Parameter value ami-1 does not exist.", e.Message);
        Assert.Null(e.Cause);
    }

    [Fact]
    public async Task The_shell_of_a_change_set_that_nobody_executed_becomes_the_stack()
    {
        FakeStack shell = _stacks.Add("stage-web", "REVIEW_IN_PROGRESS");

        EnvironmentDeployment result = await DeployAsync(Sample.Configuration(_folder, "web").Request());

        Assert.Equal(["Create stage-web"], _stacks.Writes);
        Assert.Equal((StackAction.Create, "CREATE_COMPLETE", shell.Id), (result.Stacks[0].Action, result.Stacks[0].Status, result.Stacks[0].StackId));
    }

    [Fact]
    public async Task A_stack_that_never_came_to_be_is_deleted_first_D36()
    {
        _stacks.Add("stage-web", "ROLLBACK_COMPLETE");

        EnvironmentDeployment result = await DeployAsync(Sample.Configuration(_folder, "web").Request());

        Assert.Equal(["Delete stage-web", "Create stage-web"], _stacks.Writes);
        Assert.Equal((StackAction.Replace, "CREATE_COMPLETE"), (result.Stacks[0].Action, result.Stacks[0].Status));
    }

    [Fact]
    public async Task A_stuck_stack_is_told_before_any_other_is_touched()
    {
        _stacks.Add("stage-jobs", "UPDATE_ROLLBACK_FAILED");

        var e = await Assert.ThrowsAsync<CumulusException>(() => DeployAsync(Sample.Configuration(_folder).Request()));

        Assert.Equal(ErrorIds.StackStuck, e.ErrorId);
        Assert.Contains("'stage-jobs' is UPDATE_ROLLBACK_FAILED", e.Message);
        Assert.Contains("continue", e.Advice);
        Assert.Empty(_stacks.Writes);
    }

    [Fact]
    public async Task A_missing_template_is_told_before_any_call_is_made_D03()
    {
        CumulusConfiguration configuration = Sample.Configuration(_folder);
        File.Delete(_folder["jobs.yml"]);

        var e = await Assert.ThrowsAsync<CumulusException>(() => DeployAsync(configuration.Request()));

        Assert.Equal(ErrorIds.TemplateNotFound, e.ErrorId);
        Assert.Contains(_folder["jobs.yml"], e.Message);
        Assert.Contains("'jobs'", e.Message);
        Assert.Empty(_stacks.Calls);
    }

    [Fact]
    public async Task A_template_that_is_not_valid_is_told_with_stack_and_reason_before_any_stack_is_touched()
    {
        CumulusConfiguration configuration = Sample.Configuration(_folder);
        _folder.Write("jobs.yml", "Resources: 1");
        _stacks.Before = call =>
        {
            if (call == "Validate Resources: 1") throw new CumulusException(ErrorIds.TemplateInvalid, FailureKind.InvalidInput, "Resources must be an object");
        };

        var e = await Assert.ThrowsAsync<CumulusException>(() => DeployAsync(configuration.Request()));

        Assert.Equal(ErrorIds.TemplateInvalid, e.ErrorId);
        Assert.Contains("stack 'jobs' is not valid: Resources must be an object.", e.Message);
        Assert.Empty(_stacks.Writes);
    }

    [Fact]
    public async Task A_template_that_is_too_long_goes_by_the_bucket_under_the_key_of_its_content_D35()
    {
        CumulusConfiguration configuration = Sample.Configuration(_folder, "web");
        _folder.Write("web.yml", Sample.Template + new string('#', 51_201));

        await DeployAsync(configuration.Request());

        TemplateSource sent = _stacks.Changes.Single().Template;
        Assert.Null(sent.Body);
        Assert.Matches(@"^https://s3\.eu-west-1\.amazonaws\.com/bucket/\.cumulus/artifacts/[0-9a-f]{64}\.template$", sent.Url);
        await DeployAsync(configuration.Request());
        Assert.Single(_stacks.Changes);
    }

    [Fact]
    public async Task A_template_by_address_is_sent_by_address_D18()
    {
        CumulusConfiguration configuration = Sample.Configuration(_folder, "web").WithStack("web", s => s with { Template = "https://b.s3.amazonaws.com/web.yml" });

        await DeployAsync(configuration.Request());

        Assert.Contains("Validate https://b.s3.amazonaws.com/web.yml", _stacks.Calls);
        Assert.Equal(new TemplateSource(null, "https://b.s3.amazonaws.com/web.yml"), _stacks.Changes.Single().Template);
    }

    [Fact]
    public async Task The_hooks_run_around_the_stacks_and_know_what_it_is_about_D39()
    {
        CumulusConfiguration configuration = Sample.Configuration(_folder, "web").With(e => e with { PreDeployHook = "echo $CUMULUS_ENVIRONMENT $CUMULUS_REGION", PostDeployHook = "echo $CUMULUS_VERSION" });

        await DeployAsync(configuration.Request() with { Version = "2.0" });

        Assert.Equal(
            ["pre-deploy-hook: stage eu-west-1", "planned web=Create", "started stage-web Create", "finished stage-web CREATE_COMPLETE", "post-deploy-hook: 2.0"],
            _recorder.Lines);
    }

    [Fact]
    public async Task The_hook_after_does_not_run_when_a_stack_failed_D03()
    {
        CumulusConfiguration configuration = Sample.Configuration(_folder, "web").With(e => e with { PostDeployHook = "touch ran" });
        _stacks.Creates["stage-web"] = [new Step("ROLLBACK_COMPLETE")];

        await Assert.ThrowsAsync<DeploymentFailedException>(() => DeployAsync(configuration.Request()));

        Assert.False(File.Exists(_folder["ran"]));
    }

    [Fact]
    public async Task A_failed_hook_before_leaves_everything_as_it_was()
    {
        CumulusConfiguration configuration = Sample.Configuration(_folder, "web").With(e => e with { PreDeployHook = "exit 3" });

        var e = await Assert.ThrowsAsync<CumulusException>(() => DeployAsync(configuration.Request()));

        Assert.Equal(ErrorIds.HookFailed, e.ErrorId);
        Assert.Empty(_stacks.Calls);
    }

    [Fact]
    public async Task A_failed_hook_after_is_an_error_that_carries_what_was_done()
    {
        CumulusConfiguration configuration = Sample.Configuration(_folder, "web").With(e => e with { PostDeployHook = "exit 3" });

        var e = await Assert.ThrowsAsync<DeploymentFailedException>(() => DeployAsync(configuration.Request()));

        Assert.Equal(ErrorIds.HookFailed, e.ErrorId);
        Assert.Equal("CREATE_COMPLETE", e.Deployment.Stacks.Single().Status);
    }

    [Fact]
    public async Task A_wrong_name_is_told_before_the_hook_runs()
    {
        CumulusConfiguration configuration = Sample.Configuration(_folder, "web").With(e => e with { PreDeployHook = "touch ran" });

        await Assert.ThrowsAsync<CumulusException>(() => DeployAsync(configuration.Request() with { Parameters = Sample.Given("wbe") }));

        Assert.False(File.Exists(_folder["ran"]));
    }

    [Fact]
    public async Task A_plan_changes_nothing_and_runs_no_hook()
    {
        CumulusConfiguration configuration = Sample.Configuration(_folder).With(e => e with { PreDeployHook = "touch ran" });
        _stacks.Add("stage-network", "CREATE_COMPLETE");
        _stacks.Add("stage-web", "CREATE_COMPLETE", body: "old");

        EnvironmentPlan plan = await Deployer().PlanAsync(configuration.Request(), default);

        Assert.Equal([StackAction.Unchanged, StackAction.Update, StackAction.Create], plan.Stacks.Select(s => s.Action));
        Assert.Equal(2, plan.Stacks[2].ResourceCount);
        Assert.Empty(_stacks.Writes);
        Assert.False(File.Exists(_folder["ran"]));
    }

    [Fact]
    public async Task A_version_that_is_published_only_in_part_is_not_deployed_D19()
    {
        CumulusConfiguration configuration = Sample.Configuration(_folder).With(e => e with { Bucket = "b", Bundles = ["web", "app"] });
        string version = configuration.Request().EffectiveVersion!;
        _published[BundleNames.Key("web", "stage", version)] = [];

        CumulusException e = await Assert.ThrowsAsync<CumulusException>(() => DeployAsync(configuration.Request()));

        Assert.Equal(ErrorIds.BundleNotFound, e.ErrorId);
        Assert.Contains($"s3://b/stage/{version}/bundle-stage-{version}-app.zip", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("-web.zip", e.Message, StringComparison.Ordinal);
        Assert.Empty(_stacks.Writes);
    }

    [Fact]
    public async Task A_bundle_is_asked_for_in_its_configured_format_and_taken_in_any_since_hosts_do_so_too()
    {
        CumulusConfiguration configuration = Sample.Configuration(_folder).With(e => e with { Bucket = "b", Bundles = ["web"] }) with
        {
            Bundles = [new BundleDefinition { Name = "web", Format = BundleFormat.TarGz, SourceFile = "/cumulus.yml" }],
        };
        string version = configuration.Request().EffectiveVersion!;
        CumulusException e = await Assert.ThrowsAsync<CumulusException>(() => DeployAsync(configuration.Request()));
        Assert.Contains($"bundle-stage-{version}-web.tar.gz", e.Message, StringComparison.Ordinal);
        _published[BundleNames.Key("web", "stage", version, BundleFormat.TarBz2)] = [];
        await DeployAsync(configuration.Request());
    }

    private EnvironmentDeployer Deployer() => new(_stacks, _fleet, _published, new HookRunner(), "eu-west-1", _clock);

    private Task<EnvironmentDeployment> DeployAsync(EnvironmentRequest request) => Deployer().DeployAsync(request, _recorder, default);
}
