using Cumulus.Engine.Aws;
using Cumulus.Engine.Configuration;

namespace Cumulus.Engine.Environments;

/// <summary>One line of a stack's history.</summary>
public sealed record EnvironmentStackEvent(
    string Environment, string Name, string StackName, DateTimeOffset Timestamp, string LogicalId, string? PhysicalId, string ResourceType, string Status, string? Reason, string? OperationId, string? Token)
{
    public bool IsFailure => StackStatus.SaysFailed(Status);
}

/// <summary>One resource of a stack, or of one nested in it.</summary>
public sealed record EnvironmentStackResource(string Environment, string Name, string StackName, string LogicalId, string? PhysicalId, string ResourceType, string Status, string? Reason, DateTimeOffset? ChangedAt);

/// <summary>How one resource stands against its template.</summary>
/// <param name="Status">IN_SYNC, MODIFIED, DELETED, NOT_CHECKED or UNKNOWN.</param>
public sealed record StackDrift(string Environment, string Name, string StackName, string LogicalId, string? PhysicalId, string ResourceType, string Status, IReadOnlyList<PropertyDrift> Differences)
{
    public bool IsDrifted => Status is "MODIFIED" or "DELETED";

    /// <summary>The differences in one line.</summary>
    public string Summary => string.Join("; ", Differences.Select(d => $"{d.Property.TrimStart('/').Replace('/', '.')}: {d.Expected ?? "(none)"} -> {d.Actual ?? "(none)"}"));
}

/// <summary>Whether a stack is as its template has it, and whether it could be deployed to.</summary>
/// <param name="Passed">It is deployed, takes an update, and nothing of it was changed by hand.</param>
public sealed record EnvironmentTest(string Environment, string Name, string StackName, string Status, bool Passed, int DriftedResources, string? Problem);

/// <summary>Looks into the stacks of an environment. Changes nothing.</summary>
/// <param name="region">AWS region code that the services work in.</param>
public sealed class StackInspector(IStackService stacks, IStackOperations operations, string region)
{
    private readonly EnvironmentReader _reader = new(stacks, region);

    /// <summary>Of each deployed stack, oldest first (D-07).</summary>
    /// <param name="last">The newest so many of each stack; null: all.</param>
    /// <param name="operationId">The beginning of an operation's id; null: of all operations.</param>
    /// <exception cref="CumulusException">As <see cref="EnvironmentReader.StacksAsync"/>.</exception>
    public async Task<IReadOnlyList<EnvironmentStackEvent>> EventsAsync(
        CumulusConfiguration configuration, string environment, IReadOnlyList<string> names, int? last, string? operationId, CancellationToken cancellationToken)
    {
        var all = new List<EnvironmentStackEvent>();
        foreach (EnvironmentStack stack in await DeployedAsync(configuration, environment, names, cancellationToken))
        {
            var newestFirst = new List<EnvironmentStackEvent>();
            await foreach (StackEventRecord e in stacks.EventsAsync(stack.StackId!, cancellationToken))
            {
                if (newestFirst.Count == last) break;
                if (operationId is null || e.OperationId?.StartsWith(operationId, StringComparison.OrdinalIgnoreCase) == true || e.Token?.Contains(operationId, StringComparison.OrdinalIgnoreCase) == true)
                {
                    newestFirst.Add(Of(stack, e));
                }
            }

            newestFirst.Reverse();
            all.AddRange(newestFirst);
        }

        return all;
    }

    /// <summary>Tells the events of the operation that runs, or of the last one, and goes on until nothing runs on the stack any more.</summary>
    /// <param name="happened">Gets each event, oldest first.</param>
    public async Task FollowAsync(EnvironmentStack stack, Action<EnvironmentStackEvent> happened, WaitLimit limit, CancellationToken cancellationToken)
    {
        string id = stack.StackId ?? throw new ArgumentException("The stack is not deployed.", nameof(stack));
        string? last = null;
        var pace = new PollPace();
        while (true)
        {
            StackDescription? now = await stacks.FindAsync(id, cancellationToken);
            var newestFirst = new List<StackEventRecord>();
            await foreach (StackEventRecord e in stacks.EventsAsync(id, cancellationToken))
            {
                if (e.EventId == last) break;
                newestFirst.Add(e);
                bool begins = StackFailure.IsOfStackItself(e, id) && e.Status is "CREATE_IN_PROGRESS" or "UPDATE_IN_PROGRESS" or "DELETE_IN_PROGRESS";
                if (last is null && begins) break;
            }

            foreach (StackEventRecord e in newestFirst.AsEnumerable().Reverse()) happened(Of(stack, e));
            if (newestFirst.Count > 0) last = newestFirst[0].EventId;
            if (now is null || StackStatus.IsFinal(now.Status)) return;
            if (limit.Reached)
            {
                throw new CumulusException(ErrorIds.StackWaitTimedOut, FailureKind.Timeout, $"Stack '{stack.StackName}' is still {now.Status} after {StackFollower.Text(limit.Limit)}. It goes on in CloudFormation.") { Target = stack.StackName };
            }

            await limit.PauseAsync(pace.AfterSuccess(), cancellationToken);
        }
    }

    /// <summary>Of each deployed stack, nested ones included.</summary>
    /// <exception cref="CumulusException">As <see cref="EnvironmentReader.StacksAsync"/>.</exception>
    public async Task<IReadOnlyList<EnvironmentStackResource>> ResourcesAsync(CumulusConfiguration configuration, string environment, IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        var all = new List<EnvironmentStackResource>();
        foreach (EnvironmentStack stack in await DeployedAsync(configuration, environment, names, cancellationToken))
        {
            all.AddRange((await StackResources.AllAsync(stacks, stack.StackId!, cancellationToken)).Select(r =>
                new EnvironmentStackResource(stack.Environment, stack.Name, stack.StackName, r.LogicalId, r.PhysicalId, r.ResourceType, r.Status, r.Reason, r.ChangedAt)));
        }

        return all;
    }

    /// <summary>Has CloudFormation compare each deployed stack with its template, and tells what it finds.</summary>
    /// <exception cref="CumulusException"><see cref="ErrorIds.StackWaitTimedOut"/>, and as <see cref="EnvironmentReader.StacksAsync"/>.</exception>
    public async Task<IReadOnlyList<StackDrift>> DriftAsync(CumulusConfiguration configuration, string environment, IReadOnlyList<string> names, WaitLimit limit, CancellationToken cancellationToken)
    {
        var all = new List<StackDrift>();
        foreach (EnvironmentStack stack in await DeployedAsync(configuration, environment, names, cancellationToken)) all.AddRange(await DriftAsync(stack, limit, cancellationToken));
        return all;
    }

    /// <summary>Each stack, absent ones too.</summary>
    /// <exception cref="CumulusException">As <see cref="DriftAsync(CumulusConfiguration, string, IReadOnlyList{string}, WaitLimit, CancellationToken)"/>.</exception>
    public async Task<IReadOnlyList<EnvironmentTest>> TestAsync(CumulusConfiguration configuration, string environment, IReadOnlyList<string> names, WaitLimit limit, CancellationToken cancellationToken)
    {
        var all = new List<EnvironmentTest>();
        foreach (EnvironmentStack stack in await _reader.StacksAsync(configuration, environment, names, cancellationToken))
        {
            if (StackAdvisor.Verb(stack.Status) != StackVerb.Update)
            {
                StackReadiness readiness = StackAdvisor.ForDeployment(stack.Status, environment, stack.Name, keepsFailures: false);
                all.Add(new EnvironmentTest(environment, stack.Name, stack.StackName, stack.Status, false, 0, $"{readiness.Reason} {StackAdvisor.Next(stack.Status, environment, stack.Name)}"));
                continue;
            }

            StackDrift[] drifted = [.. (await DriftAsync(stack, limit, cancellationToken)).Where(d => d.IsDrifted)];
            string? problem = drifted.Length == 0 ? null : $"Changed by hand: {string.Join(", ", drifted.Select(d => d.LogicalId))}. See Get-StackDrift {environment} -Stack {stack.Name}; Deploy-Environment {environment} -Stack {stack.Name} -RevertDrift puts it back.";
            all.Add(new EnvironmentTest(environment, stack.Name, stack.StackName, stack.Status, drifted.Length == 0, drifted.Length, problem));
        }

        return all;
    }

    private async Task<IReadOnlyList<StackDrift>> DriftAsync(EnvironmentStack stack, WaitLimit limit, CancellationToken cancellationToken)
    {
        string search = await operations.DetectDriftAsync(stack.StackId!, cancellationToken);
        var pace = new PollPace();
        while ((await operations.DriftDetectionAsync(search, cancellationToken)).Status == "DETECTION_IN_PROGRESS")
        {
            if (limit.Reached)
            {
                throw new CumulusException(ErrorIds.StackWaitTimedOut, FailureKind.Timeout, $"CloudFormation had not compared stack '{stack.StackName}' with its template after {StackFollower.Text(limit.Limit)}.")
                { Target = stack.StackName, Advice = "Run the command again, with more time: -TimeoutSec." };
            }

            await limit.PauseAsync(pace.AfterSuccess(), cancellationToken);
        }

        return [.. (await operations.DriftsAsync(stack.StackId!, cancellationToken)).Select(d =>
            new StackDrift(stack.Environment, stack.Name, stack.StackName, d.LogicalId, d.PhysicalId, d.ResourceType, d.Status, d.Differences))];
    }

    private async Task<IEnumerable<EnvironmentStack>> DeployedAsync(CumulusConfiguration configuration, string environment, IReadOnlyList<string> names, CancellationToken cancellationToken) =>
        (await _reader.StacksAsync(configuration, environment, names, cancellationToken)).Where(s => s.StackId is not null);

    private static EnvironmentStackEvent Of(EnvironmentStack stack, StackEventRecord e) =>
        new(stack.Environment, stack.Name, stack.StackName, e.Timestamp, e.LogicalId, e.PhysicalId, e.ResourceType, e.Status, e.Reason, e.OperationId, e.Token);
}
