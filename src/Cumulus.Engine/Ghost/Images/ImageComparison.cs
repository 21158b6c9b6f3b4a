namespace Cumulus.Engine.Ghost;

/// <summary>How one thing differs between two images of an application.</summary>
public sealed record ImageDifference(string Application, string What, string? Left, string? Right);

/// <summary>Compares images by what their records say. Pure.</summary>
public static class ImageComparison
{
    public static IReadOnlyList<ImageDifference> Of(BakedImage left, BakedImage right)
    {
        var result = new List<ImageDifference>();
        Add("source", left.SourceAmi, right.SourceAmi);
        Add("revision", $"{left.Revision}", $"{right.Revision}");
        foreach (string feature in left.Features.Union(right.Features).Select(NameOf).Distinct().Order(StringComparer.Ordinal)) Add($"feature {feature}", Versions(left, feature), Versions(right, feature));
        Add("copies", string.Join(", ", left.Copies.Keys.Order(StringComparer.Ordinal)), string.Join(", ", right.Copies.Keys.Order(StringComparer.Ordinal)));
        Add("age", $"{left.BakedAt.UtcDateTime:yyyy-MM-dd HH:mm}Z", $"{right.BakedAt.UtcDateTime:yyyy-MM-dd HH:mm}Z");
        return result;

        void Add(string what, string? before, string? now)
        {
            if (before != now) result.Add(new ImageDifference(left.Application, what, before, now));
        }
    }

    private static string NameOf(string feature) => feature.Split(' ')[0];

    private static string? Versions(BakedImage image, string name) =>
        image.Features.Where(f => NameOf(f) == name).Select(f => f.Split(' ', 2) is [_, var version] ? version : "any version").ToArray() is { Length: > 0 } found ? string.Join(", ", found) : null;
}
