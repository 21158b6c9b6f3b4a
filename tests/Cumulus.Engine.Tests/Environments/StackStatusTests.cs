using Cumulus.Engine.Environments;

namespace Cumulus.Engine.Tests.Environments;

public sealed class StackStatusTests
{
    // The whole enumeration of the service's model of mid-2026.
    public static TheoryData<string, bool> All => new()
    {
        { "CREATE_IN_PROGRESS", false }, { "CREATE_FAILED", true }, { "CREATE_COMPLETE", true },
        { "ROLLBACK_IN_PROGRESS", false }, { "ROLLBACK_FAILED", true }, { "ROLLBACK_COMPLETE", true },
        { "DELETE_IN_PROGRESS", false }, { "DELETE_FAILED", true }, { "DELETE_COMPLETE", true },
        { "UPDATE_IN_PROGRESS", false }, { "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", false }, { "UPDATE_COMPLETE", true }, { "UPDATE_FAILED", true },
        { "UPDATE_ROLLBACK_IN_PROGRESS", false }, { "UPDATE_ROLLBACK_FAILED", true }, { "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS", false }, { "UPDATE_ROLLBACK_COMPLETE", true },
        { "REVIEW_IN_PROGRESS", true },
        { "IMPORT_IN_PROGRESS", false }, { "IMPORT_COMPLETE", true },
        { "IMPORT_ROLLBACK_IN_PROGRESS", false }, { "IMPORT_ROLLBACK_FAILED", true }, { "IMPORT_ROLLBACK_COMPLETE", true },
    };

    [Theory]
    [MemberData(nameof(All))]
    public void Every_status_is_known_as_running_or_at_rest_D36(string status, bool atRest) => Assert.Equal(atRest, StackStatus.IsFinal(status));

    [Theory]
    [MemberData(nameof(All))]
    public void Every_status_tells_a_deployment_what_it_may_do(string status, bool atRest)
    {
        StackReadiness readiness = StackAdvisor.ForDeployment(status, "stage", "web", keepsFailures: false);
        if (!atRest) Assert.Equal(StackAction.Blocked, readiness.Action);
        if (readiness.Action == StackAction.Blocked) Assert.NotNull(readiness.Advice);
    }

    [Fact]
    public void A_status_of_the_future_counts_as_running_D36()
    {
        Assert.False(StackStatus.IsFinal("UPDATE_PONDERED"));
        Assert.Equal(StackAction.Blocked, StackAdvisor.ForDeployment("UPDATE_PONDERED", "stage", "web", false).Action);
    }

    [Theory]
    [InlineData("CREATE_COMPLETE", StackOperation.Create, true)]
    [InlineData("ROLLBACK_COMPLETE", StackOperation.Create, false)]
    [InlineData("CREATE_FAILED", StackOperation.Create, false)]
    [InlineData("UPDATE_COMPLETE", StackOperation.Update, true)]
    [InlineData("UPDATE_ROLLBACK_COMPLETE", StackOperation.Update, false)]
    [InlineData("CREATE_COMPLETE", StackOperation.Update, false)]
    [InlineData("DELETE_COMPLETE", StackOperation.Delete, true)]
    [InlineData("DELETE_FAILED", StackOperation.Delete, false)]
    public void A_stack_that_went_back_has_failed_D03(string status, StackOperation operation, bool success)
    {
        Assert.Equal(success, StackStatus.IsSuccess(status, operation));
        Assert.Equal(!success, StackStatus.IsFailure(status, operation));
    }

    [Theory]
    [InlineData("UPDATE_ROLLBACK_COMPLETE")]
    [InlineData("UPDATE_ROLLBACK_FAILED")]
    [InlineData("UPDATE_FAILED")]
    [InlineData("UPDATE_COMPLETE")]
    [InlineData("IMPORT_ROLLBACK_FAILED")]
    public void A_stack_that_has_worked_is_never_deleted_by_a_deployment(string status) =>
        Assert.NotEqual(StackAction.Replace, StackAdvisor.ForDeployment(status, "stage", "web", false).Action);
}
