namespace Cumulus.LocalCloud.Fleet;

/// <summary>
/// What is made to go wrong with hosts. The fleet asks at each point where something may; <see cref="None"/> lets all go well. An implementation is quick and throws nothing.
/// </summary>
internal interface IHostFaults
{
    public static readonly IHostFaults None = new NoFaults();

    /// <summary>Asked once when a host is made: true leaves it without processes for ever, so that it stays booting, takes no command and serves nothing.</summary>
    bool NeverBoots(Host host);

    /// <summary>Asked whenever hosts are compared with instances: this long after the first answer the host dies, with its instance stopped in EC2. Null: it lives.</summary>
    TimeSpan? DiesAfter(Host host);

    /// <summary>Asked at each delivery: true while health checks, commands and the metadata service do not reach the host.</summary>
    bool IsCutOff(Host host);

    /// <summary>Asked at each health check of a load balancer: true fails it whatever the host answers.</summary>
    /// <param name="targetGroup">ARN of the target group, or name of the classic load balancer.</param>
    bool FailsHealthCheck(Host host, string targetGroup);

    private sealed class NoFaults : IHostFaults
    {
        public bool NeverBoots(Host host) => false;

        public TimeSpan? DiesAfter(Host host) => null;

        public bool IsCutOff(Host host) => false;

        public bool FailsHealthCheck(Host host, string targetGroup) => false;
    }
}
