using Cumulus.Engine.Aws;
using Cumulus.Engine.Environments;

namespace Cumulus.PowerShell.Tests;

public sealed class DeploymentReporterTests
{
    private const string StackId = "arn:aws:cloudformation:eu-west-1:123456789012:stack/stage-web/1";

    private readonly RecordingHost _host = new();
    private readonly DeploymentReporter _reporter;

    public DeploymentReporterTests() => _reporter = new DeploymentReporter(_host);

    [Fact]
    public void A_log_has_one_line_for_each_resource_that_begins_and_one_for_the_end()
    {
        _reporter.StackStarted("stage-web", StackAction.Update, "the template differs");
        Own("UPDATE_IN_PROGRESS", "User Initiated");
        Event("UPDATE_IN_PROGRESS", "Web", "Requested update requires the creation of a new physical resource; hence creating one.");
        Event("UPDATE_IN_PROGRESS", "App");
        Event("UPDATE_IN_PROGRESS", "Web", "Resource creation Initiated");
        Event("UPDATE_COMPLETE", "App");
        Event("UPDATE_COMPLETE", "Web");
        Own("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS");
        Event("DELETE_IN_PROGRESS", "Web");
        Event("DELETE_COMPLETE", "Web");
        _reporter.StackProgressed(new StackProgress("stage-web", "UPDATE_COMPLETE", 2, 2, TimeSpan.FromSeconds(27)));
        _reporter.StackFinished(Ended("UPDATE_COMPLETE"));

        Assert.Equal(
            [
                "stage-web  UPDATE_IN_PROGRESS    Web  Requested update requires the creation of a new physical resource; hence creating one.",
                "stage-web  UPDATE_IN_PROGRESS    App",
                "stage-web  DELETE_IN_PROGRESS    Web",
                "stage-web  UPDATE_COMPLETE       2 of 2 resources  27.0 s",
            ],
            Lines());
    }

    [Fact]
    public void A_failure_is_told_once_with_its_reason_and_then_the_way_back()
    {
        _reporter.StackStarted("stage-web", StackAction.Update, "the template differs");
        Event("UPDATE_IN_PROGRESS", "Web");
        Event("UPDATE_FAILED", "Web", "No such image");
        Own("UPDATE_ROLLBACK_IN_PROGRESS", "The following resource(s) failed to update: [Web].");
        Event("UPDATE_IN_PROGRESS", "Web");
        Event("UPDATE_COMPLETE", "Web");
        Own("UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS");
        _reporter.StackFinished(Ended("UPDATE_ROLLBACK_COMPLETE", "Web: No such image"));

        Assert.Equal(
            [
                "stage-web  UPDATE_IN_PROGRESS    Web",
                "stage-web  UPDATE_FAILED         Web  No such image",
                "stage-web  UPDATE_ROLLBACK_IN_PROGRESS  stage-web  The following resource(s) failed to update: [Web].",
                "stage-web  UPDATE_IN_PROGRESS    Web",
                "stage-web  UPDATE_ROLLBACK_COMPLETE  27.0 s",
            ],
            Lines());
    }

    [Fact]
    public void A_failure_of_no_resource_stands_at_the_end_of_the_stack()
    {
        _reporter.StackStarted("stage-web", StackAction.Create, "it is new");
        _reporter.StackFinished(Ended("NOT_STARTED", "The change set was refused."));

        Assert.Equal(["stage-web  NOT_STARTED           27.0 s  The change set was refused."], Lines());
    }

    [Fact]
    public void A_stack_without_a_change_has_one_line()
    {
        _reporter.StackStarted("stage-web", StackAction.Unchanged, "nothing differs");
        _reporter.StackFinished(Ended("UPDATE_COMPLETE") with { Action = StackAction.Unchanged });

        Assert.Equal(["stage-web  no change"], Lines());
    }

    // Without the time of day at their beginning.
    private IEnumerable<string> Lines() =>
        _host.Entries.OfType<string>().Where(e => e.StartsWith("status: ", StringComparison.Ordinal)).Select(e => e["status: 00:00:00  ".Length..]);

    private void Own(string status, string? reason = null) => Tell(status, "stage-web", StackId, "AWS::CloudFormation::Stack", reason);

    private void Event(string status, string logicalId, string? reason = null) => Tell(status, logicalId, $"{logicalId}-1", "AWS::EC2::Instance", reason);

    private void Tell(string status, string logicalId, string physicalId, string type, string? reason) =>
        _reporter.StackEvent(new StackEventRecord(Guid.NewGuid().ToString(), DateTimeOffset.UnixEpoch, StackId, "stage-web", logicalId, physicalId, type, status, reason, Token: null));

    private static StackDeployment Ended(string status, string? reason = null) => new()
    {
        Environment = "stage",
        Name = "web",
        StackName = "stage-web",
        Action = StackAction.Update,
        Status = status,
        Region = "eu-west-1",
        Took = TimeSpan.FromSeconds(27),
        FailureReason = reason,
    };
}
