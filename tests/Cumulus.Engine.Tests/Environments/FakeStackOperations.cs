using Cumulus.Engine.Aws;

namespace Cumulus.Engine.Tests.Environments;

/// <summary>What goes with a script of stacks: rollbacks, settings, drift.</summary>
public sealed class FakeStackOperations(FakeStackService stacks) : IStackOperations
{
    public List<string> Calls { get; } = [];

    /// <summary>How the next rollback ends, and what fails in it.</summary>
    public string End { get; set; } = "UPDATE_ROLLBACK_COMPLETE";

    public (string LogicalId, string Type, string Status, string? Reason)? Failure { get; set; }

    public IReadOnlyList<string> Skipped { get; private set; } = [];

    public Dictionary<string, string> Policies { get; } = [];

    public List<ResourceDrift> Drifts { get; } = [];

    public Task RollbackAsync(string nameOrId, string token, CancellationToken cancellationToken) => Begin("Rollback", nameOrId, token);

    public Task ContinueRollbackAsync(string nameOrId, IReadOnlyList<string> skip, string token, CancellationToken cancellationToken)
    {
        Skipped = skip;
        return Begin("Continue", nameOrId, token);
    }

    public Task CancelUpdateAsync(string nameOrId, string token, CancellationToken cancellationToken) => Begin("Cancel", nameOrId, token);

    public Task<string?> PolicyAsync(string nameOrId, CancellationToken cancellationToken) => Task.FromResult(Policies.GetValueOrDefault(nameOrId));

    public Task SetPolicyAsync(string nameOrId, string policy, CancellationToken cancellationToken)
    {
        Policies[nameOrId] = policy;
        Calls.Add("SetPolicy");
        return Task.CompletedTask;
    }

    public Task ProtectAsync(string nameOrId, bool isProtected, CancellationToken cancellationToken)
    {
        Calls.Add($"Protect {isProtected}");
        return Task.CompletedTask;
    }

    public Task<string> DetectDriftAsync(string nameOrId, CancellationToken cancellationToken) => Task.FromResult("search");

    public Task<DriftDetection> DriftDetectionAsync(string detectionId, CancellationToken cancellationToken) => Task.FromResult(new DriftDetection("DETECTION_COMPLETE", "DRIFTED", null));

    public Task<IReadOnlyList<ResourceDrift>> DriftsAsync(string nameOrId, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<ResourceDrift>>(Drifts);

    private Task Begin(string verb, string id, string token)
    {
        string name = id.Split('/')[1];
        Calls.Add($"{verb} {name}");
        var step = Failure is { } failure ? new Step(End, failure) : new Step(End);
        stacks[name].Begin(null, "UPDATE_ROLLBACK_IN_PROGRESS", [step], tokens: true, token);
        return Task.CompletedTask;
    }
}
