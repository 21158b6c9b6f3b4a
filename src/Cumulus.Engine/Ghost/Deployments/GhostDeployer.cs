using Cumulus.Engine.Aws;
using Cumulus.Engine.Bundles;
using Cumulus.Engine.Ghost.Modules;
using Cumulus.Engine.Ghost.Rollouts;
using Cumulus.Engine.Jobs;
using Cumulus.Engine.State;

namespace Cumulus.Engine.Ghost.Deployments;

/// <summary>
/// Deploys modules of an application: packages, record, roll-out, and then the manifest, which what boots from now on installs. A roll-out that fails is taken back on every host that
/// moved, and the manifest stays as it was (G-08, G-10).
/// </summary>
public sealed class GhostDeployer(IStateStore state, IObjectStore objects, IApplicationFleet fleet, IHostCommands commands, ModulePackager packager, TimeProvider clock)
{
    // What has to be put in order after a stop gets a time of its own.
    private static readonly TimeSpan EndLimit = TimeSpan.FromMinutes(5);

    private readonly ManifestStore _manifests = new(state, objects, clock);
    private readonly GhostDeploymentStore _records = new(state);
    private readonly RolloutJournalStore _journals = new(state);

    /// <summary>What <see cref="DeployAsync"/> would do: revisions, commits since the last deployment, groups of hosts. Nothing changes but the mirrors of git.</summary>
    /// <exception cref="CumulusException">As <see cref="DeployAsync"/>, as far as it goes before the first change.</exception>
    public async Task<DeployPlan> PlanAsync(DeployRequest request, CancellationToken cancellationToken)
    {
        GhostApplication application = request.Application.Definition;
        using var modules = new DeploymentModules(request, packager, objects, _ => { });
        ApplicationManifest manifest = await _manifests.ReadAsync(application.Key.Path, cancellationToken);
        IReadOnlyList<PlannedModule> planned = await modules.PlanAsync(manifest, cancellationToken);
        var survey = await FleetSurvey.ReadAsync(fleet, application, cancellationToken);
        return new DeployPlan { Application = application.Key.Path, Modules = planned, Rollout = survey.Hosts.Count == 0 ? null : survey.Plan(request.Strategy, request.Floor) };
    }

    /// <summary>Runs as <paramref name="job"/>. What an interrupted roll-out of the application left is put in order first.</summary>
    /// <exception cref="CumulusException">
    /// Before the first change: <see cref="ErrorIds.ModuleNotFound"/>, <see cref="ErrorIds.HostsUnreachable"/>, <see cref="ErrorIds.CapacityTooLow"/>, and what <see cref="ModulePackager"/> names.
    /// Afterwards <see cref="ErrorIds.RolloutFailed"/>, <see cref="ErrorIds.InvariantBroken"/>, <see cref="ErrorIds.ApplicationManifestChanged"/>: everything that moved is back, unless the message says what is not.
    /// <see cref="ErrorIds.ModuleScriptFailed"/> of an <c>after_all_deploy</c>: the deployment stands.
    /// </exception>
    public async Task<GhostDeployment> DeployAsync(DeployRequest request, RunningJob job)
    {
        GhostApplication application = request.Application.Definition;
        string key = application.Key.Path;
        await ResumeAsync(application, request, job);
        using var modules = new DeploymentModules(request, packager, objects, job.Log.Info);
        (FleetSurvey survey, RolloutPlan? plan) = await ConditionsAsync(request, modules, job);
        ApplicationManifest manifest = await _manifests.ReadAsync(key, job.Stop);
        string id = GhostDeploymentStore.NewId(clock.GetUtcNow());
        IReadOnlyList<ManifestModule> packages = await modules.MakeAsync(manifest, id, job.Stop);
        var record = new GhostDeployment
        {
            Id = id,
            Application = key,
            RollbackTo = request.RollbackTo?.Id,
            Modules = [.. packages.Select(p => new DeployedModule(p, manifest.Find(p.Name)))],
            Strategy = request.Strategy.Text,
            StartedAt = clock.GetUtcNow(),
            Outcome = GhostDeploymentOutcome.Running,
            By = request.User,
            JobId = job.Id,
            Hosts = survey.Hosts.Count,
            Tool = BundleBuilder.Tool,
        };
        string version = await _records.BeginAsync(record, job.Stop);
        job.SetResult("deployment", id);
        if (plan is null) job.Log.Warning($"{key} has no running instance: those that boot from now on install the new packages.");
        var runner = Runner(survey, request.Settings, job);
        var work = Work(request, id, packages, job);
        try
        {
            if (plan is not null)
            {
                await runner.BeginAsync(JournalOf(record, plan, job.Id), job.Stop);
                await runner.RunAsync(work, job.Stop);
                await runner.AcceptAsync(job.Stop);
            }

            await _manifests.ChangeAsync(manifest, packages, [.. application.Modules.Select(m => m.Name)], request.User, job.Stop);
        }
        catch (Exception failure) when (!job.IsTurnLost)
        {
            throw await TakeBackAsync(record, version, runner, work, request.Settings, job, failure);
        }

        record = record with { EndedAt = clock.GetUtcNow(), Outcome = GhostDeploymentOutcome.Succeeded };
        version = await FinishAsync(record, version, runner);
        await AfterAsync(request, modules, record, version, packages, job);
        job.Message = $"{string.Join(", ", packages.Select(p => $"{p.Name} {p.Version}"))}: deployment {id}, {survey.Hosts.Count} hosts.";
        return record;
    }

    /// <summary>Puts in order what an interrupted roll-out of the application left: finishes it where all hosts had accepted, else takes it back. Any machine can do it.</summary>
    /// <returns>The deployment that was interrupted, as it ended; null: there was none.</returns>
    /// <exception cref="CumulusException"><see cref="ErrorIds.RolloutFailed"/>: not everything could be taken back; the journal stays.</exception>
    public async Task<GhostDeployment?> ResumeAsync(GhostApplication application, DeployRequest request, RunningJob job)
    {
        if (await _journals.FindAsync(application.Key.Path, job.Stop) is not var (journal, version)) return null;
        job.Log.Warning($"The roll-out of deployment {journal.Deployment} was interrupted; it is {(journal.Accepted ? "finished" : "taken back")} first.");
        FleetSurvey survey = await FleetSurvey.ReadAsync(fleet, application, job.Stop);
        RolloutRunner runner = Runner(survey with { ScalingGroups = [.. survey.ScalingGroups.Union(journal.SuspendedBefore.Keys)] }, request.Settings, job);
        runner.Resume(journal, version);
        var found = await _records.FindAsync(application.Key.Path, journal.Deployment, job.Stop);
        GhostDeployment? record = found?.Deployment;
        if (journal.Accepted && record is not null)
        {
            ManifestModule[] packages = [.. record.Modules.Select(m => m.Package)];
            var from = new ApplicationManifest { Application = record.Application, Modules = [.. record.Modules.Select(m => m.From).OfType<ManifestModule>()] };
            await _manifests.ChangeAsync(from, packages, [.. application.Modules.Select(m => m.Name)], record.By, job.Stop);
            record = record with { EndedAt = clock.GetUtcNow(), Outcome = GhostDeploymentOutcome.Succeeded };
            await FinishAsync(record, found!.Value.Version, runner);
            return record;
        }

        var work = new ModuleWork(Scripts(job), journal.Deployment, journal.Modules, null, request.HostTimeLimit, request.Bucket);
        IReadOnlyList<string> left = await runner.TakeBackAsync(work, job.Stop);
        await runner.EndAsync(keepJournal: left.Count > 0, job.Stop);
        if (record is not null)
        {
            record = record with { EndedAt = clock.GetUtcNow(), Outcome = left.Count == 0 ? GhostDeploymentOutcome.TakenBack : GhostDeploymentOutcome.Failed, FailureReason = "It was interrupted." };
            await _records.EndAsync(record, found!.Value.Version, job.Stop);
        }

        if (left.Count == 0) return record;
        throw new CumulusException(ErrorIds.RolloutFailed, FailureKind.OperationFailed, $"The interrupted deployment {journal.Deployment} could not be taken back everywhere: {string.Join(" ", left)}")
        {
            Target = journal.Deployment,
            Advice = "Put the hosts right, or terminate them, and run Resume-GhostJob again.",
        };
    }

    // What is not met here aborts the job: nothing was changed.
    private async Task<(FleetSurvey Survey, RolloutPlan? Plan)> ConditionsAsync(DeployRequest request, DeploymentModules modules, RunningJob job)
    {
        try
        {
            modules.Chosen();
            FleetSurvey survey = await FleetSurvey.ReadAsync(fleet, request.Application.Definition, job.Stop);
            survey = await survey.WaitForPendingAsync(fleet, request.Settings, clock, job.Log.Info, job.Stop);
            return (survey, survey.Hosts.Count == 0 ? null : survey.Plan(request.Strategy, request.Floor));
        }
        catch (CumulusException e)
        {
            throw new JobAbortedException(e.ErrorId, e.Kind, e.Message, e) { Target = e.Target, Advice = e.Advice };
        }
    }

    private async Task<Exception> TakeBackAsync(GhostDeployment record, string version, RolloutRunner runner, ModuleWork work, RolloutSettings settings, RunningJob job, Exception failure)
    {
        job.Log.Error(failure is OperationCanceledException ? "The deployment was stopped." : failure.Message);
        using var limit = new CancellationTokenSource(settings.TakeBackLimit, clock);
        IReadOnlyList<string> left = [];
        int moved = runner.Journal?.Groups.Where(g => g.IsTouched).Sum(g => g.Hosts.Count) ?? 0;
        if (runner.Journal is not null)
        {
            job.Log.Info($"going back: {moved} hosts to what they had");
            left = await runner.TakeBackAsync(work, limit.Token);
            await runner.EndAsync(keepJournal: left.Count > 0, limit.Token);
        }

        string outcome = left.Count == 0 ? $"{moved} hosts went back to what they had; the manifest is untouched." : $"Not everything could be taken back: {string.Join(" ", left)}";
        job.Log.Info(outcome);
        await _records.EndAsync(
            record with
            {
                EndedAt = clock.GetUtcNow(),
                Outcome = left.Count == 0 ? GhostDeploymentOutcome.TakenBack : GhostDeploymentOutcome.Failed,
                FailureReason = failure is OperationCanceledException ? "It was stopped." : new SecretRedaction([]).Clean(failure.Message),
            },
            version,
            limit.Token);
        if (failure is not CumulusException known) return failure;
        return new CumulusException(known.ErrorId, known.Kind, $"Deployment {record.Id} of {record.Application} failed: {known.Message.TrimEnd('.')}. {outcome}", known)
        {
            Target = known.Target,
            Advice = left.Count == 0 ? known.Advice : $"Resume-GhostJob {job.Id} tries the rest again.",
        };
    }

    private async Task<string> FinishAsync(GhostDeployment record, string version, RolloutRunner runner)
    {
        using var limit = new CancellationTokenSource(EndLimit, clock);
        await runner.EndAsync(keepJournal: false, limit.Token);
        return await _records.EndAsync(record, version, limit.Token);
    }

    private async Task AfterAsync(DeployRequest request, DeploymentModules modules, GhostDeployment record, string version, IReadOnlyList<ManifestModule> packages, RunningJob job)
    {
        var effects = new EffectStore(state, clock);
        foreach (ManifestModule package in packages.Where(_ => request.RollbackTo is null))
        {
            await effects.WriteAsync(request.Application, EffectArea.Module, package.Name, request.User, job.Id, new Dictionary<string, string> { ["version"] = package.Version }, job.Stop);
        }

        try
        {
            await modules.AfterAllAsync(packages, job.Stop);
        }
        catch (CumulusException e)
        {
            await _records.EndAsync(record with { FailureReason = e.Message }, version, job.Stop);
            throw new CumulusException(e.ErrorId, e.Kind, $"{e.Message.TrimEnd('.')}. Deployment {record.Id} stands: all hosts have it.", e) { Target = e.Target, Advice = "Put the script right, and deploy again." };
        }
    }

    private RolloutRunner Runner(FleetSurvey survey, RolloutSettings settings, RunningJob job) =>
        new(fleet, _journals, new BalancerDoor(fleet, survey.Balancers, settings, clock, job.Log.Info), survey.ScalingGroups, settings, clock, job.Log.Info);

    private ModuleWork Work(DeployRequest request, string id, IReadOnlyList<ManifestModule> packages, RunningJob job)
    {
        var install = new HostScript
        {
            Lines = platform => ModuleCommand.Install(platform, packages, id, request.User, request.HealthCheck, request.KeepVersions),
            Comment = $"Cumulus: {request.Application.Definition.Key} {id}",
            TimeLimit = request.HostTimeLimit,
            OutputBucket = request.Bucket,
        };
        return new ModuleWork(Scripts(job), id, [.. packages.Select(p => p.Name)], install, request.HostTimeLimit, request.Bucket);
    }

    private HostScripts Scripts(RunningJob job) => new(commands, objects, clock, (host, line) => job.Log.Info($"{host}: {line}"));

    private static RolloutJournal JournalOf(GhostDeployment record, RolloutPlan plan, string job) => new()
    {
        Application = record.Application,
        Deployment = record.Id,
        Job = job,
        StartedAt = record.StartedAt,
        Strategy = plan.Strategy.Text,
        Modules = [.. record.Modules.Select(m => m.Package.Name)],
        Floor = plan.Floor,
        Groups = [.. plan.Groups.Select(g => new JournalGroup(g.Number, GroupPhase.Waiting, [.. g.Hosts.Select(h => new JournalHost(h.InstanceId, h.Platform, []))], g.WaitAfter))],
    };
}
