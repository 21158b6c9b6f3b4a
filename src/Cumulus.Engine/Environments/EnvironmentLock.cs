using Cumulus.Engine.Aws;
using Cumulus.Engine.Configuration;
using Cumulus.Engine.State;

namespace Cumulus.Engine.Environments;

/// <summary>Keeps two from working on one environment at once: a lease in the state that the team shares, which runs out when its holder dies.</summary>
/// <param name="duration">How long it holds without renewal.</param>
public sealed class EnvironmentLock(IStateStore state, TimeSpan duration, TimeProvider clock)
{
    private readonly LeaseStore _leases = new(state, clock);

    /// <summary>For commands: the usual duration.</summary>
    public static EnvironmentLock In(IStateStore state) => new(state, TimeSpan.FromMinutes(1), TimeProvider.System);

    /// <summary>Waits for whoever has the environment, or tells who it is.</summary>
    /// <exception cref="CumulusException"><see cref="ErrorIds.EnvironmentBusy"/>, and those of <see cref="LeaseStore"/>.</exception>
    public async Task<EnvironmentHold> TakeAsync(EnvironmentDefinition environment, EnvironmentRequest request, WaitLimit limit, IDeploymentObserver observer, CancellationToken cancellationToken)
    {
        string holder = $"{request.Origin?.ToString() ?? "somebody"}, operation {request.OperationId}, since {clock.GetUtcNow().UtcDateTime:yyyy-MM-dd HH:mm} UTC";
        var pace = new PollPace();
        bool told = false;
        while (true)
        {
            if (await _leases.TryTakeAsync(Name(environment.Name), holder, duration, observer.Warning, cancellationToken) is { } lease)
            {
                return new EnvironmentHold(lease, cancellationToken);
            }

            string who = (await _leases.FindAsync(Name(environment.Name), cancellationToken))?.Holder ?? "nobody any more";
            if (!request.WaitIfBusy || limit.Reached) throw Busy(environment.Name, who);
            if (!told) observer.Warning($"Environment '{environment.Name}' is being worked on by {who}; waiting for that to end.");
            told = true;
            await limit.PauseAsync(pace.AfterSuccess(), cancellationToken);
        }
    }

    /// <summary>Who works on the environment; null: nobody.</summary>
    public Task<LeaseRecord?> FindAsync(string environment, CancellationToken cancellationToken) => _leases.FindAsync(Name(environment), cancellationToken);

    /// <summary>Takes the environment away from whoever has it. The holder finds out within seconds and stops.</summary>
    /// <returns>Whose it was; null when nobody had it.</returns>
    public Task<LeaseRecord?> BreakAsync(string environment, CancellationToken cancellationToken) => _leases.BreakAsync(Name(environment), cancellationToken);

    internal static CumulusException Lost(string environment) =>
        new(ErrorIds.EnvironmentBusy, FailureKind.Conflict, $"Somebody else took over environment '{environment}', so this deployment stopped. What runs in CloudFormation goes on.")
        { Target = environment, Advice = $"See who it was with Get-EnvironmentDeployment {environment}; then deploy again." };

    private static string Name(string environment) => $"environments/{environment}";

    private static CumulusException Busy(string environment, string who) =>
        new(ErrorIds.EnvironmentBusy, FailureKind.Conflict, $"Environment '{environment}' is being worked on by {who}. Nothing was changed.")
        {
            Target = environment,
            Advice = $"Wait until that has ended (-IfBusy Wait does); if it is dead, the environment is free a minute later, or at once with Unlock-Environment {environment}.",
        };
}

/// <summary>An environment that is held.</summary>
public sealed class EnvironmentHold : IAsyncDisposable
{
    private readonly Lease _lease;
    private readonly CancellationTokenSource _either;

    internal EnvironmentHold(Lease lease, CancellationToken cancellationToken)
    {
        _lease = lease;
        _either = CancellationTokenSource.CreateLinkedTokenSource(lease.Lost, cancellationToken);
    }

    /// <summary>Set when the work has to end: the caller wants it, or the environment is another's by now.</summary>
    public CancellationToken Token => _either.Token;

    public bool IsLost => _lease.Lost.IsCancellationRequested;

    public async ValueTask DisposeAsync()
    {
        await _lease.DisposeAsync();
        _either.Dispose();
    }
}
