using Cumulus.Console.CommandLine;

namespace Cumulus.Console.Binding;

/// <summary>What shall happen when an error, a warning or an information comes.</summary>
public enum StreamAction
{
    Continue,
    SilentlyContinue,
    Ignore,
    Stop,
}

/// <summary>The parameters that every cmdlet has.</summary>
internal sealed record CommonParameters
{
    private static readonly Dictionary<string, string> Aliases = new(StringComparer.OrdinalIgnoreCase)
    {
        ["vb"] = "Verbose",
        ["db"] = "Debug",
        ["ea"] = "ErrorAction",
        ["wa"] = "WarningAction",
        ["infa"] = "InformationAction",
        ["proga"] = "ProgressAction",
        ["wi"] = "WhatIf",
        ["cf"] = "Confirm",
        ["ev"] = "ErrorVariable",
        ["wv"] = "WarningVariable",
        ["iv"] = "InformationVariable",
        ["ov"] = "OutVariable",
        ["ob"] = "OutBuffer",
        ["pv"] = "PipelineVariable",
    };

    private static readonly string[] Always =
        ["Verbose", "Debug", "ErrorAction", "WarningAction", "InformationAction", "ProgressAction", .. OnlyInPowerShell];

    private static string[] OnlyInPowerShell =>
        ["ErrorVariable", "WarningVariable", "InformationVariable", "OutVariable", "OutBuffer", "PipelineVariable"];

    public bool Verbose { get; init; }

    public bool Debug { get; init; }

    /// <summary>Null when the cmdlet was told nothing: the caller's preference counts.</summary>
    public StreamAction? ErrorAction { get; init; }

    public StreamAction WarningAction { get; init; } = StreamAction.Continue;

    public StreamAction InformationAction { get; init; } = StreamAction.SilentlyContinue;

    public StreamAction ProgressAction { get; init; } = StreamAction.Continue;

    public bool WhatIf { get; init; }

    /// <summary>Null when nothing was said: the cmdlet's impact decides.</summary>
    public bool? Confirm { get; init; }

    public static IEnumerable<string> Names(bool supportsShouldProcess) =>
        supportsShouldProcess ? Always.Concat(["WhatIf", "Confirm"]) : Always;

    /// <returns>The full name; null when the word is neither a name nor an alias of a common parameter.</returns>
    public static string? Exact(string typed, bool supportsShouldProcess)
    {
        string name = Aliases.GetValueOrDefault(typed, typed);
        return Names(supportsShouldProcess).FirstOrDefault(n => n.Equals(name, StringComparison.OrdinalIgnoreCase));
    }

    public static bool IsSwitch(string name) => name is "Verbose" or "Debug" or "WhatIf" or "Confirm";

    /// <exception cref="ValueException">The value does not fit, or the parameter has no meaning without variables.</exception>
    public CommonParameters With(string name, Argument? value)
    {
        return name switch
        {
            "Verbose" => this with { Verbose = Truth(value) },
            "Debug" => this with { Debug = Truth(value) },
            "WhatIf" => this with { WhatIf = Truth(value) },
            "Confirm" => this with { Confirm = Truth(value) },
            "ErrorAction" => this with { ErrorAction = Action(value) },
            "WarningAction" => this with { WarningAction = Action(value) },
            "InformationAction" => this with { InformationAction = Action(value) },
            "ProgressAction" => this with { ProgressAction = Action(value) },
            _ => throw new ValueException("there are no variables here; this works in PowerShell only"),
        };
    }

    /// <exception cref="ValueException">The parameter has no meaning without variables.</exception>
    public static void CheckAvailable(string name)
    {
        if (OnlyInPowerShell.Contains(name))
        {
            throw new ValueException("there are no variables here; this works in PowerShell only");
        }
    }

    private static bool Truth(Argument? value) => value is null || (bool)ValueConverter.Convert(value, typeof(bool))!;

    private static StreamAction Action(Argument? value) => (StreamAction)ValueConverter.Convert(value!, typeof(StreamAction))!;
}
