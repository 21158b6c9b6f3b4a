using System.Globalization;
using Cumulus.Engine.Aws;
using Cumulus.Engine.Bundles;
using Cumulus.Engine.Configuration;
using Cumulus.Engine.State;

namespace Cumulus.Engine.Environments;

/// <summary>
/// Writes down that a deployment began and how it ended, in the state of the environment. A deployment whose record cannot be written stands all the
/// same; a warning tells it. An environment without a bucket has no records, and no bundles that they could protect.
/// </summary>
internal sealed class DeploymentRecorder(IStateStore? state, IDeploymentObserver observer, TimeProvider clock)
{
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(20);

    // So far back is looked for one that died.
    private const int Interrupted = 3;

    private readonly DeploymentJournal? _journal = state is null ? null : new DeploymentJournal(state);
    private DeploymentRecord? _begun;
    private string? _version;
    private VersionPointers? _pointers;

    /// <param name="archives">Those of the version, as they lie in the bucket.</param>
    /// <param name="isHeld">Nobody else works on the environment: a record that says so is of one that died.</param>
    public async Task BeginAsync(
        EnvironmentRequest request,
        EnvironmentDefinition environment,
        EnvironmentPlan plan,
        DateTimeOffset startedAt,
        IReadOnlyList<StoredObject> archives,
        bool isHeld,
        CancellationToken cancellationToken)
    {
        if (_journal is null) return;

        // A part of the stacks says nothing about the hosts of the others.
        bool isWhole = plan.Stacks.Count == environment.Stacks.Count;
        if (isWhole) _pointers = new VersionPointers(state!);
        _begun = new DeploymentRecord
        {
            Schema = DeploymentRecord.CurrentSchema,
            Id = $"{startedAt.UtcDateTime.ToString("yyyyMMdd'T'HHmmssfff'Z'", CultureInfo.InvariantCulture)}-{request.OperationId}",
            Environment = plan.Environment,
            Version = plan.Version,
            Region = plan.Region,
            StartedAt = startedAt,
            Outcome = DeploymentOutcome.Running,
            Bundles = [.. archives.Select(a => new DeployedBundle(PublishedVersion.NameOf(a), a.Bucket, a.Key, PublishedVersion.DigestOf(a)))],
            Stacks = [.. plan.Stacks.Select(s => Describe(s, s.Current?.Id, s.Action, s.Status))],
            Tool = BundleBuilder.Tool,
            By = request.Origin,
            RestoredFrom = request.Restore?.Id,
            IsWhole = isWhole,
        };
        if (isHeld) await CloseInterruptedAsync(_begun, cancellationToken);
        await TryAsync(NotRecorded("began"), async () => _version = await _journal.BeginAsync(_begun, cancellationToken), cancellationToken);
    }

    /// <summary>Writes the end down, and points the hosts that follow to the version.</summary>
    public async Task SucceededAsync(EnvironmentDeployment deployment, IReadOnlyList<SettledStack> settled, CancellationToken cancellationToken)
    {
        await KeepAsync(settled, cancellationToken);
        await EndAsync(deployment, settled, DeploymentOutcome.Succeeded, null, cancellationToken);
        if (_pointers is null || _begun?.Version is not { } version) return;
        var pointer = new VersionPointer { Environment = _begun.Environment, Version = version, Deployment = _begun.Id, DeployedAt = clock.GetUtcNow(), Tool = BundleBuilder.Tool };
        await TryAsync("Hosts that follow were not pointed to the version", () => _pointers.WriteAsync(pointer, cancellationToken), cancellationToken);
    }

    public async Task FailedAsync(DeploymentFailedException failure, IReadOnlyList<SettledStack> settled, CancellationToken cancellationToken)
    {
        await KeepAsync(settled, cancellationToken);
        await EndAsync(failure.Deployment, settled, DeploymentOutcome.Failed, failure.Message, cancellationToken);
    }

    /// <summary>The token is set already, so that there is a short time of its own for this.</summary>
    public async Task StoppedAsync()
    {
        using var limit = new CancellationTokenSource(EndLimit, clock);
        try
        {
            await EndAsync(null, [], DeploymentOutcome.Stopped, null, limit.Token);
        }
        catch (OperationCanceledException)
        {
            observer.Warning("There was no time to write down that the deployment was stopped; its record says that it runs.");
        }
    }

    private Task CloseInterruptedAsync(DeploymentRecord next, CancellationToken cancellationToken) =>
        TryAsync("Earlier deployments could not be looked at", async () =>
        {
            foreach (DeploymentRecord dead in (await _journal!.LatestAsync(next.Environment, Interrupted, cancellationToken)).Where(r => r.Outcome == DeploymentOutcome.Running))
            {
                string reason = $"It ended without saying so; deployment {next.Id} went on from there.";
                await _journal.CloseAsync(dead with { Outcome = DeploymentOutcome.Stopped, FailureReason = reason, EndedAt = clock.GetUtcNow() }, cancellationToken);
                observer.Warning($"Deployment {dead.Id} was interrupted; this one goes on from there.");
            }
        }, cancellationToken);

    // The templates, for a way back; and what each stack has now, so that the next plan need not ask for it.
    private async Task KeepAsync(IReadOnlyList<SettledStack> settled, CancellationToken cancellationToken)
    {
        if (state is null || _begun is null) return;
        var archive = new TemplateArchive(state);
        var entries = new Dictionary<string, LedgerEntry>(StringComparer.Ordinal);
        HashSet<string> kept = [];
        await TryAsync("The templates could not be kept, so that there is no way back to this deployment", async () =>
        {
            StackLedger known = await StackLedger.ReadAsync(state, _begun.Environment, cancellationToken);
            foreach (SettledStack stack in settled)
            {
                if (stack.Plan.Survey is not { Template: { Digest: { } digest, Text: { } body } } survey) continue;
                LedgerEntry? noted = known.Stacks.GetValueOrDefault(stack.Plan.Name);
                if (noted?.Template != digest && kept.Add(digest)) await archive.KeepAsync(body, cancellationToken);
                var entry = new LedgerEntry(stack.Now.Id, stack.Now.UpdatedAt ?? stack.Now.CreatedAt, digest, survey.Declared);
                if (noted is null || noted.StackId != entry.StackId || noted.ChangedAt != entry.ChangedAt || noted.Template != digest) entries[stack.Plan.Name] = entry;
            }

            await StackLedger.NoteAsync(state, _begun.Environment, entries, cancellationToken);
        }, cancellationToken);
    }

    private async Task EndAsync(EnvironmentDeployment? deployment, IReadOnlyList<SettledStack> settled, DeploymentOutcome outcome, string? reason, CancellationToken cancellationToken)
    {
        if (_journal is null || _begun is null || _version is null) return;
        Dictionary<string, StackPlan> carriedOut = settled.ToDictionary(s => s.Plan.Name, s => s.Plan, StringComparer.Ordinal);
        Dictionary<string, DeployedStack> begun = _begun.Stacks.ToDictionary(s => s.Name, StringComparer.Ordinal);
        DeploymentRecord ended = _begun with
        {
            EndedAt = clock.GetUtcNow(),
            Outcome = outcome,
            FailureReason = reason,
            Stacks = deployment is null
                ? _begun.Stacks
                : [.. deployment.Stacks.Select(s => carriedOut.TryGetValue(s.Name, out StackPlan? plan)
                    ? Describe(plan, s.StackId, s.Action, s.Status)
                    : begun[s.Name] with { StackId = s.StackId, Action = s.Action, Status = s.Status })],
        };
        await TryAsync(NotRecorded("ended"), () => _journal.EndAsync(ended, _version, cancellationToken), cancellationToken);
    }

    private static DeployedStack Describe(StackPlan plan, string? stackId, StackAction action, string status)
    {
        HashSet<string> hidden = [.. plan.Survey?.Declared.Where(p => p.NoEcho).Select(p => p.Name) ?? []];
        return new DeployedStack(plan.Name, plan.StackName, stackId, action, status)
        {
            TemplateDigest = plan.Survey?.Template.Digest,
            Parameters = [.. plan.Change.Parameters.Where(p => !hidden.Contains(p.Key))],
            HiddenParameters = [.. plan.Change.Parameters.Select(p => p.Key).Where(hidden.Contains), .. plan.Change.KeptParameters],
            Tags = plan.Change.Tags,
            Capabilities = plan.Change.Capabilities,
        };
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
