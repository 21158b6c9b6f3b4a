namespace Cumulus.Engine.Bundles;

/// <summary>Words for an archive that is not read.</summary>
internal sealed class ArchiveRefusal(string place)
{
    private const int LongestShownName = 200;

    /// <summary>The archive would do harm.</summary>
    public CumulusException Unsafe(string entry, string reason) =>
        new(ErrorIds.BundleUnsafe, FailureKind.SecurityViolation, $"The archive {place} is refused: its entry '{Shown(entry)}' {reason}.") { Target = place };

    /// <summary>As <see cref="Unsafe(string, string)"/>, for the archive as a whole.</summary>
    public CumulusException Unsafe(string reason) =>
        new(ErrorIds.BundleUnsafe, FailureKind.SecurityViolation, $"The archive {place} is refused: it {reason}.") { Target = place };

    /// <summary>The archive is no archive, damaged, or of a kind that is not read.</summary>
    public CumulusException Invalid(string what, Exception? cause = null, string? advice = null) =>
        new(ErrorIds.BundleInvalid, FailureKind.InvalidInput, $"{place} {what}.", cause) { Target = place, Advice = advice };

    /// <summary>The archive is not what its manifest tells.</summary>
    public CumulusException Mismatch(string what) =>
        new(ErrorIds.BundleDigestMismatch, FailureKind.SecurityViolation, $"{place} {what}.") { Target = place, Advice = "Build or publish the bundle again." };

    /// <summary>A name from an archive, fit for a terminal.</summary>
    public static string Shown(string name)
    {
        string text = name.Length > LongestShownName ? name[..LongestShownName] + "..." : name;
        return string.Concat(text.Select(c => char.IsControl(c) ? '?' : c));
    }
}
