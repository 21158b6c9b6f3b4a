using Cumulus.Engine.Aws;
using Cumulus.Engine.State;

namespace Cumulus.Engine.Environments;

/// <summary>Takes up the waiting for a deployment that somebody started, from anywhere: by its record and by its stacks.</summary>
public sealed class DeploymentWaiter(IStackService stacks, IStateStore state, EnvironmentLock environmentLock, IDeploymentObserver observer, TimeProvider clock)
{
    // Between the begin of a deployment and its first operation the clocks of two machines may differ.
    private static readonly TimeSpan Slack = TimeSpan.FromMinutes(5);

    private readonly DeploymentJournal _journal = new(state);

    /// <summary>Waits until the deployment has ended; one whose client is gone is ended in the records too.</summary>
    /// <exception cref="CumulusException"><see cref="ErrorIds.StackWaitTimedOut"/>; the failures of <see cref="IStackService"/> and of the home of the state.</exception>
    /// <exception cref="DeploymentFailedException">It failed; it carries what became of each stack.</exception>
    public async Task<EnvironmentDeployment> WaitAsync(DeploymentRecord record, TimeSpan timeLimit, CancellationToken cancellationToken)
    {
        var limit = new WaitLimit(clock, timeLimit);
        record = await WhileHeldAsync(record, limit, cancellationToken);
        var follower = new StackFollower(stacks, observer, clock);
        var reports = new List<StackDeployment>();
        CumulusException? failure = null;
        foreach (DeployedStack stack in record.Stacks)
        {
            StackDescription? now = await follower.SettleAsync(stack.StackName, limit, cancellationToken);
            (StackDeployment report, CumulusException? problem) = await JudgeAsync(record, stack, now, cancellationToken);
            reports.Add(report);
            observer.StackFinished(report);
            failure ??= problem;
        }

        var deployment = new EnvironmentDeployment
        {
            Environment = record.Environment,
            Version = record.Version,
            Region = record.Region,
            Stacks = reports,
            StartedAt = record.StartedAt,
            Took = clock.GetUtcNow() - record.StartedAt,
        };
        await EndAsync(record, deployment, failure, cancellationToken);
        return failure is null ? deployment : throw new DeploymentFailedException(failure, deployment);
    }

    // As long as somebody works on it, that one ends it.
    private async Task<DeploymentRecord> WhileHeldAsync(DeploymentRecord record, WaitLimit limit, CancellationToken cancellationToken)
    {
        var pace = new PollPace();
        string operation = record.Id[(record.Id.LastIndexOf('-') + 1)..];
        while (record.Outcome == DeploymentOutcome.Running
            && await environmentLock.FindAsync(record.Environment, cancellationToken) is { Holder: { } holder }
            && holder.Contains(operation, StringComparison.Ordinal))
        {
            if (limit.Reached)
            {
                throw new CumulusException(ErrorIds.StackWaitTimedOut, FailureKind.Timeout, $"Deployment {record.Id} had not ended after {StackFollower.Text(limit.Limit)}. It goes on.")
                { Target = record.Id, Advice = "Run the command again, with more time: -TimeoutSec." };
            }

            await limit.PauseAsync(pace.AfterSuccess(), cancellationToken);
            record = await _journal.FindAsync(record.Environment, record.Id, cancellationToken) ?? record;
        }

        return record;
    }

    private async Task<(StackDeployment Report, CumulusException? Problem)> JudgeAsync(DeploymentRecord record, DeployedStack stack, StackDescription? now, CancellationToken cancellationToken)
    {
        string status = now?.Status ?? StackStatus.NotDeployed;
        bool touched = stack.Action == StackAction.Unchanged || (now is not null && (now.UpdatedAt ?? now.CreatedAt) >= record.StartedAt - Slack);
        bool isGood = status is "CREATE_COMPLETE" or "UPDATE_COMPLETE" or "IMPORT_COMPLETE" || stack.Action == StackAction.Unchanged;
        var report = new StackDeployment
        {
            Environment = record.Environment,
            Name = stack.Name,
            StackName = stack.StackName,
            StackId = now?.Id,
            Action = stack.Action,
            Status = touched ? status : StackDeployment.NotStarted,
            Version = record.Version,
            Region = record.Region,
            Took = TimeSpan.Zero,
            Outputs = now?.Outputs ?? [],
        };
        if (!touched)
        {
            return (report, new CumulusException(ErrorIds.StackUpdateFailed, FailureKind.OperationFailed, $"Stack '{stack.StackName}' was not reached by deployment {record.Id}, which ended before.")
            { Target = stack.StackName, Advice = $"Deploy again: Deploy-Environment {record.Environment} goes on from there." });
        }

        if (isGood) return (report, null);
        ResourceFailure? cause = now is null ? null : await StackFailure.CauseAsync(stacks, await EventsAsync(record, now, cancellationToken), now.Id, cancellationToken);
        string reason = cause is null ? now?.StatusReason ?? "" : StackFailure.Sentence($"{cause.LogicalId} ({cause.ResourceType}) {cause.Status}: {cause.Reason}");
        return (
            report with { FailureReason = reason },
            new CumulusException(
                stack.Action == StackAction.Update ? ErrorIds.StackUpdateFailed : ErrorIds.StackCreateFailed,
                FailureKind.OperationFailed,
                $"Stack '{stack.StackName}' is {status}. {reason}".TrimEnd())
            {
                Target = stack.StackName,
                Advice = $"{FailureAdvice.For(reason, cause?.ResourceType)} {StackAdvisor.ForDeployment(status, record.Environment, stack.Name, keepsFailures: false).Advice ?? "Put the cause right and deploy again."}".TrimStart(),
            });
    }

    // Those that the deployment marked as its own, oldest first.
    private async Task<IReadOnlyList<StackEventRecord>> EventsAsync(DeploymentRecord record, StackDescription now, CancellationToken cancellationToken)
    {
        string mark = $"cumulus-{record.Id[(record.Id.LastIndexOf('-') + 1)..]}-";
        var events = new List<StackEventRecord>();
        await foreach (StackEventRecord e in stacks.EventsAsync(now.Id, cancellationToken))
        {
            if (e.Timestamp < record.StartedAt - Slack) break;
            if (e.Token is null || e.Token.StartsWith(mark, StringComparison.Ordinal)) events.Add(e);
        }

        events.Reverse();
        return events;
    }

    private async Task EndAsync(DeploymentRecord record, EnvironmentDeployment deployment, CumulusException? failure, CancellationToken cancellationToken)
    {
        if (record.Outcome is DeploymentOutcome.Succeeded or DeploymentOutcome.Failed) return;
        bool complete = deployment.Stacks.All(s => s.Status != StackDeployment.NotStarted);
        DeploymentRecord ended = record with
        {
            EndedAt = clock.GetUtcNow(),
            Outcome = failure is null ? DeploymentOutcome.Succeeded : complete ? DeploymentOutcome.Failed : DeploymentOutcome.Stopped,
            FailureReason = failure?.Message,
            Stacks = [.. record.Stacks.Zip(deployment.Stacks).Select(p => p.First with { StackId = p.Second.StackId, Status = p.Second.Status })],
        };
        await _journal.CloseAsync(ended, cancellationToken);
    }
}
