namespace Cumulus.LocalCloud.AutoScaling;

/// <summary>A hook that an instance waits for.</summary>
/// <param name="Token">By which the waiting may be ended.</param>
/// <param name="Latest">No heartbeat moves the deadline beyond this.</param>
internal sealed record LifecycleAction(string HookName, string Token, string DefaultResult, TimeSpan HeartbeatTimeout, DateTimeOffset Deadline, DateTimeOffset Latest)
{
    public LifecycleAction Beat(DateTimeOffset now) => this with { Deadline = now + HeartbeatTimeout < Latest ? now + HeartbeatTimeout : Latest };
}
