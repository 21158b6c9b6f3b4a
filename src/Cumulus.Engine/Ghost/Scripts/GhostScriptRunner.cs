using Cumulus.Engine.Aws;
using Cumulus.Engine.Ghost.Deployments;
using Cumulus.Engine.Ghost.Rollouts;
using Cumulus.Engine.Jobs;

namespace Cumulus.Engine.Ghost.Scripts;

/// <summary>A script for the hosts of an application.</summary>
public sealed record GhostScriptRequest
{
    public required GhostApplication Application { get; init; }

    public required string Script { get; init; }

    /// <summary>Its path is where the script runs, its user who runs it; null: the temporary folder and root.</summary>
    public string? Module { get; init; }

    /// <summary>Only this host; null: all of the application.</summary>
    public string? InstanceId { get; init; }

    public required RolloutStrategy Strategy { get; init; }

    /// <summary>On each host.</summary>
    public TimeSpan TimeLimit { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>Bucket for what hosts write beyond what SSM keeps.</summary>
    public string? OutputBucket { get; init; }

    public required string User { get; init; }
}

/// <summary>What a script did on one host.</summary>
/// <param name="Status">SSM's word, or NotStarted for a host of a group after the one that failed.</param>
/// <param name="Output">The last lines; the job's log has all.</param>
public sealed record GhostScriptResult(string InstanceId, int Group, string Status, int? ExitCode, IReadOnlyList<string> Output);

/// <summary>Runs scripts on hosts, group after group; the first group with a failure is the last one. Hosts stay in their load balancers.</summary>
public sealed class GhostScriptRunner(IApplicationFleet fleet, IHostCommands commands, IObjectStore? objects, TimeProvider clock)
{
    public const string NotStarted = "NotStarted";

    /// <exception cref="CumulusException"><see cref="ErrorIds.ModuleNotFound"/>, <see cref="ErrorIds.HostsNotFound"/>, <see cref="ErrorIds.HostsUnreachable"/>; nothing ran then.</exception>
    public async Task<IReadOnlyList<GhostScriptResult>> RunAsync(GhostScriptRequest request, RunningJob job)
    {
        HostScript script = ScriptOf(request);
        FleetSurvey survey = await FleetSurvey.ReadAsync(fleet, request.Application, job.Stop);
        RolloutHost[] hosts = [.. survey.Hosts.Where(h => request.InstanceId is null || h.InstanceId == request.InstanceId)];
        if (hosts.Length == 0 && request.InstanceId is { } id)
        {
            throw new JobAbortedException(ErrorIds.HostsNotFound, FailureKind.NotFound, $"{id} is no running host of {request.Application.Key}.") { Target = id, Advice = "The tags app, env, role and color have to be those of the application." };
        }

        RolloutPlan plan = RolloutPlanner.Plan(hosts, request.Strategy, behindBalancer: false);
        var scripts = new HostScripts(commands, objects, clock, (host, line) => job.Log.Info($"{host}: {line}"));
        var results = new List<GhostScriptResult>();
        bool stopped = false;
        foreach (RolloutGroup group in plan.Groups)
        {
            if (stopped)
            {
                results.AddRange(group.Hosts.Select(h => new GhostScriptResult(h.InstanceId, group.Number, NotStarted, null, [])));
                continue;
            }

            IReadOnlyList<HostOutcome> outcomes = await scripts.RunAsync([.. group.Hosts.Select(h => (h.InstanceId, h.Platform))], script, job.Stop);
            results.AddRange(outcomes.Select(o => new GhostScriptResult(o.InstanceId, group.Number, o.Status, o.ExitCode, o.LastLines)));
            stopped = outcomes.Any(o => !o.Succeeded);
            job.Log.Info($"group {group.Number} of {plan.Groups.Count}  [{group.Hosts.Count} hosts]  {outcomes.Count(o => o.Succeeded)} succeeded");
            if (!stopped && group.WaitAfter > TimeSpan.Zero) await Task.Delay(group.WaitAfter, clock, job.Stop);
        }

        job.Message = $"{results.Count(r => r.Status == "Success")} of {results.Count} hosts.";
        return results;
    }

    /// <summary>The error for the first host that failed; null when none did.</summary>
    public static CumulusException? Failure(ApplicationKey application, IReadOnlyList<GhostScriptResult> results)
    {
        GhostScriptResult? first = results.FirstOrDefault(r => r.Status is not ("Success" or NotStarted));
        if (first is null) return null;
        string how = first.ExitCode is { } code ? $"exit code {code}" : first.Status;
        string output = first.Output.Count == 0 ? "" : $": {string.Join(" | ", first.Output)}";
        return new CumulusException(ErrorIds.RolloutFailed, FailureKind.OperationFailed, $"The script failed on {results.Count(r => r.Status is not ("Success" or NotStarted))} of {results.Count} hosts of {application}. First {first.InstanceId}, {how}{output}")
        {
            Target = first.InstanceId,
        };
    }

    private static HostScript ScriptOf(GhostScriptRequest request)
    {
        if (string.IsNullOrWhiteSpace(request.Script)) throw new JobAbortedException(ErrorIds.ModuleScriptFailed, FailureKind.InvalidInput, "The script is empty.");
        GhostApplication application = request.Application;
        GhostModule? module = request.Module is null ? null : application.Modules.FirstOrDefault(m => m.Name == request.Module)
            ?? throw new JobAbortedException(ErrorIds.ModuleNotFound, FailureKind.NotFound, $"{application.Key} has no module '{request.Module}', so nothing was run.") { Target = request.Module };
        Dictionary<string, string> variables = application.EnvVars.Where(v => v.Value is not null).ToDictionary(v => v.Key, v => v.Value!);
        variables["GHOST_APP"] = application.Name;
        variables["GHOST_ENV"] = application.Env;
        variables["GHOST_ROLE"] = application.Role;
        variables["GHOST_ENV_COLOR"] = application.Key.Colour ?? "";
        if (module is not null)
        {
            variables["GHOST_MODULE_NAME"] = module.Name;
            variables["GHOST_MODULE_PATH"] = module.Path;
            variables["GHOST_MODULE_USER"] = request.User;
        }

        return new HostScript
        {
            Lines = platform => HostScriptText.Lines(platform, request.Script, module?.Path, variables, module?.Uid, module?.Gid),
            Comment = $"Cumulus: script on {application.Key}",
            TimeLimit = request.TimeLimit,
            OutputBucket = request.OutputBucket,
        };
    }
}
