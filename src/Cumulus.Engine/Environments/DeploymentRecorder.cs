using System.Globalization;
using Cumulus.Engine.Aws;
using Cumulus.Engine.Bundles;
using Cumulus.Engine.Configuration;
using Cumulus.Engine.State;

namespace Cumulus.Engine.Environments;

/// <summary>
/// Writes down that a deployment began and how it ended, in the bucket of the environment. A deployment whose record cannot be written stands all the
/// same; a warning tells it. An environment without a bucket has no records, and no bundles that they could protect.
/// </summary>
internal sealed class DeploymentRecorder(IObjectStore bundles, IDeploymentObserver observer, TimeProvider clock)
{
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(20);

    private DeploymentJournal? _journal;
    private DeploymentRecord? _begun;
    private string? _version;
    private VersionPointers? _pointers;

    /// <param name="archives">Those of the version, as they lie in the bucket.</param>
    public async Task BeginAsync(EnvironmentDefinition environment, EnvironmentPlan plan, string operationId, DateTimeOffset startedAt, IReadOnlyList<StoredObject> archives, CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(environment.Bucket)) return;
        var state = new BucketStateStore(bundles, environment.Bucket);
        _journal = new DeploymentJournal(state);

        // A part of the stacks says nothing about the hosts of the others.
        if (plan.Stacks.Count == environment.Stacks.Count) _pointers = new VersionPointers(state);
        _begun = new DeploymentRecord
        {
            Schema = DeploymentRecord.CurrentSchema,
            Id = $"{startedAt.UtcDateTime.ToString("yyyyMMdd'T'HHmmssfff'Z'", CultureInfo.InvariantCulture)}-{operationId}",
            Environment = plan.Environment,
            Version = plan.Version,
            Region = plan.Region,
            StartedAt = startedAt,
            Outcome = DeploymentOutcome.Running,
            Bundles = [.. archives.Select(a => new DeployedBundle(BundleNames.Parse(a.Key)?.Name ?? a.Key, a.Bucket, a.Key, a.Metadata.GetValueOrDefault(BundlePublisher.DigestKey)))],
            Stacks = [.. plan.Stacks.Select(s => new DeployedStack(s.Name, s.StackName, s.Current?.Id, s.Action, s.Status))],
            Tool = BundleBuilder.Tool,
        };
        await TryAsync(NotRecorded("began"), async () => _version = await _journal.BeginAsync(_begun, cancellationToken), cancellationToken);
    }

    /// <summary>Writes the end down, and points the hosts that follow to the version.</summary>
    public async Task SucceededAsync(EnvironmentDeployment deployment, CancellationToken cancellationToken)
    {
        await EndAsync(deployment, DeploymentOutcome.Succeeded, null, cancellationToken);
        if (_pointers is null || _begun?.Version is not { } version) return;
        var pointer = new VersionPointer { Environment = _begun.Environment, Version = version, Deployment = _begun.Id, DeployedAt = clock.GetUtcNow(), Tool = BundleBuilder.Tool };
        await TryAsync("Hosts that follow were not pointed to the version", () => _pointers.WriteAsync(pointer, cancellationToken), cancellationToken);
    }

    public Task FailedAsync(DeploymentFailedException failure, CancellationToken cancellationToken) =>
        EndAsync(failure.Deployment, DeploymentOutcome.Failed, failure.Message, cancellationToken);

    /// <summary>The token is set already, so that there is a short time of its own for this.</summary>
    public async Task StoppedAsync()
    {
        using var limit = new CancellationTokenSource(EndLimit, clock);
        try
        {
            await EndAsync(null, DeploymentOutcome.Stopped, null, limit.Token);
        }
        catch (OperationCanceledException)
        {
            observer.Warning("There was no time to write down that the deployment was stopped; its record says that it runs.");
        }
    }

    private async Task EndAsync(EnvironmentDeployment? deployment, DeploymentOutcome outcome, string? reason, CancellationToken cancellationToken)
    {
        if (_journal is null || _begun is null || _version is null) return;
        DeploymentRecord ended = _begun with
        {
            EndedAt = clock.GetUtcNow(),
            Outcome = outcome,
            FailureReason = reason,
            Stacks = deployment is null ? _begun.Stacks : [.. deployment.Stacks.Select(s => new DeployedStack(s.Name, s.StackName, s.StackId, s.Action, s.Status))],
        };
        await TryAsync(NotRecorded("ended"), () => _journal.EndAsync(ended, _version, cancellationToken), cancellationToken);
    }

    private static string NotRecorded(string what) => $"It could not be written down that the deployment {what}, so that Remove-Bundle knows less about what is in use";

    private async Task TryAsync(string failure, Func<Task> write, CancellationToken cancellationToken)
    {
        try
        {
            await write();
        }
        catch (CumulusException e)
        {
            cancellationToken.ThrowIfCancellationRequested();
            observer.Warning($"{failure}: {e.Message}");
        }
    }
}
