using System.Globalization;

namespace Cumulus.Engine.Hosts;

/// <summary>Numbers in verbose lines, the same in every locale.</summary>
internal static class Amount
{
    /// <summary>Such as <c>1.2 of 201 MB</c>.</summary>
    public static string Of(long bytes, long total) => $"{Megabytes(bytes)} of {Megabytes(total)} MB";

    /// <summary>Such as <c>46,267</c>.</summary>
    public static string Of(int count) => count.ToString("N0", CultureInfo.InvariantCulture);

    private static string Megabytes(long bytes)
    {
        double megabytes = bytes / 1e6;
        return megabytes.ToString(megabytes >= 10 ? "N0" : megabytes >= 0.1 ? "0.0" : "0.###", CultureInfo.InvariantCulture);
    }
}
