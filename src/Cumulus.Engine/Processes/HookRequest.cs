namespace Cumulus.Engine.Processes;

/// <summary>A shell command of the configuration, run at one point of the work.</summary>
public sealed record HookRequest
{
    /// <summary>The option's name, such as <c>pre-bundle-hook</c>; it stands in errors.</summary>
    public required string Name { get; init; }

    /// <summary>The command as it is configured.</summary>
    public required string Command { get; init; }

    /// <summary>The folder of the configuration file.</summary>
    public required string WorkingDirectory { get; init; }

    /// <summary>Becomes <c>CUMULUS_ENVIRONMENT</c>, and so on (D-39); what is null is not set.</summary>
    public string? Environment { get; init; }

    public string? Version { get; init; }

    public string? Bundle { get; init; }

    /// <summary>Further variables.</summary>
    public IReadOnlyDictionary<string, string?> Variables { get; init; } = new Dictionary<string, string?>();

    public TimeSpan TimeLimit { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>Gets each line that the hook writes, on some other thread.</summary>
    public Action<string>? OnLine { get; init; }
}
