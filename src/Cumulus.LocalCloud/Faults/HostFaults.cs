using Cumulus.LocalCloud.Fleet;

namespace Cumulus.LocalCloud.Faults;

/// <summary>Lets the faults that are set happen to hosts: each host meets each fault once, and what was decided then holds until the fault is removed.</summary>
internal sealed class HostFaults(FaultSchedule faults, TimeProvider time) : IHostFaults
{
    public bool NeverBoots(Host host) => Find(host, HostFaultKind.NeverBoots) is not null;

    public TimeSpan? DiesAfter(Host host) => Find(host, HostFaultKind.Dies)?.Delay;

    public bool IsCutOff(Host host) => Find(host, HostFaultKind.LosesNetwork) is { } fault && time.GetUtcNow() >= host.MadeAt + fault.Delay;

    public bool FailsHealthCheck(Host host, string targetGroup) => Find(host, HostFaultKind.StaysUnhealthy) is not null;

    private HostFault? Find(Host host, HostFaultKind kind) => faults.HoldingFor<HostFault>(host.Id, fault =>
        fault.Kind == kind && FaultSchedule.Fits(fault.InstanceId, host.Id) && FaultSchedule.Fits(fault.AutoScalingGroup, host.AutoScalingGroup ?? ""));
}
