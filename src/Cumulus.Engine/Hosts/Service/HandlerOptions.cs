using Cumulus.Engine.Aws;

namespace Cumulus.Engine.Hosts.Service;

/// <summary>How a host installs beside others of its fleet.</summary>
public sealed record HandlerOptions
{
    /// <summary>A change of version waits for a random time up to this, so that a fleet does not move at once; zero: none.</summary>
    public TimeSpan Spread { get; init; }

    /// <summary>How many hosts of the environment change at the same time; null: any number.</summary>
    public int? MaximumConcurrent { get; init; }

    /// <summary>How long to wait for the turn.</summary>
    public TimeSpan TurnLimit { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Whether each run leaves a report in the shared state.</summary>
    public bool Report { get; init; } = true;

    public HostSignals Signals { get; init; } = new();
}

/// <summary>Who waits for the host's word.</summary>
public sealed record HostSignals
{
    /// <summary>Name or id of the stack, with <see cref="Resource"/>; null: no stack.</summary>
    public string? Stack { get; init; }

    /// <summary>Logical id of the resource.</summary>
    public string? Resource { get; init; }

    /// <summary>Auto scaling group, with <see cref="LifecycleHook"/>; null: none.</summary>
    public string? Group { get; init; }

    public string? LifecycleHook { get; init; }

    public bool IsNone => Stack is null && Group is null;

    /// <exception cref="CumulusException"><see cref="ErrorIds.SignalIncomplete"/>: one of a pair is missing.</exception>
    public void Require()
    {
        if ((Stack is null) != (Resource is null)) throw Incomplete("-SignalStack and -SignalResource");
        if ((Group is null) != (LifecycleHook is null)) throw Incomplete("-LifecycleGroup and -LifecycleHook");
    }

    private static CumulusException Incomplete(string pair) =>
        new(ErrorIds.SignalIncomplete, FailureKind.InvalidInput, $"{pair} belong together; one of them is missing.");
}

/// <summary>Who this host is, and whom it talks to.</summary>
/// <param name="Name">Of the machine.</param>
/// <param name="InstanceId">Asks for the instance id; null for none.</param>
/// <param name="State">Shared state; null: there is none, and so no report and no turns.</param>
/// <param name="Signals">Null: nobody can be signalled.</param>
public sealed record HandlerSurroundings(string Name, Func<CancellationToken, Task<string?>> InstanceId, State.IStateStore? State, IHostSignals? Signals);
