using Cumulus.Engine.Hosts;

namespace Cumulus.PowerShell;

/// <summary>What the cmdlets that change a host have in common.</summary>
internal static class HostParameters
{
    /// <summary>The folder that stands for the host's root.</summary>
    /// <param name="given">Full path; null: not given.</param>
    public static string? Root(string? given)
    {
        if (given is not null) return given;
        string? variable = Environment.GetEnvironmentVariable("CUMULUS_ROOT");
        return string.IsNullOrEmpty(variable) ? null : variable;
    }

    public static HealthCheck? Health(string? test, int timeoutSec) => test is null ? null : new HealthCheck(test, TimeSpan.FromSeconds(timeoutSec));

    /// <param name="timeoutSec">0: not given.</param>
    public static TimeSpan? Confirmation(int timeoutSec) => timeoutSec == 0 ? null : TimeSpan.FromSeconds(timeoutSec);
}
