namespace Cumulus.Engine.Tests.Support;

/// <summary>What a test needs of the machine it runs on: one of these words, or the name of a program.</summary>
public static class Need
{
    public const string Unix = "a Unix system";
    public const string Statx = "Linux' statx";

    /// <summary>root may read every folder.</summary>
    public const string NotRoot = "a user who is not root";

    /// <summary>Why a test is skipped; null when all is there.</summary>
    internal static string? Missing(string[] needs) => Array.Find(needs, n => !IsThere(n)) is { } missing ? $"needs {missing}" : null;

    private static bool IsThere(string need) => need switch
    {
        Unix => !OperatingSystem.IsWindows(),
        Statx => Cumulus.Engine.Bundles.StatxFolderReader.IsAvailable,
        NotRoot => Environment.UserName != "root",
        _ => Programs.Has(need),
    };
}

/// <summary>A test that shows as skipped, with the reason, where something is missing that it needs.</summary>
public sealed class NeedsFactAttribute : FactAttribute
{
    public NeedsFactAttribute(params string[] needs) => Skip = Need.Missing(needs);
}

/// <summary>As <see cref="NeedsFactAttribute"/>, for a theory.</summary>
public sealed class NeedsTheoryAttribute : TheoryAttribute
{
    public NeedsTheoryAttribute(params string[] needs) => Skip = Need.Missing(needs);
}
