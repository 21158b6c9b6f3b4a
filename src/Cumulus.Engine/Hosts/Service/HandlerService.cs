namespace Cumulus.Engine.Hosts.Service;

/// <summary>How a host runs the handler by itself.</summary>
public sealed record HandlerService
{
    /// <summary>Of the unit, of the task, and of the log lines.</summary>
    public const string Name = "cumulus-bundle-handler";

    /// <summary>Program and arguments, as they are on the host.</summary>
    public required IReadOnlyList<string> Command { get; init; }

    /// <summary>Why it is this program, as a sentence: a line of the file, for whoever wonders.</summary>
    public required string Reason { get; init; }

    /// <summary>One process that stays and looks by itself; else one that is started at boot and at each interval.</summary>
    public required bool Watch { get; init; }

    public required TimeSpan Interval { get; init; }

    /// <summary>How much later than that a start may be, at random. Not for a process that stays, which spreads by itself.</summary>
    public required TimeSpan Spread { get; init; }

    /// <summary>First lines of each file.</summary>
    internal static string Mark => $"Written by Register-BundleHandler of {Bundles.BundleBuilder.Tool}; Unregister-BundleHandler removes it.";

    /// <exception cref="CumulusException"><see cref="ErrorIds.HandlerRegistrationFailed"/>: a word of the command that neither system can take.</exception>
    internal void Require()
    {
        if (Command.Append(Reason).FirstOrDefault(w => w.Any(char.IsControl)) is { } word)
        {
            throw new CumulusException(ErrorIds.HandlerRegistrationFailed, FailureKind.InvalidInput, $"'{new string([.. word.Select(c => char.IsControl(c) ? '?' : c)])}' holds a control character and cannot be part of a service's command.") { Target = word };
        }
    }
}

/// <summary>What makes a service: pure data.</summary>
/// <param name="Start">Commands that let the system know of what is new, and start it.</param>
/// <param name="Ensure">Commands that start it where nothing is new: what runs is not disturbed.</param>
/// <param name="Stop">Commands that stop it, before the files go.</param>
/// <param name="Forget">Commands that let the system know, after the files have gone.</param>
public sealed record ServicePlan(
    IReadOnlyList<ServiceFile> Files,
    IReadOnlyList<IReadOnlyList<string>> Start,
    IReadOnlyList<IReadOnlyList<string>> Ensure,
    IReadOnlyList<IReadOnlyList<string>> Stop,
    IReadOnlyList<IReadOnlyList<string>> Forget);

/// <param name="Path">Host path.</param>
/// <param name="Text">Of a file.</param>
/// <param name="LinkTarget">Of a link; then there is no text.</param>
public sealed record ServiceFile(string Path, string Text, string? LinkTarget = null)
{
    /// <summary>Windows' task scheduler reads its own encoding.</summary>
    public bool Utf16 { get; init; }
}
