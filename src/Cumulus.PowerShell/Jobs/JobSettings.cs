namespace Cumulus.PowerShell;

/// <summary>What a job takes along from the session that starts it. Preferences are PowerShell's words.</summary>
internal sealed record JobSettings
{
    public required string CurrentFolder { get; init; }

    public required CumulusSession Session { get; init; }

    /// <summary>Roots of the file system's drives, by name.</summary>
    public required IReadOnlyDictionary<string, string> Drives { get; init; }

    public required string ErrorAction { get; init; }

    public required bool Warnings { get; init; }

    public required bool Information { get; init; }

    public required bool Verbose { get; init; }

    public required bool Debug { get; init; }

    public required bool WhatIf { get; init; }

    /// <summary>As the user gave -Confirm; null: not at all.</summary>
    public required bool? Confirm { get; init; }

    public required string ConfirmPreference { get; init; }
}
