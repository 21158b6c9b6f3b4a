using System.Security.Cryptography;
using System.Text;
using Cumulus.Engine.Aws;
using Cumulus.Engine.Bundles;

namespace Cumulus.Engine.Environments;

/// <summary>Makes change sets and takes them away again.</summary>
public sealed class ChangeSetMaker(IStackService stacks, IDeploymentObserver observer)
{
    // What no wait can heal.
    private const int LooksToGiveUp = 10;

    private const int TriesToStart = 3;

    // An empty stack is gone within seconds.
    private const int LooksUntilGone = 10;

    /// <summary>
    /// The change set of a plan, ready or empty. One of the same content that an earlier call made and did not execute is taken again.
    /// </summary>
    /// <exception cref="CumulusException"><see cref="ErrorIds.ChangeSetFailed"/> with CloudFormation's reason; nothing of it is left behind. <see cref="ErrorIds.StackWaitTimedOut"/>,
    /// and the failures of <see cref="IStackService"/>.</exception>
    public async Task<StackChangeSet> MakeAsync(StackPlan plan, string name, WaitLimit limit, CancellationToken cancellationToken)
    {
        ChangeSetReference made = await StartAsync(plan, name, cancellationToken);
        StackChangeSet set = await MadeAsync(plan.StackName, made, limit, cancellationToken);
        if (!set.HasFailed) return set;
        if (set.IsEmpty)
        {
            await DeleteAsync(set.Id, cancellationToken);
            return set;
        }

        CumulusException failure = await FailureAsync(plan, set, cancellationToken);
        await TakeAwayAsync(plan, made, limit, cancellationToken);
        throw failure;
    }

    /// <summary>
    /// The same for the same content on the same state of the stack, so that the next call finds what an interrupted one made. Content that cannot be known here - a
    /// hidden value, a template by address - makes it one of this deployment only.
    /// </summary>
    public static string NameOf(StackPlan plan)
    {
        StackChange change = plan.Change;
        bool isOpen = plan.Survey?.Template.Digest is not null && plan.Survey.Declared.All(p => !p.NoEcho);
        string[] parts =
        [
            isOpen ? "" : change.Token,
            change.Template.Body ?? change.Template.Url ?? "",
            plan.IsNew ? "" : plan.Current!.Id,
            plan.IsNew ? "" : (plan.Current!.UpdatedAt ?? plan.Current.CreatedAt).ToString("O"),
            .. change.Parameters.Select(p => $"{p.Key}={p.Value}"),
            "tags",
            .. change.Tags.Select(t => $"{t.Key}={t.Value}"),
            "options",
            .. change.KeptParameters,
            .. change.Capabilities,
            .. change.NotificationArns ?? [],
            .. change.RollbackAlarmArns ?? [],
            $"{change.RoleArn} {change.OnFailure} {change.MonitoringMinutes} {change.IsExpress} {change.RevertDrift} {change.ImportExisting}",
        ];
        byte[] digest = SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\0', parts)));
        return $"cumulus-{Hex.Of(digest)[..32]}";
    }

    /// <summary>Deletes a change set and, where making it brought an empty stack into being, that too. What cannot be taken away is told, since the work was done.</summary>
    public async Task TakeAwayAsync(StackPlan plan, ChangeSetReference made, WaitLimit limit, CancellationToken cancellationToken)
    {
        try
        {
            await stacks.DeleteChangeSetAsync(made.Id, cancellationToken);

            // Somebody else's change sets keep the shell alive.
            if (plan.Current is null
                && await stacks.FindAsync(made.StackId, cancellationToken) is { Status: "REVIEW_IN_PROGRESS" } shell
                && (await stacks.ChangeSetsAsync(shell.Id, cancellationToken)).All(id => id == made.Id))
            {
                await stacks.DeleteAsync(new StackDeletion(shell.Id, $"{plan.Change.Token}-shell", []), cancellationToken);
                var pace = new PollPace();
                for (int looks = 0; looks < LooksUntilGone && await stacks.FindAsync(shell.Id, cancellationToken) is not null; looks++)
                {
                    await limit.PauseAsync(pace.AfterSuccess(), cancellationToken);
                }
            }
        }
        catch (CumulusException e)
        {
            observer.Warning($"The change set of stack '{plan.StackName}' was not executed and could not be taken away: {e.Message}");
        }
    }

    private async Task<ChangeSetReference> StartAsync(StackPlan plan, string name, CancellationToken cancellationToken)
    {
        var request = new ChangeSetRequest(plan.Change, name, plan.IsNew, $"Cumulus: {plan.Environment}");
        for (int tries = 1; ; tries++)
        {
            try
            {
                return await stacks.CreateChangeSetAsync(request, cancellationToken);
            }
            catch (CumulusException e) when (e.ErrorId == ErrorIds.ChangeSetExists && tries < TriesToStart)
            {
                if (await stacks.ChangeSetAsync(name, plan.StackName, cancellationToken) is not { } there) continue;
                if (!there.HasFailed && there.ExecutionStatus is "AVAILABLE" or "UNAVAILABLE") return new ChangeSetReference(there.Id, there.StackId);
                await stacks.DeleteChangeSetAsync(there.Id, cancellationToken);
            }
            catch (CumulusException e) when (e.Kind == FailureKind.Unavailable && tries < TriesToStart)
            {
                // Perhaps only the answer was lost: the next try finds it by its name.
                observer.Detail($"{plan.StackName}: the change set is asked for again: {e.Message}");
            }
        }
    }

    private async Task<StackChangeSet> MadeAsync(string stackName, ChangeSetReference made, WaitLimit limit, CancellationToken cancellationToken)
    {
        var pace = new PollPace();
        int blind = 0;
        while (true)
        {
            CumulusException? problem = null;
            try
            {
                if (await stacks.ChangeSetAsync(made.Id, null, cancellationToken) is { } set && (set.IsReady || set.HasFailed)) return set;
                blind = 0;
            }
            catch (CumulusException e)
            {
                problem = e;
                if (StackFollower.IsHopeless(e) && ++blind == LooksToGiveUp) throw;
                observer.Detail($"{stackName}: a look at the change set failed and is repeated: {e.Message}");
            }

            if (limit.Reached)
            {
                throw new CumulusException(ErrorIds.StackWaitTimedOut, FailureKind.Timeout, $"CloudFormation has not made the change set of stack '{stackName}' within {StackFollower.Text(limit.Limit)}. The stack was not changed.", problem)
                { Target = stackName, Advice = "Run the command again: it takes the change set that is being made. Or give more time with -TimeoutSec." };
            }

            await limit.PauseAsync(problem is null ? pace.AfterSuccess() : pace.AfterFailure(), cancellationToken);
        }
    }

    // A validation before the deployment says where and why; the change set only that something is wrong.
    private async Task<CumulusException> FailureAsync(StackPlan plan, StackChangeSet set, CancellationToken cancellationToken)
    {
        IReadOnlyList<OperationFailure> failures = [];
        try
        {
            failures = await stacks.FailuresAsync(set.Id, cancellationToken);
        }
        catch (CumulusException e)
        {
            observer.Detail($"{plan.StackName}: the events of the change set cannot be read: {e.Message}");
        }

        string[] reasons = [.. failures.Where(f => f.Blocks && f.Reason.Length > 0).Reverse().Select(f => f.LogicalId.Length == 0 ? f.Reason : $"{f.LogicalId} ({f.ResourceType}): {f.Reason}").Distinct()];
        string reason = reasons.Length > 0 ? string.Join("; ", reasons.Select(r => r.TrimEnd('.'))) + "." : StackFailure.Sentence(set.Reason ?? "CloudFormation gives no reason");
        return new CumulusException(ErrorIds.ChangeSetFailed, FailureKind.OperationFailed, $"CloudFormation refuses the change of stack '{plan.StackName}': {reason} The stack was not changed.")
        {
            Target = plan.StackName,
            Advice = FailureAdvice.For(reason, null) ?? "Put the cause right and deploy again.",
        };
    }

    private async Task DeleteAsync(string id, CancellationToken cancellationToken)
    {
        try
        {
            await stacks.DeleteChangeSetAsync(id, cancellationToken);
        }
        catch (CumulusException e)
        {
            observer.Detail($"An empty change set could not be deleted: {e.Message}");
        }
    }
}
